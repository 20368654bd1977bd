"""Guessing passwords is slow, whichever replica is asked."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from app.auth import service, throttle
from app.auth.passwords import _MOST_WAITING, HASHER, _known, _new
from app.database import create_engine
from app.main import create_app
from app.settings import Settings
from tests.conftest import API, PASSWORD

SIGN_IN = f"{API}/auth/signin"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ACCOUNT_AND_ADDRESS", 3)


def guess(client: TestClient, email: str = "ann@example.com", password: str = "wrong password") -> int:
    return client.post(SIGN_IN, json={"email": email, "password": password}).status_code


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(3000):
        if happened():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def sign_up(client: TestClient, number: int) -> int:
    account = {"email": f"user{number}@example.com", "password": PASSWORD}
    return client.post(f"{API}/auth/signup", json=account).status_code


def test_even_the_right_password_has_to_wait(ann: TestClient) -> None:
    assert [guess(ann) for _ in range(3)] == [401, 401, 401]
    answer = ann.post(SIGN_IN, json={"email": "ann@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:todo:problem:too-many-attempts")
    assert int(answer.headers["Retry-After"]) > 0


def test_other_replica_counts_on(ann: TestClient, settings: Settings) -> None:
    for _ in range(3):
        guess(ann)
    with TestClient(create_app(settings)) as replica:
        assert guess(replica) == 429


def test_success_forgets_mistakes(ann: TestClient) -> None:
    for _ in range(3):
        assert [guess(ann), guess(ann, password=PASSWORD)] == [401, 200]


def test_one_address_cannot_try_all_accounts(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ADDRESS", 6)
    assert [guess(client, f"user{n}@example.com") for n in range(7)] == [401] * 6 + [429]


def test_people_of_one_address_who_know_their_passwords_do_not_lock_each_other_out(
    ann: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ADDRESS", 3)
    monkeypatch.setattr(throttle, "MOST_PER_ACCOUNT", 3)
    assert [guess(ann, password=PASSWORD) for _ in range(6)] == [200] * 6
    assert [guess(ann, f"user{n}@example.com") for n in range(4)] == [401] * 3 + [429], "failures do not count"


def test_refused_attempts_of_one_address_do_not_lock_the_owner_out_elsewhere(
    client: TestClient, sql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ACCOUNT", 5)
    # Of several accounts, since the order of the counters differs between them.
    for email in [f"user{n}@example.com" for n in range(6)]:
        assert [guess(client, email) for _ in range(9)] == [401] * 3 + [429] * 6
        elsewhere = TestClient(client.app, client=("192.0.2.7", 50000))
        elsewhere.portal = client.portal
        assert guess(elsewhere, email) == 401
    assert max(attempts(sql)) == 18, "the address counts what was looked at, and no refused attempt"


def test_many_addresses_together_cannot_guess_without_end(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ACCOUNT", 5)
    answers = []
    for n in range(7):
        address = TestClient(client.app, client=(f"192.0.2.{n}", 50000))
        address.portal = client.portal
        answers.append(guess(address))
    assert answers == [401] * 5 + [429] * 2


def test_one_address_cannot_make_accounts_without_end(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_SIGN_UPS_PER_ADDRESS", 2)
    assert [sign_up(client, n) for n in range(3)] == [201, 201, 429]
    assert guess(client, "user0@example.com", PASSWORD) == 200


class TestFlood:
    """Many make accounts at once."""

    @pytest.fixture
    def released(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """No new password is hashed before this, or before the time of a test is up."""
        released, hash_password = threading.Event(), HASHER.hash

        def hold(password: str) -> str:
            released.wait(60)
            return hash_password(password)

        monkeypatch.setattr(HASHER, "hash", hold)
        yield released
        released.set()

    def test_who_has_an_account_signs_in(self, ann: TestClient, released: threading.Event) -> None:
        with ThreadPoolExecutor(8) as pool:
            flood = [pool.submit(sign_up, ann, number) for number in range(8)]
            wait_until(lambda: _new.statistics().tasks_waiting > 0)
            assert guess(ann, password=PASSWORD) == 200
            assert not any(each.done() for each in flood), "the sign-in waited for the flood"
            released.set()
        assert {each.result() for each in flood} == {201}

    def test_who_comes_too_late_is_told_at_once(
        self, client: TestClient, released: threading.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(_MOST_WAITING, _new, 2)
        with ThreadPoolExecutor(8) as pool:
            flood = [pool.submit(sign_up, client, number) for number in range(8)]
            wait_until(lambda: sum(each.done() for each in flood) == 5)
            refused = [each.result() for each in flood if each.done()]
            released.set()
        assert refused == [503] * 5
        assert sorted(each.result() for each in flood) == [201] * 3 + [503] * 5


class TestRefusedForAnotherReason:
    """Nobody guessed anything."""

    def test_busy_sign_in_is_no_wrong_password(
        self, ann: TestClient, sql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as busy:
            busy.setitem(_MOST_WAITING, _known, 0)
            assert [guess(ann) for _ in range(5)] == [503] * 5
        assert attempts(sql) == {0, 1}, "the sign-up of the account counts alone"
        assert guess(ann, password=PASSWORD) == 200

    def test_database_that_fails_is_no_wrong_password(
        self, ann: TestClient, sql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: object, **__: object) -> None:
            raise OperationalError("SELECT", None, Exception("the connection is lost"))

        with monkeypatch.context() as away:
            away.setattr(service, "sign_in", fail)
            assert [guess(ann) for _ in range(5)] == [503] * 5
        assert attempts(sql) == {0, 1}
        assert guess(ann, password=PASSWORD) == 200

    def test_busy_sign_up_is_no_account(
        self, client: TestClient, sql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as busy:
            busy.setitem(_MOST_WAITING, _new, 0)
            assert [sign_up(client, n) for n in range(3)] == [503] * 3
        assert attempts(sql) == {0}


class TestConfirmation:
    """Who has stolen a session does not guess the password that changes or deletes the account."""

    @pytest.fixture(autouse=True)
    def few_confirmations(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(throttle, "MOST_CONFIRMATIONS_PER_SESSION", 3)

    @staticmethod
    def change(client: TestClient, current: str = "wrong password", new: str = "another good password") -> int:
        body = {"current_password": current, "new_password": new}
        return client.post(f"{API}/auth/password", json=body).status_code

    @staticmethod
    def delete(client: TestClient, password: str = "wrong password") -> int:
        return client.post(f"{API}/auth/delete-account", json={"password": password}).status_code

    def test_both_count_together_and_even_the_right_password_has_to_wait(self, ann: TestClient) -> None:
        assert [self.change(ann), self.delete(ann), self.change(ann)] == [403] * 3
        assert [self.change(ann, PASSWORD), self.delete(ann, PASSWORD)] == [429] * 2
        body = {"password": PASSWORD}
        answer = ann.post(f"{API}/auth/delete-account", json=body)
        assert answer.json()["type"] == "urn:todo:problem:too-many-attempts"
        assert int(answer.headers["Retry-After"]) > 0

    def test_the_owner_signs_in_all_the_same_and_goes_on_there(self, ann: TestClient) -> None:
        for _ in range(5):
            self.change(ann)
        answer = ann.post(SIGN_IN, json={"email": "ann@example.com", "password": PASSWORD})
        assert answer.status_code == 200
        ann.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        assert self.change(ann, PASSWORD) == 204

    def test_success_forgets_mistakes_and_a_common_new_password_is_none(self, ann: TestClient) -> None:
        for _ in range(3):
            assert [self.change(ann), self.change(ann), self.change(ann, PASSWORD, "1234567890")] == [403, 403, 422]

    def test_busy_is_no_wrong_password(self, ann: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as busy:
            busy.setitem(_MOST_WAITING, _known, 0)
            assert [self.change(ann) for _ in range(5)] == [503] * 5
        assert self.change(ann, PASSWORD) == 204

    def test_no_connection_waits_while_a_password_is_hashed(
        self, ann: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pool = cast(FastAPI, ann.app).state.sessions.kw["bind"].sync_engine.pool
        held, verify, hash_password = [], HASHER.verify, HASHER.hash

        def note_verify(password: str, stored: str) -> bool:
            held.append(pool.checkedout())
            return verify(password, stored)

        def note_hash(password: str) -> str:
            held.append(pool.checkedout())
            return hash_password(password)

        monkeypatch.setattr(HASHER, "verify", note_verify)
        monkeypatch.setattr(HASHER, "hash", note_hash)
        assert self.change(ann, PASSWORD) == 204
        assert self.delete(ann, "another good password") == 204
        assert held == [0, 0, 0]

    def test_password_that_was_changed_meanwhile_is_wrong(
        self, ann: TestClient, sql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verify = HASHER.verify

        def change_meanwhile(password: str, stored: str) -> bool:
            same = verify(password, stored)
            sql.execute("UPDATE users SET password_hash = 'changed elsewhere'")
            return same

        for step in (self.change, self.delete):
            sql.execute("UPDATE users SET password_hash = %s", [HASHER.hash(PASSWORD)])
            with monkeypatch.context() as meanwhile:
                meanwhile.setattr(HASHER, "verify", change_meanwhile)
                assert step(ann, PASSWORD) == 403
        assert sql.execute("SELECT password_hash FROM users").fetchone() == ("changed elsewhere",)


def attempts(sql: psycopg.Connection) -> set[int]:
    return {row[0] for row in sql.execute("SELECT attempts FROM throttles")}


@pytest.mark.usefixtures("client")
def test_success_and_attempt_of_one_account_do_not_wait_for_each_other(
    settings: Settings, sql: psycopg.Connection
) -> None:
    account = {"address": "192.0.2.1", "email": "user1@example.com"}
    own = throttle._own(**account)
    first = min(throttle._sign_in_limits(**account))
    assert first != own, "this account shows nothing"

    async def run(step: Callable[..., Awaitable[None]]) -> None:
        engine = create_engine(settings, 1)
        async with AsyncSession(engine) as session:
            await step(session, **account)
        await engine.dispose()

    asyncio.run(run(throttle.count_sign_in))
    with ThreadPoolExecutor(1) as pool:
        with sql.transaction():
            sql.execute("SELECT FROM throttles WHERE key = %s FOR UPDATE", [first])
            success = pool.submit(asyncio.run, run(throttle.forget_sign_in))
            wait_until(lambda: sql.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is not None)
            # Fails if the success holds this one already.
            sql.execute("SELECT FROM throttles WHERE key = %s FOR UPDATE NOWAIT", [own])
        success.result()


def test_window_passes(ann: TestClient, sql: psycopg.Connection) -> None:
    for _ in range(4):
        guess(ann)
    sql.execute("UPDATE throttles SET since = since - interval '16 minutes'")
    assert guess(ann, password=PASSWORD) == 200


def test_signed_in_user_is_not_locked_out(ann: TestClient) -> None:
    for _ in range(5):
        guess(ann)
    assert ann.get(f"{API}/todos").status_code == 200
