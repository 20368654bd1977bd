"""Logs are JSON, tie to their request, and hold no secret."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.logging import configure_logging
from app.middleware import RequestContext
from tests.conftest import API, JWT_SECRET, PASSWORD


@pytest.fixture
def logged(client: TestClient, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:  # noqa: ARG001  sets up logging
    """What is logged from here on."""
    configure_logging("INFO")
    capsys.readouterr()
    return lambda: capsys.readouterr().out


def lines(logged: Callable[[], str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged().splitlines()]


def test_request_line(ann: TestClient, logged: Callable[[], str]) -> None:
    me = ann.get(f"{API}/auth/me", headers={"X-Request-ID": "this-one"}).json()
    line = next(line for line in lines(logged) if line.get("request_id") == "this-one")
    assert set(line) >= {"timestamp", "level", "message", "method", "path", "status", "duration_ms", "client"}
    assert (line["message"], line["status"], line["user_id"]) == ("request", 200, me["id"])


def test_next_caller_is_not_taken_for_the_last(ann: TestClient, logged: Callable[[], str]) -> None:
    ann.get(f"{API}/auth/me")
    ann.get("/nothing", headers={"X-Request-ID": "anonymous"})
    assert ["user_id" in line for line in lines(logged) if line.get("request_id") == "anonymous"] == [False]


def test_no_secret_is_logged(ann: TestClient, logged: Callable[[], str]) -> None:
    account = {"email": "ann@example.com", "password": PASSWORD}
    token = ann.post(f"{API}/auth/signin", json=account).json()["access_token"]
    ann.post(f"{API}/auth/signup", json=account)
    ann.post(f"{API}/auth/signin", json={**account, "password": "canary wrong password"})
    ann.post(f"{API}/auth/signup", json={"email": "x", "password": "canary"})
    output = logged()
    assert output.count("\n") >= 4, "nothing was logged: this test proves nothing"
    for secret in (PASSWORD, token, JWT_SECRET, "canary"):
        assert secret not in output


def test_line_break_cannot_forge_a_line(client: TestClient, logged: Callable[[], str]) -> None:
    client.get('/x%0A{"message":"forged"}')
    assert [line["message"] for line in lines(logged)].count("forged") == 0


def test_unexpected_error_is_logged_once_with_its_trace(app: FastAPI, logged: Callable[[], str]) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("what went wrong")

    TestClient(RequestContext(broken, app.state.metrics)).get("/", headers={"X-Request-ID": "broken"})
    errors = [line for line in lines(logged) if line["level"] == "error"]
    assert [(line["request_id"], line["message"]) for line in errors] == [("broken", "request failed")]
    assert "RuntimeError: what went wrong" in errors[0]["exception"]


def test_secrets_of_the_settings_are_taken_out_of_what_libraries_log(capsys: pytest.CaptureFixture[str]) -> None:
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    configure_logging("INFO", ["canary-one", "canary-one-more", "short"])
    try:
        library = logging.getLogger("psycopg.pool")
        library.warning("error connecting: %s", 'invalid percent-encoded token: "canary-one-more"')
        library.warning("at %s", "postgresql://todo:other-password@db/todo", extra={"short": 1})
        structlog.get_logger("x").info("said", parts={"list": ["canary-one"]}, error=ValueError("canary-one"), short=1)
        try:
            raise RuntimeError("canary-one")
        except RuntimeError:
            library.exception("broken")
    finally:
        root.handlers[:] = before
    output = capsys.readouterr().out
    assert [json.loads(line)["logger"] for line in output.splitlines()] == [
        "psycopg.pool",
        "psycopg.pool",
        "x",
        "psycopg.pool",
    ]
    assert "canary" not in output
    assert "other-password" not in output
    assert "RuntimeError: [hidden]" in output
    assert "@db/todo" in output, "what is no secret stays"
    assert "short" in output, "a short word is not taken out: it is a part of others"


@pytest.mark.parametrize("secret", ["with \"two\" 'quotes'", "back\\slash", "größer als ASCII", "two\nlines of it"])
def test_secret_that_looks_different_in_json_is_taken_out(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    configure_logging("INFO", [secret])
    try:
        logging.getLogger("library").warning("given: %s", secret)
        structlog.get_logger("x").info("said", parts={secret: [secret]}, error=ValueError(secret))
    finally:
        root.handlers[:] = before
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first["message"] == "given: [hidden]"
    assert (second["parts"], second["error"]) == ({"[hidden]": ["[hidden]"]}, "ValueError('[hidden]')")
