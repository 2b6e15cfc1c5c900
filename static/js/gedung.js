/* The survey of a building on a phone. Everything works without it; with it:
   [data-foto]      the photo is made small here (at most 1600 px, JPEG) before it is sent; what the camera wrote goes along,
                    because the server compares time and place and then throws them away
   [data-posisi]    asks the phone where it is, after a tap and never before, and writes it into the field above
   form[data-draf]  what is typed stays in this browser for a day, or until it is stored; not the photo, and by login
   [data-draf-terkirim]  on the page that follows: it was stored */
(() => {
  "use strict";
  const PREFIX = "survei-gedung:";
  // the page after a survey that was stored: what was kept of it goes
  const stored = document.querySelector("[data-draf-terkirim]");
  if (stored) localStorage.removeItem(`${PREFIX}${stored.dataset.drafTerkirim}`);
  const form = document.querySelector("[data-gedung]");
  if (!form) return;
  const EDGE = 1600;
  const A_DAY = 24 * 3600 * 1000;
  const one = (selector, root = form) => root.querySelector(selector);

  // --- The photo -------------------------------------------------------------------------------------

  // the APP1 segment of a JPEG that begins with "Exif", or null
  const exifOf = (bytes) => {
    const view = new DataView(bytes.buffer);
    if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; at + 4 < view.byteLength && view.getUint8(at) === 0xff;) {
      const mark = view.getUint8(at + 1), size = view.getUint16(at + 2) + 2;
      if (mark === 0xe1 && view.getUint32(at + 4) === 0x45786966) return bytes.slice(at, at + size);
      if (mark === 0xda) return null;
      at += size;
    }
    return null;
  };

  // the browser has turned the picture upright already: say so
  const upright = (exif) => {
    const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
    const tiff = 10, little = view.getUint16(tiff) === 0x4949;
    const first = tiff + view.getUint32(tiff + 4, little);
    for (let entry = 0; entry < view.getUint16(first, little); entry += 1) {
      const at = first + 2 + 12 * entry;
      if (view.getUint16(at, little) === 0x0112) view.setUint16(at + 8, 1, little);
    }
    return exif;
  };

  const smaller = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * share);
    canvas.height = Math.round(picture.height * share);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    if (!drawn || drawn.size >= file.size) return file;
    let exif = null;
    try {
      exif = exifOf(new Uint8Array(await file.slice(0, 256 * 1024).arrayBuffer()));
      if (exif) upright(exif);
    } catch { exif = null; }
    const parts = exif ? [drawn.slice(0, 2), exif, drawn.slice(2)] : [drawn];
    return new File(parts, "gedung.jpg", { type: "image/jpeg", lastModified: file.lastModified });
  };

  const photo = one("[data-foto]");
  photo?.addEventListener("change", async () => {
    const [file] = photo.files;
    const words = one("[data-foto-kata]");
    if (!file) return;
    words.textContent = "Mengecilkan foto …";
    const buttons = [...form.querySelectorAll("button:not([type=button])")];
    buttons.forEach((each) => { each.disabled = true; });
    try {
      const made = await smaller(file);
      const list = new DataTransfer();
      list.items.add(made);
      photo.files = list.files;
      words.textContent = `Foto siap dikirim, ${Math.max(1, Math.round(made.size / 1024))} kB (semula ${Math.max(1, Math.round(file.size / 1024))} kB).`;
    } catch {
      words.textContent = "Foto dikirim apa adanya; ponsel ini tidak dapat mengecilkannya.";
    }
    buttons.forEach((each) => { each.disabled = false; });
  });

  // --- Where the phone is ----------------------------------------------------------------------------

  const button = one("[data-posisi]");
  const spot = one("[name=position]");
  const told = one("[data-posisi-kata]");
  const WHY = {
    1: "Izin lokasi ditolak. Titik boleh diketik dari aplikasi peta, atau dikosongkan.",
    2: "Ponsel belum menemukan posisinya. Coba di tempat terbuka, atau ketik titiknya.",
    3: "Ponsel terlalu lama mencari posisi. Coba lagi, atau ketik titiknya.",
  };
  button?.addEventListener("click", () => {
    if (!navigator.geolocation) { told.textContent = "Peramban ini tidak mengenal posisi. Ketik titiknya."; return; }
    button.setAttribute("aria-busy", "true");
    told.textContent = "Mencari posisi …";
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      button.removeAttribute("aria-busy");
      spot.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
      told.textContent = `Titik terisi, ketelitian kira-kira ${Math.max(1, Math.round(coords.accuracy))} meter.`;
      keep();
    }, (error) => {
      button.removeAttribute("aria-busy");
      told.textContent = WHY[error.code] || WHY[2];
    }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  });

  // --- What is typed and not yet sent ----------------------------------------------------------------

  const key = `${PREFIX}${form.dataset.draf}`;
  const kept = [...form.elements].filter((field) => field.name && !["file", "hidden", "submit"].includes(field.type) && !field.matches("button"));
  const now = () => Object.fromEntries(kept.map((field) => [field.name, field.value]));
  const shown = JSON.stringify(now());
  const read = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
  function keep() {
    const typed = now();
    try {
      if (JSON.stringify(typed) === shown) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), typed }));
    } catch { /* a full or forbidden store: the form works without */ }
  }
  Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
    if (!(read(name)?.at > Date.now() - A_DAY)) localStorage.removeItem(name);
  });
  const before = form.hasAttribute("data-terjawab") ? null : read(key);
  const line = document.querySelector("[data-draf-ada]");
  if (before && JSON.stringify(before.typed) !== shown) {
    kept.forEach((field) => { if (field.name in before.typed) field.value = before.typed[field.name]; });
    form.querySelectorAll("details").forEach((part) => { part.open = part.open || [...part.querySelectorAll("input, select")].some((field) => field.value); });
    line.hidden = false;
  }
  document.querySelector("[data-draf-buang]")?.addEventListener("click", () => {
    localStorage.removeItem(key);
    location.reload();
  });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
})();
