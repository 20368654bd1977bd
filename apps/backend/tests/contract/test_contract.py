"""Whatever is sent to any endpoint, the answer is as the contract says and never a failure of ours."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckFunction
from schemathesis.checks import CHECKS

from app.main import create_app
from app.settings import Settings
from tests.conftest import API, PASSWORD
from tests.database.postgres import free_port

contract = schemathesis.openapi.from_path(Path(__file__).parents[2] / "openapi.json")


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    """The API on a real port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def token(url: str) -> str:
    """Of an account of its own: some endpoints end sessions."""
    account = {"email": f"user{time.monotonic_ns()}@example.com", "password": PASSWORD}
    assert httpx2.post(f"{url}{API}/auth/signup", json=account).status_code == 201
    access_token: str = httpx2.post(f"{url}{API}/auth/signin", json=account).json()["access_token"]
    return access_token


def not_promised(case: Case[Any]) -> list[str]:
    """Name the checks that cannot hold."""
    # Each route of FastAPI knows its own method only, and cannot list all of them in Allow.
    names = ["allow_header_conformance"]
    # Only the API can make a cursor, which no schema can express.
    if (case.query or {}).get("cursor"):
        names.append("positive_data_acceptance")
    # No schema can hold the list of common passwords.
    if case.path.endswith(("/signup", "/password")):
        names.append("positive_data_acceptance")
    # A zone must be known, a rule must come, a time needs a day, a file must be one, and changes go with one action.
    if case.path.endswith(("/me", "/bulk", "/import")) or _has(case.body, "recurrence", "due_time"):
        names.append("positive_data_acceptance")
    return names


def _has(body: object, *names: str) -> bool:
    return isinstance(body, dict) and any(body.get(name) for name in names)


@contract.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_contract(case: Case[Any], url: str, token: str) -> None:
    case.call_and_validate(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        excluded_checks=[cast(CheckFunction, CHECKS.get_one(name)) for name in not_promised(case)],
    )
