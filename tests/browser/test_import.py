"""Journey 10: the secretary brings 300 members from an own Excel; what is wrong comes back in the same file."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from members.models import Member
from registry import jobs
from registry.models import Job
from tests.cast import Someone
from tests.messy import build_member_list

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
BOOK = "/kota-serang/koperasi/melati/anggota/"


def work(stage, username: str) -> None:
    """Do what waits in the queue, as the worker would: the numbers it carries, and nothing else."""
    with stage.database(), Someone(username).acting():
        waiting = list(
            Job.objects.filter(state=Job.State.WAITING).values("number", "requested_by", "grant_id", "cooperative_id")
        )
    for job in waiting:
        with stage.database():
            jobs.run(
                number=job["number"],
                user_id=job["requested_by"],
                grant_id=job["grant_id"],
                cooperative_id=job["cooperative_id"],
            )


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_journey_10_287_come_in_and_13_come_back_with_reasons(
    size, request, stage, sign_in, axe, Taps, picture, clock, tmp_path
):
    page = request.getfixturevalue(size)
    clock(NOW)
    file = tmp_path / "anggota.xlsx"
    build_member_list(file, rows=300, bad=13)
    sign_in(page, "yusuf")
    page.goto(f"{BOOK}impor/")
    axe(page)
    page.locator("input[type=file]").set_input_files(file)
    taps = Taps(page)
    page.get_by_role("button", name="Unggah dan periksa").click()
    page.wait_for_url("**/pekerjaan/*/")
    axe(page)
    work(stage, "yusuf")
    page.reload()
    page.get_by_role("link", name="Lihat hasil").click()
    expect(page.get_by_role("button", name="Simpan 287 baris yang benar")).to_be_visible()
    picture(page, "impor-pratinjau")
    axe(page)
    page.get_by_role("button", name="Simpan 287 baris yang benar").click()
    page.wait_for_url("**/pekerjaan/*/")
    work(stage, "yusuf")
    page.reload()
    assert taps.count <= 4
    with stage.database(), Someone("yusuf").acting() as (_, melati):
        assert Member.objects.filter(cooperative=melati).count() == 10 + 287
