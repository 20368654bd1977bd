"""Guessing passwords is slow, whichever replica is asked."""

import psycopg
import pytest
from starlette.testclient import TestClient

from app.auth import throttle
from app.main import create_app
from app.settings import Settings
from tests.conftest import API, PASSWORD

SIGN_IN = f"{API}/auth/signin"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ACCOUNT_AND_ADDRESS", 3)


def guess(client: TestClient, email: str = "ann@example.com", password: str = "wrong password") -> int:
    return client.post(SIGN_IN, json={"email": email, "password": password}).status_code


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


def test_window_passes(ann: TestClient, sql: psycopg.Connection) -> None:
    for _ in range(4):
        guess(ann)
    sql.execute("UPDATE throttles SET since = since - interval '16 minutes'")
    assert guess(ann, password=PASSWORD) == 200


def test_signed_in_user_is_not_locked_out(ann: TestClient) -> None:
    for _ in range(5):
        guess(ann)
    assert ann.get(f"{API}/todos").status_code == 200
