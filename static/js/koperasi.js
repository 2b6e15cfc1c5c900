/* Small helps on every page. Without this script every page still works: links lead on, forms submit.
   data-dialog="id"   opens <dialog id> instead of submitting or following
   data-close         closes the dialog it stands in
   data-auto          a changed select submits its form
   data-once          (on a form) a second submit is ignored, the pressed button waits
   data-print         prints the page
   data-share="text"  shares (data-url, data-title), or copies where sharing is not known
   data-copy="text"   copies; the button says so for two seconds
   data-focus         takes the focus on load (the summary of errors)
   [data-js][hidden]  shown only when scripts run
   .seg, .tabs        a row wider than the screen scrolls to its chosen one
   .menu a[href^="#"] a place on this page: the menu closes */
(() => {
  "use strict";
  const doc = document;

  const say = (button, words) => {
    const place = button.querySelector("[data-word]") || button;
    const before = place.textContent;
    place.textContent = words;
    setTimeout(() => { place.textContent = before; }, 2000);
  };
  const copy = (button, text) =>
    navigator.clipboard?.writeText(text).then(() => say(button, "Tersalin"), () => say(button, "Belum tersalin"));

  const openDialog = (dialog) => {
    if (dialog.open) dialog.close();
    dialog.showModal();
    dialog.dispatchEvent(new Event("terbuka"));
  };

  const showChosen = (row) => {
    const chosen = row.querySelector("[aria-current]")?.getBoundingClientRect();
    const box = row.getBoundingClientRect();
    if (chosen) row.scrollLeft += chosen.left + chosen.width / 2 - box.left - box.width / 2;
  };

  doc.addEventListener("click", (event) => {
    const row = event.target.closest(".seg");
    if (row) setTimeout(() => showChosen(row)); // after the page's own script has chosen
    event.target.closest('.menu a[href^="#"]')?.closest("[popover]").hidePopover();
    const dialogs = event.target;
    if (dialogs instanceof HTMLDialogElement && dialogs.matches(".sheet:modal")) {
      const box = dialogs.getBoundingClientRect(); // a click beside the sheet is on its backdrop
      if (event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right) dialogs.close();
      return;
    }
    const target = event.target.closest("[data-dialog], [data-close], [data-print], [data-share], [data-copy]");
    if (!target) return;
    const data = target.dataset;
    if ("dialog" in data) {
      const dialog = doc.getElementById(data.dialog);
      if (dialog) { event.preventDefault(); openDialog(dialog); }
    } else if ("close" in data) {
      target.closest("dialog")?.close();
    } else if ("print" in data) {
      event.preventDefault(); window.print();
    } else if ("share" in data) {
      const parcel = { title: data.title || doc.title, text: data.share, url: data.url || undefined };
      if (navigator.share) { event.preventDefault(); navigator.share(parcel).catch(() => {}); }
      else if (!target.href) copy(target, [data.share, data.url].filter(Boolean).join("\n"));
    } else if ("copy" in data) {
      event.preventDefault(); copy(target, data.copy);
    }
  });

  doc.addEventListener("change", (event) => {
    if (event.target.matches("[data-auto]")) event.target.form?.requestSubmit();
    const all = event.target.dataset.all; // a tick that ticks every box of this name
    if (all) event.target.form.querySelectorAll(`[name="${all}"]`).forEach((box) => { box.checked = event.target.checked; });
    else if (event.target.type === "checkbox" && !event.target.checked && event.target.form) // no longer every box
      event.target.form.querySelectorAll(`[data-all="${event.target.name}"]`).forEach((box) => { box.checked = false; });
  });

  doc.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) setTimeout(() => { button.setAttribute("aria-busy", "true"); });
  });
  // coming back with the back button: the form may be sent again
  window.addEventListener("pageshow", () => {
    doc.querySelectorAll("[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
    });
  });

  const ready = () => {
    doc.querySelectorAll("[data-js][hidden]").forEach((part) => { part.hidden = false; });
    doc.querySelectorAll(".seg, .tabs").forEach(showChosen);
    doc.querySelector("[data-focus]")?.focus();
    const open = doc.querySelector("dialog.sheet[open]:not(:modal)"); // the server asked for it
    if (open) openDialog(open);
  };
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", ready); else ready();
})();
