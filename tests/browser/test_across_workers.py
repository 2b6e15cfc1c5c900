"""What only real commits and several connections show: limits and used codes that outlive a rollback. No browser is driven."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from koperasi.demo_logins import TOTP_SEED, current_code
from registry.actions.logins import enrol_fixed_totp
from registry.models import User
from tests.browser.stage import fresh_connections
from tests.cast import PASSWORD


def try_password(login: str, password: str, **headers) -> str:
    return Client(headers=headers).post("/masuk/", {"login": login, "password": password}).content.decode()


def test_a_cache_entry_survives_the_rollback_of_its_request(stage):
    with stage.database():
        with transaction.atomic():
            cache.set("dipakai", "y", 60)
            transaction.set_rollback(True)
        assert cache.get("dipakai") == "y"


def test_a_used_code_is_refused_by_another_worker(stage):
    with stage.database():
        with transaction.atomic():
            enrol_fixed_totp(User.objects.get(username="joko"), TOTP_SEED, datetime.now(UTC))
        first, second = Client(), Client()
        for client in (first, second):
            assert client.post("/masuk/", {"login": "joko", "password": PASSWORD}).url == "/masuk/kode/"
        code = _stable_code()
        assert first.post("/masuk/kode/", {"code": code}).status_code == 302
    answers = []

    def other_worker() -> None:
        from django.db import connections

        for alias, connection in fresh_connections(stage.name).items():
            connections[alias] = connection
        answers.append(second.post("/masuk/kode/", {"code": code}))
        connections.close_all()

    worker = threading.Thread(target=other_worker)
    worker.start()
    worker.join()
    assert answers[0].status_code == 200
    assert "Kode belum cocok" in answers[0].content.decode()


def _stable_code() -> str:
    """Return the present code; wait when it is about to change."""
    import time

    if 30 - time.time() % 30 < 4:
        time.sleep(5)
    return current_code(datetime.now(UTC))


def test_a_recovery_code_opens_once(stage):
    from allauth.mfa.models import Authenticator

    with stage.database():
        with transaction.atomic():
            user = User.objects.get(username="joko")
            enrol_fixed_totp(user, TOTP_SEED, datetime.now(UTC))
        code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
        statuses = []
        for _ in range(2):
            client = Client()
            client.post("/masuk/", {"login": "joko", "password": PASSWORD})
            statuses.append(client.post("/masuk/kode/", {"code": code}).status_code)
        assert statuses == [302, 200]


def test_five_wrong_passwords_pause_the_login_however_it_is_written(stage):
    with stage.database():
        User.objects.filter(username="siti").update(email="siti@contoh.id")
        pages = [try_password(name, "salah") for name in ("siti", "SITI ", "siti@contoh.id", "Siti@Contoh.id", "siti")]
        assert [re.search(r"Tersisa (\d)", page) and re.search(r"Tersisa (\d)", page)[1] for page in pages] == [
            "4",
            "3",
            "2",
            "1",
            None,
        ]
        assert "Sekarang ada jeda 15 menit" in pages[-1]
        assert "Terlalu banyak percobaan. Coba lagi pukul" in try_password("siti", PASSWORD)
        assert "Terlalu banyak percobaan" in try_password("siti@contoh.id", PASSWORD)
        assert Client().post("/masuk/", {"login": "budi", "password": PASSWORD}).status_code == 302  # others go on


def test_a_login_that_does_not_exist_sounds_the_same(stage):
    with stage.database():
        real = [_words(try_password("siti", "salah")) for _ in range(6)]
        invented = [_words(try_password("tidak.ada", "salah")) for _ in range(6)]
        assert real[:5] == invented[:5]
        assert real[5].split("pukul")[0] == invented[5].split("pukul")[0]


def _words(page: str) -> str:
    return re.search(r'class="err"[^>]*>.*?<span>(.*?)</span>', page, re.S)[1]


def test_a_right_password_gives_the_try_back(stage):
    with stage.database():
        for _ in range(8):
            assert Client().post("/masuk/", {"login": "Budi", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "odd",
    [
        {"login": "nul\x00", "password": "x"},
        {"login": "x" * 5000, "password": "y" * 5000},
        {},
        {"login": "siti"},
    ],
)
def test_odd_input_at_the_door_is_answered_calmly(stage, odd):
    with stage.database():
        answer = Client().post("/masuk/", odd)
        assert answer.status_code == 200
        assert 'class="err"' in answer.content.decode()


def test_a_code_from_the_past_or_the_future_opens_nothing(stage):
    with stage.database():
        with transaction.atomic():
            enrol_fixed_totp(User.objects.get(username="joko"), TOTP_SEED, datetime.now(UTC))
        client = Client()
        client.post("/masuk/", {"login": "joko", "password": PASSWORD})
        for seconds in (-90, 90):
            code = current_code(datetime.now(UTC) + timedelta(seconds=seconds))
            assert client.post("/masuk/kode/", {"code": code}).status_code == 200


def test_a_dinas_login_cannot_take_its_second_factor_off(stage):
    with stage.database():
        with transaction.atomic():
            enrol_fixed_totp(User.objects.get(username="joko"), TOTP_SEED, datetime.now(UTC))
            enrol_fixed_totp(User.objects.get(username="budi"), TOTP_SEED, datetime.now(UTC))
        for name, stays in (("joko", True), ("budi", False)):
            client = Client()
            client.post("/masuk/", {"login": name, "password": PASSWORD})
            client.post("/masuk/kode/", {"code": _stable_code()})
            client.post("/akun/pastikan/", {"password": PASSWORD})
            client.post("/akun/kode/lepas/")
            assert User.objects.get(username=name).authenticator_set.filter(type="totp").exists() == stays


def test_next_leads_only_to_our_own_addresses(stage):
    with stage.database():
        for evil in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
            answer = Client().post(f"/masuk/?next={evil}", {"login": "budi", "password": PASSWORD, "next": evil})
            assert "evil" not in answer.url
            assert "javascript" not in answer.url


def test_the_operator_makes_a_link_for_the_only_admin(stage, capsys):
    with stage.database():
        for purpose, words in (("password", "Kata sandi baru"), ("totp", "Ganti perangkat kode")):
            call_command("access", purpose, "admin_kota")
            address = re.search(r"/undangan/\S+/", capsys.readouterr().out)[0]
            assert words in Client().get(address).content.decode()


def test_two_people_with_one_link_make_one_login(stage):
    from registry.models import GrantKind
    from tests.browser.test_accounts import made_by

    with stage.database():
        token = made_by("budi", GrantKind.TREASURER, in_cooperative=True)
    statuses = []

    def person(number: int) -> None:
        from django.db import connections

        for alias, connection in fresh_connections(stage.name).items():
            connections[alias] = connection
        data = {"name": "Neneng", "username": f"orang{number}", "password": "melati harum sekali"}
        statuses.append(Client().post(f"/undangan/{token}/", data).status_code)
        connections.close_all()

    people = [threading.Thread(target=person, args=(n,)) for n in range(4)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert sorted(statuses) == [302, 410, 410, 410]
    with stage.database():
        assert User.objects.filter(username__startswith="orang").count() == 1


def test_the_tries_for_a_balance_last_an_hour_and_are_no_more_for_many_at_once(stage):
    """Sixteen processes guess the birth date behind one receipt in the same moment: five get a try."""
    from django.db import connections

    from registry import limits

    start, slots = threading.Barrier(16), []

    def guess() -> None:
        for alias, connection in fresh_connections(stage.name).items():
            connections[alias] = connection
        start.wait(10)
        slots.append(limits.take("saldo:KODE", 5, 60))
        connections.close_all()

    guessers = [threading.Thread(target=guess) for _ in range(16)]
    for thread in guessers:
        thread.start()
    for thread in guessers:
        thread.join()
    assert sorted(slot for slot in slots if slot is not None) == [0, 1, 2, 3, 4]
    with stage.database(), connections["cache"].cursor() as cursor:
        assert limits.take("saldo:KODE", 5, 60) is None
        assert limits.take("saldo:LAIN", 5, 60) == 0
        cursor.execute(
            "SELECT min(expires) > now() + interval '58 minutes' FROM koperasi_cache WHERE cache_key LIKE '%saldo:KODE%'"
        )
        assert cursor.fetchone()[0]
