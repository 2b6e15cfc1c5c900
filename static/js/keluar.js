/* Logging out with payments that are still on the phone: send them, or say what happens to them. Nothing goes silently.
   Needs luring.js. */
(() => {
  "use strict";
  const doc = document;
  const left = async () => (await Luring.everything("antrean").catch(() => [])).filter((row) => row.siapa === Luring.owner && Luring.unsent(row));
  const leaving = (form) => new URL(form.action).pathname === "/keluar/";
  doc.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!leaving(form) || form.dataset.yakin) return;
    event.preventDefault();
    const rows = await left();
    if (rows.length) {
      await Luring.send();
      const still = await left();
      if (still.length) return askBeforeLeaving(form, still);
    }
    await leave(form);
  });
  const leave = async (form) => {
    await Luring.wipe().catch(() => {});
    await Luring.forgetPages();
    form.dataset.yakin = "1";
    delete form.dataset.sent; // data-once saw the first, held-back submit
    form.requestSubmit();
  };
  const button = (words, css, work) => {
    const made = doc.createElement("button");
    made.type = "button";
    made.className = css;
    made.textContent = words;
    made.addEventListener("click", work);
    return made;
  };
  const askBeforeLeaving = (form, rows) => {
    const dialog = doc.createElement("dialog");
    dialog.className = "sheet";
    dialog.setAttribute("aria-labelledby", "judul-keluar");
    const box = doc.createElement("div");
    box.className = "pad stack";
    const title = doc.createElement("h2");
    title.id = "judul-keluar";
    title.textContent = `${rows.length} setoran belum terkirim`;
    const words = doc.createElement("p");
    words.textContent = "Setoran itu tetap tersimpan di HP ini dan hanya dapat dikirim setelah Anda masuk lagi. Unduh dahulu bila HP ini akan dipakai orang lain.";
    box.append(title, words,
      button("Tetap masuk", "btn btn-main btn-wide", () => dialog.close()),
      button("Unduh daftarnya", "btn btn-wide", () => Luring.download(rows)),
      button("Keluar, simpan di HP ini", "btn btn-wide", () => leave(form)));
    dialog.append(box);
    dialog.addEventListener("close", () => dialog.remove());
    doc.body.append(dialog);
    form.closest("[popover]")?.hidePopover();
    dialog.showModal();
  };
})();
