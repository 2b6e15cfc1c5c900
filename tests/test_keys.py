"""The key ring: what it protects, what it refuses, and what it must never lose."""

import json
import os
import threading
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import keys
from registry.keys import KeyRing

NIK = "9901014107900001"  # never issued
ROW = b"identity:12:345"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "keys.json"


@pytest.fixture
def ring(path):
    return KeyRing.create(path, made_on=date(2026, 11, 20))


def test_a_new_ring_is_private_and_complete(ring, path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    content = json.loads(path.read_text())
    assert [entry["id"] for entry in content["encryption"]] == [1]
    assert content["encryption"][0]["made_on"] == "2026-11-20"
    assert content["hashing"] == {}
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["keys.json", "keys.json.lock"]


def test_a_ring_is_never_overwritten(ring, path):
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        KeyRing.create(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_file_that_others_may_touch_is_refused(ring, path, mode):
    path.chmod(mode)
    with pytest.raises(keys.KeyFileExposed, match="chmod 600"):
        KeyRing.load(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(keys.KeyFileMissing, match="no key file"):
        KeyRing.load(tmp_path / "keys.json")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"encryption": [], "hashing": {}}',
        '{"encryption": [{"id": 1, "key": "c2hvcnQ="}], "hashing": {}}',
        '{"encryption": [{"id": 1, "key": "%%%"}], "hashing": {}}',
        '{"encryption": [{"id": 0, "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}], "hashing": {}}',
        '{"encryption": [{"id": 1, "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},'
        ' {"id": 1, "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}], "hashing": {}}',
        '{"encryption": [{"id": 1, "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}], "hashing": {"a": 5}}',
    ],
)
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(keys.KeyFileDamaged):
        KeyRing.load(path)


@given(plain=st.text(), aad=st.binary(max_size=40))
@settings(max_examples=50)
def test_what_was_encrypted_is_read_back(tmp_path_factory, plain, aad):
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    ring = KeyRing.create(path)
    assert KeyRing.load(path).decrypt(memoryview(ring.encrypt(plain, aad)), aad) == plain


def test_a_ciphertext_names_its_key_and_hides_its_text(ring):
    sealed = ring.encrypt(NIK, ROW)
    assert sealed[0] == keys.VERSION
    assert keys.key_id_of(sealed) == 1
    assert NIK.encode() not in sealed
    assert sealed != ring.encrypt(NIK, ROW)


def test_a_ciphertext_does_not_open_in_another_row(ring):
    with pytest.raises(keys.Undecipherable):
        ring.decrypt(ring.encrypt(NIK, ROW), b"identity:12:346")


def test_no_byte_of_a_ciphertext_can_be_changed(ring):
    sealed = ring.encrypt(NIK, ROW)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises((keys.Undecipherable, keys.KeyMissing)):
            ring.decrypt(bytes(changed), ROW)


@pytest.mark.parametrize("nonsense", [b"", b"\x01", b"\x01\x00\x01" + b"x" * 27, b"\x02" + b"x" * 60])
def test_what_is_no_ciphertext_is_refused(ring, nonsense):
    with pytest.raises(keys.Undecipherable):
        ring.decrypt(nonsense, ROW)


def test_after_a_rotation_old_rows_open_and_new_rows_use_the_new_key(ring, path):
    old = ring.encrypt(NIK, ROW)
    assert ring.rotate(made_on=date(2027, 1, 2)) == 2
    new = ring.encrypt(NIK, ROW)
    assert (keys.key_id_of(old), keys.key_id_of(new)) == (1, 2)
    assert (ring.is_current(old), ring.is_current(new)) == (False, True)
    again = KeyRing.load(path)
    assert again.decrypt(old, ROW) == again.decrypt(new, ROW) == NIK
    assert again.key_ids == [1, 2]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_missing_key_is_named(ring, tmp_path):
    ring.rotate()
    stranger = KeyRing.create(tmp_path / "other.json")
    with pytest.raises(keys.KeyMissing, match="Key 2 is not in"):
        stranger.decrypt(ring.encrypt(NIK, ROW), ROW)


def test_another_key_under_the_same_id_does_not_open(ring, tmp_path):
    stranger = KeyRing.create(tmp_path / "other.json")
    with pytest.raises(keys.Undecipherable):
        stranger.decrypt(ring.encrypt(NIK, ROW), ROW)


def test_the_index_is_equal_for_one_number_in_one_agency_only(ring, path):
    ring.ensure_agency("kota-serang")
    ring.ensure_agency("kab-serang")
    index = ring.blind_index("kota-serang", NIK)
    assert len(index) == 32
    assert index == KeyRing.load(path).blind_index("kota-serang", NIK)
    assert index != ring.blind_index("kab-serang", NIK)
    assert index != ring.blind_index("kota-serang", "9901010107900001")


def test_ensuring_an_agency_twice_keeps_its_key(ring, path):
    ring.ensure_agency("kota-serang")
    index, content = ring.blind_index("kota-serang", NIK), path.read_bytes()
    ring.ensure_agency("kota-serang")
    KeyRing.load(path).ensure_agency("kota-serang")
    assert path.read_bytes() == content
    assert ring.blind_index("kota-serang", NIK) == index
    assert ring.agencies == ["kota-serang"]


def test_an_agency_without_a_key_gets_none_by_being_hashed_for(ring):
    with pytest.raises(keys.KeyMissing, match="kota-serang"):
        ring.blind_index("kota-serang", NIK)


@pytest.mark.parametrize("slug", ["", "Kota Serang", "../x", "kota-serang\n", "-a"])
def test_an_agency_has_a_slug(ring, slug):
    with pytest.raises(ValueError, match="slug"):
        ring.ensure_agency(slug)


@pytest.mark.parametrize("number", ["", "9901 0141 0790 0001", "990101410790000", "٩٩٠١٠١٤١٠٧٩٠٠٠٠١"])
def test_only_normalized_numbers_are_indexed(ring, number):
    ring.ensure_agency("kota-serang")
    with pytest.raises(ValueError, match="normalized") as refusal:
        ring.blind_index("kota-serang", number)
    assert not number or number not in str(refusal.value)


def test_rings_opened_at_the_same_time_lose_no_key_of_each_other(ring, path):
    rings = [KeyRing.load(path) for _ in range(8)]
    threads = [
        threading.Thread(target=lambda one=one, n=n: (one.rotate(), one.ensure_agency(f"agency-{n}")))
        for n, one in enumerate(rings)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = KeyRing.load(path)
    assert after.key_ids == list(range(1, 10))
    assert len(after.agencies) == 8


def test_a_write_that_fails_leaves_the_old_ring(ring, path, monkeypatch):
    before = path.read_bytes()

    def no_space(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        ring.rotate()
    assert path.read_bytes() == before
    assert ring.key_ids == [1]
    assert not list(path.parent.glob(".keys-*"))


def test_a_ring_never_prints_its_keys(ring, path):
    ring.ensure_agency("kota-serang")
    secret = json.loads(path.read_text())["encryption"][0]["key"]
    assert "kota-serang" in repr(ring)
    assert secret not in repr(ring)


def test_the_shared_ring_notices_a_rotation_by_another_process(ring, path, monkeypatch):
    import django.conf

    monkeypatch.setattr(django.conf, "settings", type("Settings", (), {"KEYS_FILE": str(path)}))
    shared = keys.key_ring()
    assert keys.key_ring() is shared
    ring.rotate()
    assert keys.key_ring().key_ids == [1, 2]
    assert keys.key_ring() is keys.key_ring()
    path.chmod(0o644)
    with pytest.raises(keys.KeyFileExposed):
        keys.key_ring()
    path.unlink()
    with pytest.raises(keys.KeyFileMissing):
        keys.key_ring()
