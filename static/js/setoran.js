/* Buku Setoran: three hundred ticks, one sum, one count of the cash.
   <form data-setoran data-once>
     [data-semua]            the tick that ticks every visible row
     [data-cari]             search in names and numbers
     [data-saring="…"]       filters: semua, belum, tunggak, muka (counts in [data-out=…])
     li > label > .tick      data-rp (rupiah), data-bln (months); li[data-s] = tunggak | muka | selesai
     [data-saring-rt="…"]    chips of RT/RW: filter here when the page has everybody (form[data-lengkap]), else they lead on
     [data-luar]             money still with a collector: with a name in it nothing is counted ([data-meja] goes)
     [data-ubah]             shows a field for another amount in every row (name jumlah-<value>, sent only if changed)
     [data-out=…]            semua ditandai belum tunggak muka jumlah anggota bulan dihitung selisih; gauge: [data-gauge]
     dialog [data-kas]       the count: .cnt[data-nilai], [data-step], [data-hasil] (badge), [data-sebab] (reason),
                             [data-simpan] (button) */
(() => {
  "use strict";
  const form = document.querySelector("[data-setoran]");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const one = (selector, root = form) => root.querySelector(selector);
  const rupiah = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 0 });
  const amount = (value) => (value < 0 ? `(${rupiah.format(-value)})` : rupiah.format(value));
  const digits = (text) => Number(String(text).replace(/[^\d]/g, "")) || 0;

  const rows = all("li").filter((row) => row.parentElement.matches(".dues")).map((row) => ({
    row,
    tick: one(".tick", row),
    text: `${one("b", row).textContent} ${one(".sub", row).textContent}`.toLowerCase(),
    kind: row.dataset.s || "",
    rt: row.dataset.rt || "-",
  }));
  const ticked = rows.filter((item) => item.tick);
  const everyone = one("[data-semua]");
  const search = one("[data-cari]");
  let filter = "semua";
  let neighbours = "";
  let sum = 0;

  const show = (name, text) => all(`[data-out="${name}"]`).forEach((place) => { place.textContent = text; });

  const count = () => {
    let members = 0, months = 0;
    sum = 0;
    for (const { tick } of ticked) {
      if (!tick.checked) continue;
      members += 1;
      months += Number(tick.dataset.bln);
      sum += Number(tick.dataset.rp);
    }
    show("jumlah", amount(sum));
    show("anggota", rupiah.format(members));
    show("bulan", rupiah.format(months));
    // how far this RT is; the money above is that of all ticks
    const near = rows.filter(({ rt }) => !neighbours || rt === neighbours);
    const open = near.filter(({ tick }) => tick && !tick.checked).length;
    show("semua", rupiah.format(near.length));
    show("ditandai", rupiah.format(near.length - open));
    show("belum", rupiah.format(open));
    for (const kind of ["tunggak", "muka"]) show(kind, rupiah.format(near.filter((item) => item.kind === kind).length));
    const bar = one("[data-gauge] .fg, [data-gauge] .lo");
    if (bar && near.length) bar.setAttribute("width", (100 * (near.length - open)) / near.length);
    if (everyone) {
      const seen = ticked.filter(({ row }) => !row.hidden);
      const on = seen.filter(({ tick }) => tick.checked).length;
      everyone.checked = seen.length > 0 && on === seen.length;
      everyone.indeterminate = on > 0 && on < seen.length;
      everyone.disabled = seen.length === 0;
    }
    cash();
  };

  const belongs = ({ tick, kind, rt }) => {
    if (neighbours && rt !== neighbours) return false;
    if (filter === "belum") return Boolean(tick) && !tick.checked;
    return filter === "semua" || kind === filter;
  };
  const narrow = () => {
    const words = (search?.value || "").toLowerCase().split(/\s+/).filter(Boolean);
    let seen = 0;
    for (const item of rows) {
      item.row.hidden = !(belongs(item) && words.every((word) => item.text.includes(word)));
      seen += item.row.hidden ? 0 : 1;
    }
    all("[data-huruf]").forEach((group) => { group.hidden = !one("li:not([hidden])", group); });
    const none = one("[data-kosong]");
    if (none) none.hidden = seen > 0;
    count();
  };

  form.addEventListener("change", (event) => {
    if (event.target === everyone) {
      for (const { row, tick } of ticked) if (!row.hidden) tick.checked = everyone.checked;
      count();
    } else if (event.target.matches(".tick")) count();
  });
  search?.addEventListener("input", narrow);
  search?.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  all("[data-saring]").forEach((chip) => chip.addEventListener("click", (event) => {
    event.preventDefault();
    filter = chip.dataset.saring;
    all("[data-saring]").forEach((other) => other.removeAttribute("aria-current"));
    chip.setAttribute("aria-current", "true");
    narrow();
  }));

  const nearby = all("[data-saring-rt]");
  nearby.forEach((chip) => chip.addEventListener("click", (event) => {
    if (!form.hasAttribute("data-lengkap")) {
      const members = ticked.filter(({ tick }) => tick.checked).length;
      if (members && !confirm(`${members} centang belum disimpan. Pindah tanpa menyimpan?`)) event.preventDefault();
      return;
    }
    event.preventDefault(); // everybody is here: the ticks of the other RT stay
    neighbours = chip.dataset.saringRt;
    nearby.forEach((other) => other.removeAttribute("aria-current"));
    chip.setAttribute("aria-current", "true");
    history.replaceState(history.state, "", chip.href);
    narrow();
  }));

  // --- another amount than the usual one
  const newAmount = (item, field) => {
    const value = digits(field.value);
    const usual = Number(field.dataset.biasa);
    item.tick.dataset.rp = value;
    item.months ??= Number(item.tick.dataset.bln); // whole months the amount makes, at what a month costs
    item.tick.dataset.bln = usual ? Math.floor((value * item.months) / usual) : 0;
    item.row.classList.toggle("other", value !== usual);
    item.tick.checked = value > 0;
    if (value === usual) field.removeAttribute("name"); else field.name = `jumlah-${item.tick.value}`;
    const shown = one(".amt", item.row);
    shown.firstChild.textContent = amount(value);
    let note = one("small", shown);
    if (!note) { note = document.createElement("small"); note.dataset.baru = ""; shown.append(note); }
    note.dataset.dulu ??= note.textContent;
    note.textContent = value === usual ? note.dataset.dulu : "jumlah lain";
    count();
  };
  const addField = (item) => {
    const field = document.createElement("input");
    field.className = "in";
    field.inputMode = "numeric";
    field.autocomplete = "off";
    field.value = rupiah.format(Number(item.tick.dataset.rp));
    field.dataset.biasa = item.tick.dataset.rp;
    field.setAttribute("aria-label", `Jumlah dari ${one("b", item.row).textContent}, rupiah`);
    field.addEventListener("input", () => newAmount(item, field));
    field.addEventListener("focus", () => field.select());
    field.addEventListener("blur", () => { field.value = rupiah.format(digits(field.value)); });
    item.row.append(field);
    item.field = field;
  };
  document.querySelectorAll("[data-ubah]").forEach((button) => button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    (button.querySelector("[data-word]") || button).textContent = on ? "Selesai mengubah jumlah" : "Ubah jumlah";
    for (const item of ticked) {
      if (on && !item.field) addField(item);
      item.row.classList.toggle("edit", on);
      item.field.hidden = !on;
    }
    button.closest("[popover]")?.hidePopover();
  }));

  // --- the keyboard: arrows move, Enter ticks and moves on, space ticks, digits change the amount, Escape leaves it
  const rowOf = (element) => ticked.find(({ row }) => row.contains(element));
  const move = (from, step) => {
    const seen = ticked.filter(({ row }) => !row.hidden);
    const next = seen[seen.indexOf(from) + step];
    next?.tick.focus();
    next?.row.scrollIntoView({ block: "nearest" });
  };
  const type = (item, digit) => {
    if (!item.field) addField(item);
    item.row.classList.add("edit");
    item.field.hidden = false;
    item.field.focus();
    item.field.value = digit;
    newAmount(item, item.field);
    item.field.setSelectionRange(1, 1);
  };
  form.addEventListener("keydown", (event) => {
    const item = event.target.closest(".dues") && rowOf(event.target);
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target === item.field;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(item, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault(); // never a half-counted save
      if (!inField) { item.tick.checked = !item.tick.checked; count(); }
      move(item, 1);
    } else if (event.key === "Escape" && inField) item.tick.focus();
    else if (!inField && /^[0-9]$/.test(event.key)) {
      event.preventDefault();
      type(item, event.key);
    }
  });

  // --- the cash on the table
  const table = one("[data-kas]");
  const cash = () => {
    if (!table) return;
    const outside = one("[data-luar] input", table)?.value.trim() || "";
    const desk = one("[data-meja]", table);
    if (desk) desk.hidden = Boolean(outside);
    let counted = 0;
    for (const field of all("[data-nilai]", table)) {
      const product = digits(field.value) * Number(field.dataset.nilai);
      counted += product;
      const out = field.closest("li").querySelector("output");
      if (out) out.textContent = amount(product);
    }
    const difference = outside ? 0 : counted - sum;
    show("dihitung", amount(counted));
    show("selisih", amount(difference));
    const result = one("[data-hasil]", table);
    if (result) {
      result.className = `badge ${difference === 0 ? "ok" : "bad"}`;
      result.textContent = difference === 0 ? "Cocok" : difference < 0 ? "Uang kurang" : "Uang lebih";
    }
    const reason = one("[data-sebab]", table);
    if (reason) {
      reason.hidden = difference === 0;
      const field = one("input, textarea", reason);
      if (field) field.required = difference !== 0;
    }
    const save = one("[data-simpan]", table);
    if (save) {
      const members = ticked.filter(({ tick }) => tick.checked).length;
      save.textContent = difference === 0 ? `Simpan ${rupiah.format(members)} setoran` : "Simpan dengan selisih";
      save.disabled = members === 0;
    }
  };
  table?.addEventListener("input", cash);
  table?.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const field = step.closest("li").querySelector("[data-nilai]");
    field.value = Math.max(0, digits(field.value) + Number(step.dataset.step));
    cash();
  });
  table?.addEventListener("focusin", (event) => { if (event.target.matches(".cnt")) event.target.select(); });
  table?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".cnt")) return;
    event.preventDefault(); // the next note, not a half-counted save
    const fields = all(".cnt", table);
    fields[fields.indexOf(event.target) + 1]?.focus();
  });

  narrow();
})();
