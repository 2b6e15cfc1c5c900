"""The member list as a sheet: the only place of its columns, for files in and files out."""

import re
from datetime import date

from django.conf import settings

from members.actions import number_text
from members.models import Member, MemberStatus
from registry.formats import format_number
from registry.numbers import (
    Verdict,
    birth_and_sex_from_national_id,
    check_national_id,
    check_phone,
    check_rt_rw,
    format_phone,
)
from registry.sheets.resource import CleanBatch, SheetField, SheetResource
from registry.sheets.widgets import (
    SEX,
    SEX_SYNONYMS,
    ChoiceWidget,
    DateWidget,
    IdentifierWidget,
    NameWidget,
    SheetWidget,
    TextWidget,
)

EARLIEST_BIRTH = date(1900, 1, 1)
HIGHEST_NUMBER = 9_999_999
_MASKED = re.compile(r"[0-9]{4}\*{4,10}[0-9]{2}|\*+")
_NUMBER = re.compile(r"(?:[A-Za-z]{1,3}[ .\-/]*)?0*([0-9]{1,7})")


def _citizen(text: str) -> Verdict:
    return check_national_id(text, synthetic_allowed=settings.DEMO)


class NationalIdWidget(IdentifierWidget):
    """A NIK; the masked one of our own exports says nothing and counts as empty."""

    def __init__(self) -> None:
        super().__init__("NIK", _citizen)

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, str) and "*" in value and _MASKED.fullmatch(value.strip()):
            return None
        return super().clean(value, row, **kwargs)


class NumberWidget(SheetWidget):
    """A member number of the paper book: 47, "047", "A-0047"."""

    kind = "identifier"

    def read(self, value) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        match = _NUMBER.fullmatch(str(value).strip())
        if not match or not 1 <= int(match[1]) <= HIGHEST_NUMBER:
            most = format_number(HIGHEST_NUMBER)
            raise ValueError(
                f"Tulis nomor anggota sebagai angka 1 sampai {most}, atau kosongkan agar diberi nomor baru."
            )
        return int(match[1])

    def show(self, value) -> str:
        return number_text(value)


STATUS_LABELS = {status.value: status.label for status in MemberStatus}
STATUS_SYNONYMS = {
    "aktif": "active", "anggota biasa": "active", "penuh": "active", "anggota penuh": "active", "calon": "applicant",
    "keluar": "exited", "nonaktif": "suspended", "non aktif": "suspended", "beku": "suspended",
}  # fmt: skip


class MemberResource(SheetResource):
    """Scope: {"cooperative": c}. `today` bounds dates; `on` is the day of a register written out."""

    number = SheetField(
        "No. anggota", NumberWidget(), synonyms=("Nomor anggota", "No anggota", "NBA", "Nomor buku anggota"), example="A-0001",
        help="Boleh kosong: nomor baru diberikan sistem.", width=12,
    )  # fmt: skip
    name = SheetField(
        "Nama", NameWidget(), synonyms=("Nama lengkap", "Nama anggota"), required=True, example="Siti Contoh"
    )
    national_id = SheetField(
        "NIK", NationalIdWidget(), synonyms=("NIK KTP", "No KTP", "Nomor KTP", "Nomor induk kependudukan"),
        help="16 angka, kolom berformat teks.", example="9901014107900001",
    )  # fmt: skip
    sex = SheetField(
        "L/P", ChoiceWidget(SEX, SEX_SYNONYMS), synonyms=("Jenis kelamin", "JK", "Kelamin"), example="P", width=8
    )
    birth_place = SheetField("Tempat lahir", TextWidget(60), synonyms=("Tmpt lahir", "Tempat kelahiran"))
    birth_date = SheetField(
        "Tanggal lahir", DateWidget(), synonyms=("Tgl lahir", "Tanggal kelahiran"), example=date(1990, 7, 1)
    )
    address = SheetField("Alamat", TextWidget(160), synonyms=("Alamat lengkap", "Alamat rumah"))
    rt_rw = SheetField("RT/RW", TextWidget(7, check=check_rt_rw), synonyms=("RT RW",), example="001/002", width=9)
    phone = SheetField(
        "Nomor HP", TextWidget(60, check=check_phone, kind="identifier"),
        synonyms=("HP", "No HP", "Telepon", "No telepon", "No Telp", "WA", "No WA", "Nomor WhatsApp"),
    )  # fmt: skip
    occupation = SheetField("Pekerjaan", TextWidget(60))
    joined_on = SheetField(
        "Tanggal masuk", DateWidget(), synonyms=("Tgl masuk", "Tanggal bergabung", "Tanggal daftar", "Tgl daftar")
    )
    status = SheetField(
        "Status", ChoiceWidget(STATUS_LABELS, STATUS_SYNONYMS), synonyms=("Status keanggotaan", "Keanggotaan"), width=15
    )
    became_member_on = SheetField("Menjadi anggota", DateWidget(), readonly=True)
    exited_on = SheetField("Tanggal berhenti", DateWidget(), readonly=True)
    exit_reason = SheetField("Sebab berhenti", ChoiceWidget(dict(Member.ExitReason.choices)), readonly=True)

    class Meta(SheetResource.Meta):
        model = Member

    def __init__(self, scope: dict | None = None, *, today: date, on: date | None = None, **kwargs) -> None:
        super().__init__(scope, **kwargs)
        self.on = on
        for key in ("birth_date", "joined_on"):
            widget = DateWidget(today, EARLIEST_BIRTH)
            self.fields[key].widget = widget

    # What an export shows; `status_on` and `masked_national_id` come from `members.reports`.

    def dehydrate_number(self, member: Member) -> str:
        return member.number_text

    def dehydrate_national_id(self, member: Member) -> str:
        return member.masked_national_id or ""  # type: ignore[attr-defined]

    def dehydrate_sex(self, member: Member) -> str:
        return member.sex

    def dehydrate_phone(self, member: Member) -> str:
        return format_phone(member.phone)

    def dehydrate_status(self, member: Member) -> str:
        return MemberStatus(member.status_on).label  # type: ignore[attr-defined]

    def dehydrate_became_member_on(self, member: Member) -> date | str:
        return self._by_then(member.became_member_on)

    def dehydrate_exited_on(self, member: Member) -> date | str:
        return self._by_then(member.exited_on)

    def dehydrate_exit_reason(self, member: Member) -> str:
        return member.get_exit_reason_display() if self._by_then(member.exited_on) else ""

    def _by_then(self, day: date | None) -> date | str:
        """A day after the register's own is not known in it yet."""
        return "" if day is None or (self.on and day > self.on) else day


_PLACE_AND_DAY = re.compile(r"(?P<place>\D*?)[\s,/;:]*(?P<day>\d.*)", re.DOTALL)


class BirthWidget(SheetWidget):
    """Place and day of birth in one cell: "Serang, 12-07-1985" becomes ("Serang", 12 July 1985)."""

    def __init__(self, today: date | None = None) -> None:
        super().__init__()
        self._place, self._day = TextWidget(60), DateWidget(today, EARLIEST_BIRTH)

    def read(self, value) -> tuple[str | None, date]:
        if not isinstance(value, str):
            return None, self._day.read(value)
        match = _PLACE_AND_DAY.fullmatch(value.strip())
        if not match:
            raise ValueError("Tulis tempat dan tanggal lahir seperti Serang, 12/07/1985.")
        return self._place.clean(match["place"].strip(" ,")) or None, self._day.read(match["day"].strip())


class MemberImport(MemberResource):
    """What a file of the office may hold besides: place and day of birth in one column."""

    birth = SheetField(
        "Tempat, tanggal lahir", BirthWidget(),
        synonyms=("TTL", "Tempat/tanggal lahir", "Tempat tgl lahir", "Tempat & tanggal lahir", "Tempat dan tanggal lahir"),
    )  # fmt: skip

    class Meta(MemberResource.Meta):
        pass

    needs_sex = True  # of every line; a list of another kind asks for it only where somebody is new

    def __init__(self, scope: dict | None = None, *, today: date, **kwargs) -> None:
        super().__init__(scope, today=today, **kwargs)
        self.today = today
        self.fields["birth"].widget = BirthWidget(today)

    def check_batch(self, batch: CleanBatch) -> None:
        """Complete birth and sex from the other columns; refuse a line without sex, or one who joined before birth."""
        columns = batch.columns
        births = columns.pop("birth")
        niks, sexes, days, places, joins = (
            columns[name] for name in ("national_id", "sex", "birth_date", "birth_place", "joined_on")
        )
        for position, birth in enumerate(births):
            if birth:
                place, day = birth
                places[position], days[position] = places[position] or place, days[position] or day
        for position, nik in enumerate(niks):
            if nik and not (sexes[position] and days[position]):
                self._complete(batch, position, batch.numbers[position])
        for line, sex, joined, born in zip(batch.numbers, sexes, joins, days, strict=True):
            if self.needs_sex and not sex and line not in batch.errors:
                batch.errors[line] = ["L/P wajib diisi."]
            if joined and born and joined < born:
                batch.errors.setdefault(line, []).append("Tanggal masuk lebih awal daripada tanggal lahir.")

    def _complete(self, batch: CleanBatch, position: int, line: int) -> None:
        columns = batch.columns
        try:
            born, sex = birth_and_sex_from_national_id(columns["national_id"][position], today=self.today)
        except ValueError:
            batch.errors.setdefault(line, []).append("NIK: tanggal lahir di dalamnya belum tiba.")
            return
        columns["birth_date"][position] = columns["birth_date"][position] or born
        columns["sex"][position] = columns["sex"][position] or sex
