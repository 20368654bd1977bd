"""Probes."""

import socket
import uuid
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from app.auth.tokens import TokenContent, issue_tokens
from app.main import create_app
from app.settings import Settings


@pytest.fixture(params=["refuses", "silent"])
def dead_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that refuses connections, and one that accepts them and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "silent":
            listener.listen()
        yield f"postgresql://todo:canary-database-password@127.0.0.1:{listener.getsockname()[1]}/todo"


@pytest.mark.parametrize("path", ["/health", "/health/live"])
def test_alive(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.parametrize("path", ["/ready", "/health/ready"])
def test_ready(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": {"database": "ok"}})


def test_dead_database_is_named_and_process_stays_alive(
    dead_database: str, make_settings: Callable[..., Settings]
) -> None:
    settings = make_settings(database_url=dead_database, readiness_timeout_seconds=0.5)
    with TestClient(create_app(settings)) as client:
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"]["database"] in ("failed", "timed out")
        assert "database" in answer.json()["detail"]
        assert client.get("/health/live").status_code == 200, "restarting the process does not repair a dead database"


def test_missing_schema_is_not_ready(make_settings: Callable[..., Settings], settings: Settings) -> None:
    other_database = settings.database_url.get_secret_value().removesuffix("/todo") + "/postgres"
    with TestClient(create_app(make_settings(database_url=other_database))) as client:
        assert client.get("/health/ready").status_code == 503


def test_requests_get_a_clear_answer_while_the_database_is_dead(
    dead_database: str, make_settings: Callable[..., Settings]
) -> None:
    settings = make_settings(database_url=dead_database)
    account = {"email": "ann@example.com", "password": "correct horse battery"}
    token = issue_tokens(settings, TokenContent(uuid.uuid4(), uuid.uuid4(), 1)).access_token
    with TestClient(create_app(settings)) as client:
        answers = [
            client.post("/api/v1/auth/signin", json=account),
            client.get("/api/v1/todos", headers={"Authorization": f"Bearer {token}"}),
        ]
    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:todo:problem:database-unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Connection"] == "close", "the next request must be able to reach another pod"
