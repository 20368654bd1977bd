"""Accounts and access tokens."""

import base64
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import psycopg
import pytest
from starlette.testclient import TestClient

from app.auth.passwords import HASHER, _common_passwords, _hash_of_nobody
from app.auth.tokens import issue_tokens, read_access_token
from app.main import create_app
from app.settings import Settings
from tests.conftest import API, JWT_SECRET, PASSWORD

SIGN_UP, SIGN_IN, ME = f"{API}/auth/signup", f"{API}/auth/signin", f"{API}/auth/me"


def token_of(client: TestClient) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


class TestSignUp:
    def test_new_account(self, client: TestClient) -> None:
        answer = client.post(SIGN_UP, json={"email": " Ann@Example.com ", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        assert answer.json()["email"] == "ann@example.com"
        assert set(answer.json()) == {"id", "email", "created_at", "time_zone"}

    def test_password_is_kept_as_argon2id(self, ann: TestClient, sql: psycopg.Connection) -> None:
        assert ann.get(ME).status_code == 200
        row = sql.execute("SELECT password_hash FROM users").fetchone()
        assert row is not None
        assert row[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_address_in_use_is_refused(self, ann: TestClient) -> None:
        answer = ann.post(SIGN_UP, json={"email": "ANN@example.com", "password": PASSWORD})
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:todo:problem:email-taken")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"email": "ann@example.com"},
            {"email": "ann", "password": PASSWORD},
            {"email": "a b@example.com", "password": PASSWORD},
            {"email": "a\x00@example.com", "password": PASSWORD},
            {"email": "a" * 250 + "@x.org", "password": PASSWORD},
            {"email": "ann@example.com", "password": "short"},
            {"email": "ann@example.com", "password": "x" * 129},
            {"email": "ann@example.com", "password": PASSWORD, "id": "1"},
        ],
        ids=ascii,
    )
    def test_bad_account_is_refused(self, client: TestClient, sql: psycopg.Connection, body: object) -> None:
        answer = client.post(SIGN_UP, json=body)
        assert answer.status_code == 422, answer.text
        assert PASSWORD not in answer.text, "the password comes back in the error"
        assert sql.execute("SELECT count(*) FROM users").fetchone() == (0,)

    @pytest.mark.parametrize("password", ["password", "1234567890", "QwertyUiop", "trustno1", "\uff30assword"])
    def test_common_password_is_refused(self, client: TestClient, sql: psycopg.Connection, password: str) -> None:
        answer = client.post(SIGN_UP, json={"email": "ann@example.com", "password": password})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:todo:problem:common-password")
        assert "most used" in answer.json()["detail"]
        assert sql.execute("SELECT count(*) FROM users").fetchone() == (0,)

    def test_list_of_common_passwords_is_long_enough(self) -> None:
        allowed_otherwise = [password for password in _common_passwords() if 8 <= len(password) <= 128]
        assert len(allowed_otherwise) >= 3000


class TestSignIn:
    def test_token_is_good_for_me(self, client: TestClient) -> None:
        client.post(SIGN_UP, json={"email": "ann@example.com", "password": PASSWORD})
        token = client.post(SIGN_IN, json={"email": "Ann@example.com", "password": PASSWORD}).json()
        assert (token["token_type"], token["expires_in"]) == ("bearer", 900)
        me = client.get(ME, headers={"Authorization": f"Bearer {token['access_token']}"})
        assert me.json()["email"] == "ann@example.com"

    def test_wrong_password_and_unknown_address_look_the_same(self, ann: TestClient) -> None:
        wrong = ann.post(SIGN_IN, json={"email": "ann@example.com", "password": "wrong password"})
        unknown = ann.post(SIGN_IN, json={"email": "eve@example.com", "password": "wrong password"})
        assert wrong.status_code == unknown.status_code == 401
        wrong_document, unknown_document = wrong.json(), unknown.json()
        for document in (wrong_document, unknown_document):
            del document["request_id"]
        assert wrong_document == unknown_document

    @pytest.mark.parametrize("email", ["ann@example.com", "eve@example.com"], ids=["wrong password", "unknown address"])
    def test_failure_costs_one_hash(self, ann: TestClient, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
        _hash_of_nobody()
        worked: list[str] = []

        def count(work: str) -> Callable[[str, str], bool]:
            def counted(*_: str) -> bool:
                worked.append(work)
                return False

            return counted

        monkeypatch.setattr(HASHER, "verify", count("verify"))
        monkeypatch.setattr(HASHER, "hash", count("hash"))
        assert ann.post(SIGN_IN, json={"email": email, "password": "wrong password"}).status_code == 401
        assert worked == ["verify"], "who has an account can be told from the time a sign-in takes"

    def test_same_password_from_another_keyboard(self, client: TestClient) -> None:
        client.post(SIGN_UP, json={"email": "ann@example.com", "password": "Zo\u00eb likes caf\u00e9"})
        decomposed = {"email": "ann@example.com", "password": "Zoe\u0308 likes cafe\u0301"}
        assert client.post(SIGN_IN, json=decomposed).status_code == 200


def forge(token: str, header: dict[str, Any] | None = None, secret: str = JWT_SECRET, **claims: object) -> str:
    """Sign a changed copy of a token."""
    changed = jwt.decode(token, options={"verify_signature": False}) | claims
    headers = jwt.get_unverified_header(token) | (header or {})
    return jwt.encode(_given(changed), secret, "HS256", headers=_given(headers))


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps(jwt.get_unverified_header(token) | {"alg": "none"}).encode())
    return f"{header.decode().rstrip('=')}.{token.split('.')[1]}."


class TestAccessToken:
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda t: "", id="empty"),
            pytest.param(lambda t: "a.b.c", id="garbage"),
            pytest.param(unsigned, id="alg none"),
            pytest.param(lambda t: t[:-4] + "AAAA", id="changed signature"),
            pytest.param(lambda t: forge(t, secret="x" * 64), id="other secret"),
            pytest.param(lambda t: forge(t, {"kid": "../../etc/passwd"}), id="unknown key"),
            pytest.param(lambda t: forge(t, {"kid": None}), id="no key"),
            pytest.param(lambda t: forge(t, {"typ": "JWT"}), id="other type"),
            pytest.param(lambda t: forge(t, exp=int(time.time()) - 31), id="expired"),
            pytest.param(lambda t: forge(t, exp=None), id="no end"),
            pytest.param(lambda t: forge(t, nbf=int(time.time()) + 60), id="not yet"),
            pytest.param(lambda t: forge(t, aud="other"), id="other audience"),
            pytest.param(lambda t: forge(t, iss="other"), id="other issuer"),
            pytest.param(lambda t: forge(t, sub="1"), id="no user id"),
            pytest.param(lambda t: forge(t, sub=str(uuid.uuid4())), id="other user"),
            pytest.param(lambda t: forge(t, {"typ": "rt+jwt"}), id="refresh token"),
        ],
    )
    def test_bad_token_is_refused(self, ann: TestClient, change: Callable[[str], str]) -> None:
        answer = ann.get(ME, headers={"Authorization": f"Bearer {change(token_of(ann))}"})
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_token_that_was_good_a_moment_ago_ends_in_time(
        self, ann: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert ann.get(ME).status_code == 200
        later = time.time() + 931
        monkeypatch.setattr("app.auth.tokens.time.time", lambda: later)
        assert ann.get(ME).status_code == 401

    @pytest.mark.parametrize("seconds", [-20, 20])
    def test_clock_of_another_pod_may_differ_a_little(self, ann: TestClient, seconds: int) -> None:
        """-20: the other clock is behind, so that the token seems to have ended; 20: it is ahead."""
        there = int(time.time()) + seconds
        token = forge(token_of(ann), iat=there, nbf=there, exp=there if seconds < 0 else there + 900)
        assert ann.get(ME, headers={"Authorization": f"Bearer {token}"}).status_code == 200

    def test_unchanged_forgery_is_accepted(self, ann: TestClient) -> None:
        """Else the refusals above would prove nothing."""
        assert ann.get(ME, headers={"Authorization": f"Bearer {forge(token_of(ann))}"}).status_code == 200

    def test_token_ends_with_the_account(self, ann: TestClient, sql: psycopg.Connection) -> None:
        sql.execute("DELETE FROM users")
        assert ann.get(ME).status_code == 401

    def test_token_outlives_a_change_of_the_secret(
        self, ann: TestClient, make_settings: Callable[..., Settings]
    ) -> None:
        rotated = make_settings(jwt_secret="n" * 64, jwt_secret_previous=JWT_SECRET)
        content = read_access_token(rotated, token_of(ann))
        with TestClient(create_app(rotated)) as after:
            assert after.get(ME, headers=dict(ann.headers)).json()["id"] == str(content.user_id)
        new = issue_tokens(rotated, content).access_token
        assert ann.get(ME, headers={"Authorization": f"Bearer {new}"}).status_code == 401, "signed with the old secret"

    def test_token_is_valid_before_its_secret_is_rolled_out_everywhere(
        self, ann: TestClient, make_settings: Callable[..., Settings]
    ) -> None:
        content = read_access_token(make_settings(), token_of(ann))
        early = issue_tokens(make_settings(jwt_secret="n" * 64), content).access_token
        with TestClient(create_app(make_settings(jwt_secret_next="n" * 64))) as before:
            assert before.get(ME, headers={"Authorization": f"Bearer {early}"}).status_code == 200
        assert ann.get(ME, headers={"Authorization": f"Bearer {early}"}).status_code == 401, "a secret nobody announced"
