/* A cash count against the books: <form data-hitung="booked rupiah">, fields .cnt[data-nilai], [data-step] buttons,
   [data-out="dihitung"], [data-out="selisih"]; [data-sebab] holds the reason, asked for only where the sums differ. */
(() => {
  "use strict";
  const form = document.querySelector("[data-hitung]");
  if (!form) return;
  const rupiah = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 0 });
  const amount = (value) => (value < 0 ? `(${rupiah.format(-value)})` : rupiah.format(value));
  const digits = (text) => Number(String(text).replace(/[^\d]/g, "")) || 0;
  const fields = [...form.querySelectorAll("[data-nilai]")];
  const booked = Number(form.dataset.hitung);
  const reason = form.querySelector("[data-sebab]");

  const count = () => {
    let counted = 0;
    for (const field of fields) {
      const product = digits(field.value) * Number(field.dataset.nilai);
      counted += product;
      field.closest("li").querySelector("output").textContent = amount(product);
    }
    form.querySelector("[data-out=dihitung]").textContent = amount(counted);
    form.querySelector("[data-out=selisih]").textContent = amount(counted - booked);
    reason.hidden = counted === booked;
  };
  form.addEventListener("input", count);
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const field = step.closest("li").querySelector("[data-nilai]");
    field.value = Math.max(0, digits(field.value) + Number(step.dataset.step));
    count();
  });
  form.addEventListener("focusin", (event) => { if (event.target.matches(".cnt")) event.target.select(); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".cnt")) return;
    event.preventDefault(); // the next note, not a half-counted hand-over
    fields[fields.indexOf(event.target) + 1]?.focus();
  });
  count();
})();
