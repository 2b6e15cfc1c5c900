"""The harness itself: a page, its style, a session, the counter, and a database that is new for every test."""

import pytest

from registry.models import User

pytestmark = pytest.mark.browser


def test_the_style_page_is_served_with_its_stylesheet(phone, axe):
    phone.goto("/gaya/masuk/")
    assert phone.evaluate("getComputedStyle(document.body).getPropertyValue('--paper')").strip()
    axe(phone)


def test_taps_are_counted_over_pages_and_typing_is_not(phone, sign_in, Taps):
    sign_in(phone, "tamu")
    taps = Taps(phone)
    phone.goto("/")
    phone.get_by_role("button", name="Keluar").tap()
    phone.wait_for_url("**/masuk/**")
    phone.get_by_label("Nama pengguna atau surel").press("Tab")
    assert taps.count == 1


@pytest.mark.parametrize("name", ["first", "second"])
def test_what_a_test_commits_is_gone_in_the_next(stage, name):
    with stage.database():
        assert not User.objects.filter(username="sisa").exists()
        User.objects.create(username="sisa", name=name)
