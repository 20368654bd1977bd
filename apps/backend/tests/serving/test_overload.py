"""More to do than there is room for: the answer is quick, and the rest goes on."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app import database
from app.main import create_app
from app.middleware import InFlightLimit
from app.settings import Settings
from tests.chat.chatting import MESSAGES, say
from tests.chat.fake_openai import fake_openai, held
from tests.conftest import API

TODOS = f"{API}/todos"


@contextmanager
def locked(sql: psycopg.Connection) -> Iterator[None]:
    """Nobody reads or writes todos meanwhile."""
    with sql.transaction():
        sql.execute("LOCK TABLE todos")
        yield


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(3000):
        if happened():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def is_waiting(sql: psycopg.Connection) -> bool:
    return sql.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,)


def test_what_is_too_much_is_refused_at_once(
    ann: TestClient, make_settings: Callable[..., Settings], sql: psycopg.Connection
) -> None:
    with (
        TestClient(create_app(make_settings(max_requests=1)), headers=dict(ann.headers)) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        with locked(sql):
            first = pool.submit(client.get, TODOS)
            wait_until(lambda: is_waiting(sql))
            refused = client.get(TODOS)
            probes = [client.get(path).status_code for path in ("/health/live", "/health/ready", "/metrics")]
            assert not first.done(), "it waited"
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:todo:problem:busy")
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.headers["X-Request-ID"]
        assert probes == [200, 200, 200]
        assert first.result().status_code == 200
        assert [client.get(path).status_code for path in (TODOS, f"{API}/nowhere", TODOS)] == [200, 404, 200]


def test_answers_of_the_chat_leave_room_for_everything_else(
    ann: TestClient, make_settings: Callable[..., Settings]
) -> None:
    with fake_openai() as fake, ThreadPoolExecutor(1) as pool:
        fake.turns = [held("Hel", "lo.")]
        settings = make_settings(
            openai_api_key="canary-llm-key", llm_base_url=fake.url, max_requests=1, max_chat_answers=1
        )
        with TestClient(create_app(settings), headers=dict(ann.headers)) as client:
            first = pool.submit(say, client, "hi")
            wait_until(lambda: bool(fake.requests))
            assert client.post(MESSAGES, json={"content": "hi"}).status_code == 503
            assert client.get(TODOS).status_code == 200
            fake.released.set()
            assert first.result()[-1] == ("done", {"assistant": "model"})
            assert say(client, "hi")[-1] == ("done", {"assistant": "model"})


def test_few_files_are_imported_at_a_time() -> None:
    """Each fills memory: with as many as there may be requests, the pod would be killed."""

    async def send_many() -> tuple[list[int], int]:
        released = asyncio.Event()

        async def held_app(_: Scope, __: Receive, send: Send) -> None:
            await released.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def request(method: str, path: str) -> int:
            answer: list[int] = []

            async def send(message: Message) -> None:
                answer.append(message.get("status", 0))

            async def receive() -> Message:
                return {"type": "http.request", "body": b"", "more_body": False}

            await limit({"type": "http", "method": method, "path": path}, receive, send)
            return answer[0]

        limit = InFlightLimit(held_app, most_requests=1, most_answers=1)
        imports = [asyncio.create_task(request("POST", f"{TODOS}/import")) for _ in range(5)]
        other = asyncio.create_task(request("GET", TODOS))
        await asyncio.wait(imports, return_when=asyncio.FIRST_COMPLETED)
        released.set()
        statuses = await asyncio.gather(*imports)
        return statuses, await other

    assert asyncio.run(send_many()) == ([200, 200, 503, 503, 503], 200)


def test_no_statement_holds_a_connection_for_long(
    ann: TestClient, make_settings: Callable[..., Settings], sql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_STATEMENT_TIMEOUT_MS", 300)
    todo = ann.post(TODOS, json={"title": "Buy milk"}).json()
    with TestClient(create_app(make_settings()), headers=dict(ann.headers)) as client:
        with locked(sql), ThreadPoolExecutor(2) as pool:
            read = pool.submit(client.get, TODOS)
            change = pool.submit(client.patch, f"{TODOS}/{todo['id']}", json={"done": True})
            wait_until(lambda: read.done() and change.done())
        assert (read.result().status_code, change.result().status_code) == (503, 503)
        assert client.get(TODOS).json() == [todo]
