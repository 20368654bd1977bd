"""Fixtures: one PostgreSQL for all tests, empty tables for each."""

from collections.abc import Callable, Iterator
from functools import partial

import psycopg
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import wait_for_database
from app.main import create_app
from app.settings import Settings
from tests.database.postgres import Server, running_server

JWT_SECRET = "canary-jwt-secret-canary-jwt-secret"
API = "/api/v1"
PASSWORD = "correct horse battery"

SignedIn = Callable[[str], TestClient]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def make_settings(server: Server) -> Callable[..., Settings]:
    return partial(Settings, database_url=server.url, jwt_secret=JWT_SECRET)


@pytest.fixture(scope="session")
def settings(make_settings: Callable[..., Settings]) -> Settings:
    settings = make_settings()
    assert wait_for_database.main(settings) == 0, "the schema could not be created"
    return settings


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture(scope="session")
def running_app(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def sql(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection of our own, to look behind the API."""
    url = settings.database_url.get_secret_value().replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def client(running_app: TestClient, sql: psycopg.Connection) -> TestClient:
    """A caller who is nobody, on empty tables."""
    sql.execute("TRUNCATE users, throttles CASCADE")
    running_app.headers.pop("Authorization", None)
    return running_app


@pytest.fixture
def signed_in(client: TestClient) -> SignedIn:
    """Make an account and return a client that acts as it."""

    def sign_in(email: str) -> TestClient:
        account = {"email": email, "password": PASSWORD}
        assert client.post(f"{API}/auth/signup", json=account).status_code == 201
        token = client.post(f"{API}/auth/signin", json=account).json()["access_token"]
        other = TestClient(client.app, headers={"Authorization": f"Bearer {token}"})
        other.portal = client.portal
        return other

    return sign_in


@pytest.fixture
def ann(signed_in: SignedIn) -> TestClient:
    return signed_in("ann@example.com")


@pytest.fixture
def bob(signed_in: SignedIn) -> TestClient:
    return signed_in("bob@example.com")
