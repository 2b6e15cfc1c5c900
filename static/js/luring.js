/* Work without signal, on every page of a cashier: the phone's own store, the count of what waits, and sending it.
   <body data-luring="/…/iuran/luring/" data-siapa="mark of the login">; data-luring is empty outside a cooperative,
   data-siapa where nobody is logged in.
   The store (IndexedDB "koperasi"):
     daftar   one list per address and login: {id, alamat, siapa, nama, diambil, hari, wajib, baris}; wiped at log-out and after 7 days
     antrean  payments: {urut, kunci, alamat, siapa, anggota, nama, pokok, wajib, terlihat, muka, tanggal, dibuat,
              keadaan: menunggu | ditolak | terkirim, kalimat, bolehMuka, kuitansi, tujuan}
   A payment leaves the store only when the server has it, or when its owner throws it away. Pages listen to the event
   "luring" on document. */
const Luring = (() => {
  "use strict";
  const doc = document;
  const { luring: address = "", siapa: owner = "" } = doc.body.dataset;
  const DAYS_KEPT = 7;
  const day = 24 * 60 * 60 * 1000;
  let state = "diam"; // diam | mengirim | luring | sesi

  // --- the store
  let opened;
  const base = () => (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("koperasi", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("daftar", { keyPath: "id" });
      request.result.createObjectStore("antrean", { keyPath: "urut", autoIncrement: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }));
  const within = async (store, mode, work) => {
    const transaction = (await base()).transaction(store, mode, { durability: "strict" });
    const request = work(transaction.objectStore(store));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  };
  const everything = (store) => within(store, "readonly", (rows) => rows.getAll());
  const put = (store, row) => within(store, "readwrite", (rows) => rows.put(row));
  const remove = (store, key) => within(store, "readwrite", (rows) => rows.delete(key));

  const mine = (row) => row.siapa === owner && row.alamat === address;
  const queue = async () => (await everything("antrean")).filter(mine);
  const ofOthers = async () => (await everything("antrean")).filter((row) => row.siapa !== owner && unsent(row)).length;
  const list = async () => (await everything("daftar")).find(mine);
  const unsent = (row) => row.keadaan !== "terkirim";

  /* Names leave the phone with the login and after seven days; what is unsent stays, with the name it needs. */
  const wipe = async (which = () => true) => {
    for (const row of await everything("daftar")) if (which(row)) await remove("daftar", row.id);
    for (const row of await everything("antrean")) if (!unsent(row) && which(row)) await remove("antrean", row.urut);
  };
  const forgetPages = async () => { if ("caches" in window) await caches.delete("halaman"); };
  const old = (row) => Date.now() - Date.parse(row.diambil || row.dibuat) > DAYS_KEPT * day;

  const tell = () => doc.dispatchEvent(new CustomEvent("luring", { detail: { state } }));
  const become = (next) => { if (next !== state) { state = next; tell(); } };
  const add = async (payment) => {
    const row = { ...payment, kunci: crypto.randomUUID(), alamat: address, siapa: owner, dibuat: new Date().toISOString(), keadaan: "menunggu" };
    row.urut = await within("antrean", "readwrite", (rows) => rows.add(row));
    navigator.storage?.persist?.().catch(() => {});
    tell();
    return row;
  };
  const change = async (row, what) => { await put("antrean", Object.assign(row, what)); tell(); };
  const discard = async (row) => { await remove("antrean", row.urut); tell(); };

  // --- the network
  class NoSession extends Error {}
  const ask = async (path, options = {}) => {
    const answer = await fetch(address + path, { credentials: "same-origin", redirect: "manual", cache: "no-store", ...options });
    if (answer.type === "opaqueredirect" || answer.status === 401) throw new NoSession();
    return answer;
  };

  /* The list of today with a token; kept, and the page itself kept beside it. */
  const refresh = async () => {
    const answer = await ask("daftar/");
    if (!answer.ok) throw new NoSession();
    const fresh = await answer.json();
    if (fresh.siapa !== owner) throw new NoSession();
    const { csrf, ...kept } = fresh;
    if ("caches" in window) { // the page first: a list without its page would be of no use
      const page = await ask("");
      if (page.ok) await (await caches.open("halaman")).put(address, page);
    }
    await put("daftar", { ...kept, id: `${owner} ${address}`, alamat: address, diambil: new Date().toISOString() });
    tell();
    return csrf;
  };

  const FIELDS = ["kunci", "siapa", "anggota", "pokok", "wajib", "terlihat", "tanggal", "dibuat"];
  const sendOne = async (row, token) => {
    const body = new URLSearchParams(FIELDS.map((name) => [name, row[name]]));
    if (row.muka) body.set("muka", "on");
    const answer = await ask("kirim/", { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (answer.status === 422) {
      const { kalimat, muka } = await answer.json();
      await change(row, { keadaan: "ditolak", kalimat, bolehMuka: muka });
    } else if (answer.ok) {
      const { kuitansi, alamat } = await answer.json();
      await change(row, { keadaan: "terkirim", kuitansi, tujuan: alamat, kalimat: "" });
    } else if (answer.status === 403 || answer.status === 404) throw new NoSession();
    else throw new Error(`answer ${answer.status}`);
  };

  /* Send what waits, in order, one by one; one tab at a time. Stops at the first break and keeps the rest. */
  const waiting = async () => (await queue()).filter((row) => row.keadaan === "menunggu");
  const sendAll = async () => {
    const carried = await list();
    let rows = await waiting();
    if (!rows.length && carried && !stale(carried)) return;
    if (rows.length) become("mengirim");
    const token = await refresh();
    const sent = rows.length;
    while (rows.length) { // what is recorded meanwhile goes along
      for (const row of rows) await sendOne(row, token);
      rows = await waiting();
    }
    if (sent) await refresh();
  };
  let again = false, sending = false;
  const send = async () => {
    if (!address || !owner) return;
    again = true;
    if (sending) return;
    sending = true;
    const work = async (lock) => {
      if (lock === null) return; // another tab is sending
      try {
        await sendAll();
        become("diam");
      } catch (error) {
        become(error instanceof NoSession ? "sesi" : "luring"); // asked again meanwhile ("online"), it is tried again
      }
    };
    while (again) {
      again = false;
      if (navigator.locks) await navigator.locks.request("luring-kirim", { ifAvailable: true }, work); else await work();
    }
    sending = false;
  };
  const stale = (carried) => Date.now() - Date.parse(carried.diambil) > day / 4 || carried.hari !== today();
  const today = () => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Jakarta" }).format(new Date());

  /* What is unsent, as a text for WhatsApp or paper. */
  const asText = (rows) => {
    const rupiah = new Intl.NumberFormat("id-ID");
    const lines = rows.filter(unsent).map((row) =>
      `${row.tanggal}  ${row.anggota}  ${row.nama}  Rp ${rupiah.format(row.pokok + row.wajib)}` +
      `${row.pokok ? ` (pokok ${rupiah.format(row.pokok)})` : ""}${row.kalimat ? `  [${row.kalimat}]` : ""}`);
    const sum = rows.filter(unsent).reduce((total, row) => total + row.pokok + row.wajib, 0);
    return [`Setoran belum terkirim, ${doc.body.dataset.koperasi || ""}`, ...lines, `Jumlah: ${lines.length} setoran, Rp ${rupiah.format(sum)}`].join("\n");
  };

  // --- the line on top of every page
  const strip = () => {
    const made = doc.createElement("aside");
    made.className = "strip warn";
    made.hidden = true;
    made.setAttribute("aria-label", "Setoran tanpa sinyal");
    const line = doc.createElement("div");
    line.className = "wrap";
    const words = doc.createElement("span");
    words.setAttribute("role", "status");
    const link = doc.createElement("a");
    const both = doc.createElement("p");
    both.append(words, " ", link);
    line.append(both);
    made.append(line);
    (doc.getElementById("isi") || doc.body.firstChild).before(made);
    return { made, words, link };
  };
  let line;
  const show = async () => {
    const rows = (await queue()).filter(unsent);
    const refused = rows.filter((row) => row.keadaan === "ditolak").length;
    const waiting = rows.length - refused;
    const offline = state === "luring" || !navigator.onLine;
    const parts = [];
    if (waiting && state === "mengirim" && !offline) parts.push(`Mengirim ${waiting} setoran.`);
    else if (waiting) parts.push(`${offline ? "Luring · " : ""}${waiting} setoran menunggu dikirim.`);
    else if (offline && doc.body.hasAttribute("data-luring-halaman")) parts.push("Luring. Setoran tetap dapat dicatat.");
    if (refused) parts.push(`${refused} setoran perlu diperbaiki.`);
    if (waiting && state === "sesi") parts.push("Masuk lagi untuk mengirimnya.");
    if (!line && !parts.length) return;
    line ??= strip();
    line.made.hidden = !parts.length;
    line.words.textContent = parts.join(" ");
    line.link.hidden = doc.body.hasAttribute("data-luring-halaman") && state !== "sesi";
    line.link.textContent = state === "sesi" && waiting ? "Masuk" : "Lihat";
    line.link.href = state === "sesi" && waiting ? `/masuk/?next=${encodeURIComponent(address)}` : address;
  };

  const download = (rows) => {
    const link = doc.createElement("a");
    link.href = URL.createObjectURL(new Blob([asText(rows)], { type: "text/plain" }));
    link.download = `setoran-belum-terkirim-${today()}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  // --- begin
  const begin = async () => {
    if (!("indexedDB" in window)) return;
    if (!owner) { await wipe(); await forgetPages(); return; }
    await wipe((row) => old(row) || row.siapa !== owner);
    if (!(await everything("daftar")).length) await forgetPages(); // a page of another login, or of nobody
    if (!address) return;
    doc.addEventListener("luring", show);
    await show();
    navigator.serviceWorker?.register("/pekerja.js").catch(() => {});
    window.addEventListener("online", send);
    window.addEventListener("offline", () => become("luring"));
    doc.addEventListener("visibilitychange", () => { if (!doc.hidden) send(); });
    setInterval(async () => { if ((await queue()).some((row) => row.keadaan === "menunggu")) send(); }, 30000);
    (window.requestIdleCallback || setTimeout)(send);
  };
  const ready = begin().catch(() => {});
  return { ready, add, change, discard, send, list, queue, ofOthers, unsent, wipe, forgetPages, everything, owner, asText, download, today, state: () => state };
})();
