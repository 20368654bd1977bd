"""Sessions: rotation, theft, and everything that ends them."""

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from app.auth import throttle
from tests.conftest import API, PASSWORD

AUTH = f"{API}/auth"
ACCOUNT = {"email": "ann@example.com", "password": PASSWORD}
NEW_PASSWORD = "another good password"
LATER = "UPDATE sessions SET refreshed_at = refreshed_at - interval '11 seconds'"


@pytest.fixture
def tokens(client: TestClient) -> dict[str, Any]:
    client.post(f"{AUTH}/signup", json=ACCOUNT)
    return sign_in(client)


def sign_in(client: TestClient) -> dict[str, Any]:
    tokens: dict[str, Any] = client.post(f"{AUTH}/signin", json=ACCOUNT).json()
    return tokens


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def me(client: TestClient, tokens: dict[str, Any]) -> int:
    return client.get(f"{AUTH}/me", headers=bearer(tokens)).status_code


def refresh(client: TestClient, tokens: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"{AUTH}/refresh", json={"refresh_token": tokens["refresh_token"]})
    return answer.status_code, answer.json()


class TestRefresh:
    def test_gives_tokens_that_work(self, client: TestClient, tokens: dict[str, Any]) -> None:
        for _ in range(3):
            status, tokens = refresh(client, tokens)
            assert (status, me(client, tokens)) == (200, 200)

    def test_two_tabs_at_the_same_moment_stay_signed_in(self, client: TestClient, tokens: dict[str, Any]) -> None:
        (_, first), (_, second) = refresh(client, tokens), refresh(client, tokens)
        assert me(client, first) == me(client, second) == 200
        assert refresh(client, first)[0] == refresh(client, second)[0] == 200

    def test_replayed_token_ends_the_session_of_the_thief_too(
        self, client: TestClient, tokens: dict[str, Any], sql: psycopg.Connection
    ) -> None:
        _, stolen = refresh(client, tokens)
        assert client.get(f"{API}/todos", headers=bearer(stolen)).status_code == 200
        sql.execute(LATER)
        status, problem = refresh(client, tokens)
        assert (status, problem["type"]) == (401, "urn:todo:problem:session-over")
        assert me(client, stolen) == refresh(client, stolen)[0] == 401

    def test_tokens_that_got_lost_on_their_way_can_be_had_again(
        self, client: TestClient, tokens: dict[str, Any], sql: psycopg.Connection
    ) -> None:
        for _ in range(3):
            assert refresh(client, tokens)[0] == 200
            sql.execute(LATER)
        status, tokens = refresh(client, tokens)
        assert (status, me(client, tokens)) == (200, 200)

    def test_tokens_that_got_lost_after_the_frontend_used_them_can_be_had_again(
        self, client: TestClient, tokens: dict[str, Any], sql: psycopg.Connection
    ) -> None:
        _, second = refresh(client, tokens)
        headers = {**bearer(second), "X-Session-Renewed": "1"}
        assert client.get(f"{API}/todos", headers=headers).status_code == 200
        sql.execute(LATER)
        status, third = refresh(client, tokens)
        assert (status, me(client, third)) == (200, 200)
        sql.execute(LATER)
        assert refresh(client, tokens)[0] == 401, "the tokens arrived, and the one before them is no longer good"

    def test_use_of_a_token_is_written_once(
        self, client: TestClient, tokens: dict[str, Any], sql: psycopg.Connection
    ) -> None:
        _, second = refresh(client, tokens)
        written = set()
        for _ in range(3):
            assert me(client, second) == 200
            written.add(sql.execute("SELECT xmin::text, confirmed_generation FROM sessions").fetchone())
        ((_, confirmed),) = (row for row in written if row)
        assert confirmed == 2

    def test_too_many_have_to_wait(
        self, client: TestClient, tokens: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(throttle, "MOST_REFRESHES_PER_SESSION", 3)
        other = sign_in(client)
        for _ in range(3):
            status, tokens = refresh(client, tokens)
            assert status == 200
        assert refresh(client, tokens)[0] == 429
        assert me(client, tokens) == 200, "the session ended"
        assert refresh(client, other)[0] == 200, "another session has to wait, too"

    def test_token_of_long_ago_is_theft_at_any_time(self, client: TestClient, tokens: dict[str, Any]) -> None:
        _, second = refresh(client, tokens)
        _, third = refresh(client, second)
        assert refresh(client, tokens)[0] == 401
        assert me(client, third) == 401

    def test_ends_with_the_session(self, client: TestClient, tokens: dict[str, Any], sql: psycopg.Connection) -> None:
        sql.execute("UPDATE sessions SET expires_at = now()")
        assert refresh(client, tokens)[0] == me(client, tokens) == 401

    def test_takes_no_access_token(self, client: TestClient, tokens: dict[str, Any]) -> None:
        assert refresh(client, {"refresh_token": tokens["access_token"]})[0] == 401

    @pytest.mark.parametrize("token", ["", "garbage", "a.b.c"])
    def test_takes_no_garbage(self, client: TestClient, token: str) -> None:
        assert refresh(client, {"refresh_token": token})[0] == 401


def test_sign_out_ends_this_session_only(client: TestClient, tokens: dict[str, Any]) -> None:
    other = sign_in(client)
    assert client.post(f"{AUTH}/signout", headers=bearer(tokens)).status_code == 204
    assert me(client, tokens) == refresh(client, tokens)[0] == 401
    assert me(client, other) == 200


def test_sign_out_everywhere_ends_all_sessions_of_this_user(client: TestClient, tokens: dict[str, Any]) -> None:
    other = sign_in(client)
    account = {"email": "bob@example.com", "password": PASSWORD}
    client.post(f"{AUTH}/signup", json=account)
    of_bob = client.post(f"{AUTH}/signin", json=account).json()
    assert client.post(f"{AUTH}/signout-everywhere", headers=bearer(tokens)).status_code == 204
    assert me(client, tokens) == me(client, other) == refresh(client, other)[0] == 401
    assert me(client, of_bob) == 200


def test_sessions_are_listed(client: TestClient, tokens: dict[str, Any], sql: psycopg.Connection) -> None:
    other = sign_in(client)
    account = {"email": "bob@example.com", "password": PASSWORD}
    client.post(f"{AUTH}/signup", json=account)
    client.post(f"{AUTH}/signin", json=account)
    for own, current in ((tokens, [False, True]), (other, [True, False])):
        listed = client.get(f"{AUTH}/sessions", headers=bearer(own)).json()
        assert [session["current"] for session in listed] == current
    sql.execute("UPDATE sessions SET expires_at = now() WHERE id = %s", [listed[1]["id"]])
    assert len(client.get(f"{AUTH}/sessions", headers=bearer(other)).json()) == 1


class TestChangePassword:
    def change(self, client: TestClient, tokens: dict[str, Any], current: str, new: str) -> int:
        body = {"current_password": current, "new_password": new}
        return client.post(f"{AUTH}/password", json=body, headers=bearer(tokens)).status_code

    def test_ends_other_sessions(self, client: TestClient, tokens: dict[str, Any]) -> None:
        other = sign_in(client)
        assert self.change(client, tokens, PASSWORD, NEW_PASSWORD) == 204
        assert (me(client, tokens), me(client, other)) == (200, 401)
        assert client.post(f"{AUTH}/signin", json=ACCOUNT).status_code == 401
        assert client.post(f"{AUTH}/signin", json={**ACCOUNT, "password": NEW_PASSWORD}).status_code == 200

    def test_wants_the_current_password(self, client: TestClient, tokens: dict[str, Any]) -> None:
        assert self.change(client, tokens, "wrong password", NEW_PASSWORD) == 403
        assert client.post(f"{AUTH}/signin", json=ACCOUNT).status_code == 200

    @pytest.mark.parametrize("new", ["short", "1234567890"], ids=["short", "common"])
    def test_refuses_a_bad_one(self, client: TestClient, tokens: dict[str, Any], new: str) -> None:
        assert self.change(client, tokens, PASSWORD, new) == 422
        assert client.post(f"{AUTH}/signin", json=ACCOUNT).status_code == 200


class TestDeleteAccount:
    def delete(self, client: TestClient, tokens: dict[str, Any], password: str) -> int:
        body = {"password": password}
        return client.post(f"{AUTH}/delete-account", json=body, headers=bearer(tokens)).status_code

    def test_removes_everything(self, client: TestClient, tokens: dict[str, Any], sql: psycopg.Connection) -> None:
        client.post(f"{API}/todos", json={"title": "x"}, headers=bearer(tokens))
        assert self.delete(client, tokens, PASSWORD) == 204
        assert me(client, tokens) == 401
        for table in ("users", "sessions", "todos"):
            assert sql.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), f"{table} keeps rows"

    def test_wants_the_password(self, client: TestClient, tokens: dict[str, Any]) -> None:
        assert self.delete(client, tokens, "wrong password") == 403
        assert me(client, tokens) == 200
