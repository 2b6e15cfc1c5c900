/* A count of cash beside an amount: <form data-hitung-kas> with a field named rupiah, .cnt[data-nilai], [data-step],
   [data-out=dihitung|selisih], [data-hasil] (badge), [data-sebab] (shown when they differ). */
(() => {
  "use strict";
  const form = document.querySelector("[data-hitung-kas]");
  if (!form) return;
  const one = (selector) => form.querySelector(selector);
  const number = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 0 });
  const amount = (value) => (value < 0 ? `(${number.format(-value)})` : number.format(value));
  const digits = (text) => Number(String(text).replace(/[^\d]/g, "")) || 0;
  const count = () => {
    let counted = 0;
    for (const field of form.querySelectorAll("[data-nilai]")) {
      const product = digits(field.value) * Number(field.dataset.nilai);
      counted += product;
      const out = field.closest("li").querySelector("output");
      if (out) out.textContent = amount(product);
    }
    const difference = counted - digits(form.elements.rupiah.value);
    one("[data-out=dihitung]").textContent = amount(counted);
    one("[data-out=selisih]").textContent = amount(difference);
    const words = !counted ? "Belum dihitung" : difference === 0 ? "Cocok" : difference < 0 ? "Uang kurang" : "Uang lebih";
    one("[data-hasil]").className = `badge ${!counted ? "" : difference === 0 ? "ok" : "bad"}`;
    one("[data-hasil]").textContent = words;
    one("[data-sebab]").hidden = (!counted || difference === 0) && !one("[data-sebab] .err");
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
    event.preventDefault(); // the next note, not a half-counted save
    const fields = [...form.querySelectorAll(".cnt")];
    fields[fields.indexOf(event.target) + 1]?.focus();
  });
  count();
})();
