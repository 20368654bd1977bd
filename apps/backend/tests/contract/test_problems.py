"""The shape of errors, the request id, limits and CORS."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.conftest import API


def assert_problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert set(document) >= {"type", "title", "status", "detail", "request_id"}
    assert document["status"] == status
    assert document["request_id"] == answer.headers["X-Request-ID"]
    return document


def test_unknown_path(client: TestClient) -> None:
    assert_problem(client.get("/nowhere"), 404)


def test_wrong_method(client: TestClient) -> None:
    assert_problem(client.put(f"{API}/todos"), 405)


def test_bad_body_names_the_field_and_not_the_value(client: TestClient) -> None:
    answer = client.post(f"{API}/auth/signup", json={"email": "canary", "password": "secret!"})
    document = assert_problem(answer, 422)
    assert {error["field"] for error in document["errors"]} == {"body.email", "body.password"}
    assert "canary" not in answer.text
    assert "secret!" not in answer.text


class TestBodyLimit:
    def test_announced(self, client: TestClient, settings: Settings) -> None:
        huge = "x" * settings.max_body_bytes
        document = assert_problem(client.post(f"{API}/auth/signin", json={"email": huge}), 413)
        assert document["type"] == "urn:todo:problem:body-too-large"

    def test_unannounced(self, client: TestClient, settings: Settings) -> None:
        def chunks() -> Iterator[bytes]:
            for _ in range(settings.max_body_bytes // 1024 + 1):
                yield b"x" * 1024

        headers = {"Content-Type": "application/json"}
        assert_problem(client.post(f"{API}/auth/signin", content=chunks(), headers=headers), 413)


class TestRequestId:
    def test_is_taken_from_the_caller(self, client: TestClient) -> None:
        assert client.get("/health", headers={"X-Request-ID": "abc-1.2_3"}).headers["X-Request-ID"] == "abc-1.2_3"

    @pytest.mark.parametrize("given", ["", "x" * 65, "a b", 'a"b', "a;b", "é".encode("latin-1")])
    def test_is_made_where_the_given_one_is_bad(self, client: TestClient, given: str | bytes) -> None:
        headers = {b"X-Request-ID": given if isinstance(given, bytes) else given.encode()}
        returned = client.get("/health", headers=headers).headers["X-Request-ID"]
        assert len(returned) == 32
        assert returned.isalnum()


class TestUnexpectedError:
    @pytest.fixture
    def broken(self, settings: Settings) -> Iterator[TestClient]:
        app = create_app(settings)

        @app.get("/broken")
        async def broken() -> None:
            raise RuntimeError("canary in the error text")

        with TestClient(app) as client:
            yield client

    def test_is_a_bare_problem(self, broken: TestClient) -> None:
        answer = broken.get("/broken")
        assert_problem(answer, 500)
        assert "canary" not in answer.text
        assert "Traceback" not in answer.text


class TestCors:
    @pytest.fixture
    def client(self, settings: Settings) -> Iterator[TestClient]:
        allowed = settings.model_copy(update={"cors_origins": "https://todo.example, http://localhost:3000"})
        with TestClient(create_app(allowed)) as client:
            yield client

    def preflight(self, client: TestClient, origin: str) -> httpx2.Response:
        headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        return client.options(f"{API}/todos", headers=headers)

    @pytest.mark.parametrize("origin", ["https://todo.example", "http://localhost:3000"])
    def test_c5_listed_origin(self, client: TestClient, origin: str) -> None:
        assert self.preflight(client, origin).headers["Access-Control-Allow-Origin"] == origin

    def test_c5_other_origin(self, client: TestClient) -> None:
        answer = self.preflight(client, "https://evil.example")
        assert answer.status_code == 400
        assert "Access-Control-Allow-Origin" not in answer.headers

    def test_no_origin_is_let_in_unless_one_is_set(self, settings: Settings) -> None:
        with TestClient(create_app(settings)) as client:
            assert "Access-Control-Allow-Origin" not in self.preflight(client, "https://todo.example").headers
            answer = client.get("/health", headers={"Origin": "https://todo.example"})
            assert "Access-Control-Allow-Origin" not in answer.headers
