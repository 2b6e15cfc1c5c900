/* The page for recording without signal: find a member, choose the months, save on the phone; below, what waits.
   Works from the store of luring.js alone; everything shown is made with textContent. */
(() => {
  "use strict";
  const page = document.querySelector("[data-setoran-luring]");
  if (!page) return;
  document.body.setAttribute("data-luring-halaman", "");
  const one = (selector, root = document) => root.querySelector(selector);
  const made = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const fill = (root, name, text) => { const place = one(`[data-${name}]`, root); place.textContent = text; return place; };
  const number = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 0 });
  const rupiah = (value) => `Rp\u00a0${number.format(value)}`;
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
  const month = (text) => `${MONTHS[Number(text.slice(5, 7)) - 1]} ${text.slice(0, 4)}`;
  const clock = new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Jakarta", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const digits = (text) => { const found = String(text).replace(/[\s.]|Rp/gi, ""); return /^\d{1,12}$/.test(found) ? Number(found) : 0; };

  const search = one("[data-cari]", page), results = one("[data-hasil]", page), about = one("[data-daftar]", page);
  const dialog = one("#bayar"), form = one("[data-bayar]", dialog), slip = one("#slip");
  const dateField = one("#tanggal-luring");
  let carried = null; // the list
  let pending = []; // what is in the queue
  let chosen = null; // the member in the dialog
  let repaired = null; // the refused payment in the dialog

  // --- finding
  const asMember = ([anggota, nama, bulan, pokok, cicilan = 0, usul = 0]) => ({ anggota, nama, bulan, pokok, cicilan, usul, teks: `${nama} ${anggota}`.toLowerCase() });
  /* What is recorded on this phone but not yet at the office counts as paid, so that nobody pays twice in one evening. */
  const stillOpen = (member) => {
    const here = pending.filter((row) => row.anggota === member.anggota && row.keadaan !== "terkirim");
    let money = here.reduce((sum, row) => sum + row.wajib, 0);
    const bulan = [];
    for (const [when, due] of member.bulan) { const paid = Math.min(money, due); money -= paid; if (due > paid) bulan.push([when, due - paid]); }
    const paid = here.reduce((sum, row) => sum + row.pokok, 0);
    const pokok = Math.max(0, member.pokok - paid); // the last instalment is the rest
    return { bulan, pokok, cicilan: Math.min(member.cicilan, pokok), usul: Math.max(0, Math.min(member.usul, member.pokok) - paid), dicatat: here.length };
  };
  const explain = (member) => {
    const { bulan, pokok, dicatat } = stillOpen(member);
    const open = bulan.reduce((sum, [, due]) => sum + due, 0);
    return [member.anggota, open ? `${bulan.length} bulan, ${rupiah(open)}` : "lunas", pokok ? `pokok kurang ${rupiah(pokok)}` : "", dicatat ? "sudah dicatat di HP ini" : ""].filter(Boolean).join(" · ");
  };
  const find = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length && carried ? carried.baris.filter((member) => words.every((word) => member.teks.includes(word))).slice(0, 30) : [];
    results.replaceChildren(...found.map((member) => {
      const row = made("tpl-anggota");
      fill(row, "nama", member.nama);
      fill(row, "ket", explain(member));
      one("button", row).addEventListener("click", () => open(member));
      return row;
    }));
    describe(words.length > 0, found.length);
  };
  const describe = (asked, found) => {
    if (!carried) about.textContent = "HP ini belum membawa daftar anggota. Buka halaman ini sekali saat ada sinyal.";
    else if (!asked) about.textContent = `${number.format(carried.baris.length)} anggota, daftar ${clock.format(new Date(carried.diambil))}. Ketik tiga huruf namanya, atau nomor anggota.`;
    else about.textContent = found ? "" : `Tidak ada anggota bernama atau bernomor "${search.value.trim()}" di daftar ini.`;
  };

  // --- choosing
  const picks = (field, name, options, preset) => {
    one(".picks", field).replaceChildren(...options.map(([value, words]) => {
      const pick = made("tpl-pilihan");
      const input = one("input", pick);
      Object.assign(input, { name, value, checked: value === preset });
      one("span", pick).textContent = words;
      return pick;
    }));
  };
  const sumOf = (bulan, count) => bulan.slice(0, count).reduce((sum, [, due]) => sum + due, 0) + Math.max(0, count - bulan.length) * carried.wajib;
  const open = (member, row = null) => {
    chosen = { ...member, ...stillOpen(member) };
    repaired = row;
    one("#judul-bayar").textContent = member.nama;
    fill(dialog, "siapa-bayar", row ? `${member.anggota} · ${row.kalimat}` : member.anggota);
    const { bulan, pokok, cicilan, usul } = chosen;
    const counts = [...new Set([bulan.length, 1, 3, 6, 12])].filter(Boolean).sort((a, b) => a - b);
    const wajib = [["0", "Tidak sekarang"], ...counts.filter((count) => sumOf(bulan, count)).map((count) =>
      [String(count), `${count} bulan${count === bulan.length ? `, lunas s.d. ${month(bulan.at(-1)[0])}` : ""} (${rupiah(sumOf(bulan, count))})`]), ["lain", "Jumlah lain"]];
    picks(one("[data-wajib]", form), "wajib", wajib, row ? "lain" : bulan.length ? String(bulan.length) : "0");
    one("[data-pokok]", form).hidden = !pokok && !row?.pokok;
    const parts = [...new Set([usul, cicilan])].filter((part) => part && part < pokok).map((part) => [String(part), `Cicilan ${rupiah(part)}`]);
    picks(one("[data-pokok]", form), "pokok", [["0", "Tidak sekarang"], ...parts, [String(pokok), `Lunasi ${rupiah(pokok)}`], ["cicil", cicilan ? "Jumlah lain" : "Cicil"]], row?.pokok ? "cicil" : String(usul));
    one("#jumlah").value = row ? number.format(row.wajib) : "";
    one("#cicil").value = row?.pokok ? number.format(row.pokok) : "";
    dateField.value = row?.tanggal || Luring.today();
    dateField.max = Luring.today();
    one("[data-muka]", form).hidden = !row?.bolehMuka;
    one("[data-muka] input", form).checked = false;
    complain("");
    reveal();
    dialog.showModal();
  };
  const value = (name) => one(`input[name="${name}"]:checked`, form)?.value;
  const reveal = () => {
    one("[data-cicil]", form).hidden = value("pokok") !== "cicil";
    one("[data-lain-jumlah]", form).hidden = value("wajib") !== "lain";
  };
  const complain = (words) => { const place = one("[data-salah]", form); place.textContent = words; place.hidden = !words; };
  form.addEventListener("change", reveal);

  const amounts = () => {
    const pokok = value("pokok") === "cicil" ? digits(one("#cicil").value) : one("[data-pokok]", form).hidden ? 0 : Number(value("pokok") || 0);
    const wajib = value("wajib") === "lain" ? digits(one("#jumlah").value) : sumOf(chosen.bulan, Number(value("wajib") || 0));
    return { pokok, wajib };
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { pokok, wajib } = amounts();
    const tanggal = dateField.value;
    if (!pokok && !wajib) return complain("Belum ada yang dibayar. Pilih bulan, atau tulis jumlahnya.");
    if (!/^20\d\d-\d\d-\d\d$/.test(tanggal)) return complain("Tulis tanggal terima.");
    if (tanggal > Luring.today()) return complain("Tanggal terima tidak boleh setelah hari ini.");
    const seen = chosen.bulan.filter(([when]) => when <= tanggal.slice(0, 7)).reduce((sum, [, due]) => sum + due, 0);
    const payment = { anggota: chosen.anggota, nama: chosen.nama, pokok, wajib, terlihat: seen, muka: one("[data-muka] input", form).checked, tanggal };
    try {
      await Luring.add(payment);
      if (repaired) await Luring.discard(repaired);
    } catch {
      return complain("HP ini tidak dapat menyimpan setoran. Kosongkan ruang penyimpanan, lalu coba lagi.");
    }
    dialog.close();
    search.value = "";
    find();
    search.focus();
    Luring.send();
  });

  // --- what waits
  const words = { menunggu: ["Belum terkirim", "wait"], ditolak: ["Perlu diperbaiki", "bad"], terkirim: ["Terkirim", "ok"] };
  const action = (text, work) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small";
    button.textContent = text;
    button.addEventListener("click", work);
    return button;
  };
  const line = (row) => {
    const item = made("tpl-baris");
    fill(item, "nama", row.nama);
    fill(item, "ket", [row.anggota, clock.format(new Date(row.dibuat)), row.pokok ? `pokok ${rupiah(row.pokok)}` : ""].filter(Boolean).join(" · "));
    fill(item, "jumlah", number.format(row.pokok + row.wajib));
    const [text, state] = words[row.keadaan];
    fill(item, "keadaan", row.kuitansi || text).classList.add(state);
    if (row.kalimat && row.keadaan === "ditolak") { fill(item, "kalimat", row.kalimat).hidden = false; }
    const actions = one("[data-aksi]", item);
    if (row.keadaan === "ditolak") actions.append(action("Perbaiki", () => repair(row)), action("Buang", () => throwAway(row)));
    else if (row.keadaan === "menunggu") actions.append(action("Slip", () => showSlip(row)));
    else if (row.tujuan) { const link = document.createElement("a"); link.href = row.tujuan; link.textContent = "Kuitansi"; actions.append(link); }
    return item;
  };
  const repair = (row) => {
    const member = carried?.baris.find((one) => one.anggota === row.anggota) || asMember([row.anggota, row.nama, [], 0]);
    pending = pending.filter((other) => other.urut !== row.urut); // its own money is not yet recorded anywhere
    open(member, row);
  };
  const throwAway = async (row) => {
    if (window.confirm(`Buang setoran ${row.nama}, ${rupiah(row.pokok + row.wajib)}? Uangnya tidak akan tercatat.`)) await Luring.discard(row);
  };
  const showSlip = (row) => {
    const text = `${document.body.dataset.koperasi}: diterima dari ${row.nama} (${row.anggota}) ${rupiah(row.pokok + row.wajib)}, tanggal ${row.tanggal.split("-").reverse().join("/")}. Belum terkirim ke buku; nomor kuitansi menyusul.`;
    fill(slip, "slip", text);
    one("[data-bagikan]", slip).href = `https://wa.me/?text=${encodeURIComponent(text)}`;
    slip.showModal();
  };
  const show = async () => {
    pending = await Luring.queue();
    const list = await Luring.list();
    carried = list ? { ...list, baris: list.baris.map(asMember) } : null;
    const order = { ditolak: 0, menunggu: 1, terkirim: 2 };
    const rows = [...pending].sort((a, b) => order[a.keadaan] - order[b.keadaan] || b.urut - a.urut);
    one("[data-antrean]", page).hidden = !rows.length;
    one("[data-baris]", page).replaceChildren(...rows.slice(0, 60).map(line));
    fill(page, "total", `${number.format(rows.length)} setoran, ${rupiah(rows.reduce((sum, row) => sum + row.pokok + row.wajib, 0))}`);
    const left = pending.some((row) => row.keadaan !== "terkirim");
    one("[data-kirim]", page).hidden = !pending.some((row) => row.keadaan === "menunggu");
    one("[data-unduh]", page).hidden = !left;
    const others = await Luring.ofOthers();
    const note = one("[data-lain]", page);
    note.hidden = !others;
    note.textContent = others ? `${others} setoran dari akun atau koperasi lain masih tersimpan di HP ini. Hanya akun itu yang dapat mengirimnya.` : "";
    if (!dialog.open) find();
  };
  one("[data-kirim]", page).addEventListener("click", () => Luring.send());
  one("[data-unduh]", page).addEventListener("click", () => Luring.download(pending));
  search.addEventListener("input", find);
  document.addEventListener("luring", show);
  Luring.ready.then(show);
})();
