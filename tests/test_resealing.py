"""Keys rotate, stored secrets follow, and only then does an old key go."""

from datetime import date
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from koperasi.accounts import MFAAdapter
from koperasi.management.commands import keys as command
from members.actions.resealing import keys_used, reseal_national_ids
from members.models import Identity
from members.reports import unopened_national_ids
from registry.keys import KeyRing, KeyRingError, Undecipherable, key_id_of, key_ring
from registry.models import Cooperative, ImportRow
from registry.tenancy import NOBODY, bind
from tests.test_members_import import Importing, person, workbook


@pytest.fixture
def own_ring(settings, tmp_path):
    """A copy of the ring this test may rotate."""
    path = tmp_path / "keys.json"
    path.write_bytes(settings.KEYS_FILE.read_bytes())
    path.chmod(0o600)
    settings.KEYS_FILE = path
    return path


def keys(*words) -> str:
    bind(NOBODY)
    said = StringIO()
    call_command("keys", *words, stdout=said)
    return said.getvalue()


def sealed_by(someone) -> set[int]:
    with someone.acting() as (_, cooperative):
        return {
            key_id_of(cipher)
            for cipher in Identity.objects.filter(cooperative=cooperative).values_list("cipher", flat=True)
        }


def test_after_a_rotation_everything_stored_is_encrypted_anew_and_opens(own_ring, siti, ratna):
    before = KeyRing.load(own_ring).current_key_id
    assert "Copy the key file" in keys("rotate")
    assert sealed_by(siti) == sealed_by(ratna) == {before}
    said = keys("reseal")
    assert sealed_by(siti) == sealed_by(ratna) == {before + 1}
    assert int(said.split()[1]) > 0
    for someone in (siti, ratna):
        with someone.acting() as (_, cooperative):
            assert unopened_national_ids(cooperative) == []
    assert keys("reseal").startswith("resealed: 0 "), "twice changes nothing"


def test_resealing_stops_and_goes_on(own_ring, siti):
    keys("rotate")
    with siti.acting() as (_, cooperative):
        assert reseal_national_ids(cooperative=cooperative, size=3) == 3
        old, new = sorted(keys_used(cooperative=cooperative).items())
        assert (new[1], old[1] > 0) == (3, True)
        assert unopened_national_ids(cooperative) == []
    keys("reseal")
    with siti.acting() as (_, cooperative):
        assert list(keys_used(cooperative=cooperative)) == [key_ring().current_key_id]


def test_one_cooperative_is_not_resealed_by_anothers_hand(own_ring, siti, ratna):
    keys("rotate")
    with siti.acting():
        neighbours = Cooperative.objects.get(slug="kenanga")
        assert reseal_national_ids(cooperative=neighbours, size=100) == 0
    assert sealed_by(ratna) == {key_ring().current_key_id - 1}


def test_a_cipher_of_another_row_stops_it_and_changes_nothing(own_ring, siti):
    keys("rotate")
    with siti.acting() as (_, cooperative):
        first, second = Identity.objects.order_by("member_id")[:2]
        Identity.objects.filter(pk=second.pk).update(cipher=first.cipher)
        with pytest.raises(Undecipherable):
            reseal_national_ids(cooperative=cooperative, size=100)
        assert set(keys_used(cooperative=cooperative)) == {key_ring().current_key_id - 1}


def test_a_waiting_list_is_resealed_too_and_can_still_be_stored(own_ring, enter, yusuf):
    importing = Importing(enter(yusuf), yusuf)
    importing.upload(workbook([person(1), person(2)]))
    keys("rotate")
    keys("reseal")
    with yusuf.acting() as (_, cooperative):
        assert ImportRow.objects.filter(data__has_key="national_id").count() == 2
        assert list(keys_used(cooperative=cooperative)) == [key_ring().current_key_id]
    importing.press("simpan")
    with yusuf.acting() as (_, cooperative):
        assert unopened_national_ids(cooperative) == []


def test_second_factors_are_encrypted_anew(own_ring, siti):
    user, adapter = siti.user, MFAAdapter()
    made = Authenticator.objects.create(
        user=user, type="recovery_codes",
        data={"seed": adapter.encrypt("benih"), "used_mask": 0, "migrated_codes": [adapter.encrypt("satu"), adapter.encrypt("dua")]},
    )  # fmt: skip
    totp = Authenticator.objects.create(user=user, type="totp", data={"secret": adapter.encrypt("rahasia")})
    keys("rotate")
    keys("reseal")
    made.refresh_from_db()
    totp.refresh_from_db()
    secrets = [totp.data["secret"], made.data["seed"], *made.data["migrated_codes"]]
    assert {key_id_of(bytes.fromhex(one)) for one in secrets} == {key_ring().current_key_id}
    assert [adapter.decrypt(one) for one in secrets] == ["rahasia", "benih", "satu", "dua"]


def test_a_key_goes_only_when_nothing_uses_it_and_not_on_the_day_of_its_successor(own_ring, siti, monkeypatch):
    old = KeyRing.load(own_ring).current_key_id
    keys("rotate")
    with pytest.raises(CommandError, match=f"Key {old} still seals"):
        keys("retire", str(old))
    keys("reseal")
    with pytest.raises(CommandError, match="made today"):
        keys("retire", str(old))
    monkeypatch.setattr(command, "today_jakarta", lambda now: date(2100, 1, 1))
    keys("retire", str(old))
    assert KeyRing.load(own_ring).key_ids == [old + 1]
    with siti.acting() as (_, cooperative):
        assert unopened_national_ids(cooperative) == []


def test_the_key_in_use_and_an_unknown_one_are_not_retired(own_ring, everything):
    ring = KeyRing.load(own_ring)
    day = date(2100, 1, 1)
    with pytest.raises(KeyRingError, match="is in use"):
        ring.retire(ring.current_key_id, today=day)
    with pytest.raises(KeyRingError, match="no key 99"):
        ring.retire(99, today=day)
    with pytest.raises(CommandError, match="Which key"):
        keys("retire")
