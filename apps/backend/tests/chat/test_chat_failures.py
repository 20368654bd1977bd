"""What the chat says when something fails after the answer has begun, and its status is out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import psycopg
import pytest
from starlette.testclient import TestClient

from app import database
from app.main import create_app
from app.settings import Settings
from tests.chat.chatting import MESSAGES, Event, say
from tests.chat.fake_openai import Turn, fake_openai, held, tool
from tests.conftest import API
from tests.database.test_read_only import refusing_changes
from tests.serving.test_overload import locked, wait_until

MOVED = "All data are being moved at the moment, so nothing can be changed. Try again in a few seconds."
AWAY = "The database cannot be reached at the moment. Try again in a few seconds."


def held_tool() -> Turn:
    """Wait, then use a tool that reads."""
    return {**tool("list_todos", {}), "held": True}


def test_a_full_account_is_told_why_nothing_was_added(ann: TestClient, make_settings: Callable[..., Settings]) -> None:
    with TestClient(create_app(make_settings(max_todos=1)), headers=dict(ann.headers)) as client:
        say(client, "add bread")
        ((name, data),) = say(client, "add milk")
        assert (name, data["detail"][:35]) == ("failed", "An account holds at most 1 todos, w")
        assert [each["content"] for each in client.get(MESSAGES).json()] == ["add bread", 'Added "bread".', "add milk"]


@pytest.mark.parametrize(
    ("turn", "fault", "expected"),
    [
        (
            held("Hel", "lo."),
            refusing_changes,
            [
                ("text", {"text": "Hel"}),
                ("text", {"text": "lo."}),
                ("failed", {"detail": f"The answer could not be stored. {MOVED}"}),
            ],
        ),
        (
            held_tool(),
            locked,
            [("failed", {"detail": AWAY})],
        ),
    ],
    ids=["read-only", "does not answer"],
)
def test_what_happens_to_the_database_meanwhile_is_told(
    ann: TestClient,
    sql: psycopg.Connection,
    make_settings: Callable[..., Settings],
    turn: Turn,
    fault: Callable[[psycopg.Connection], AbstractContextManager[None]],
    expected: list[Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "_STATEMENT_TIMEOUT_MS", 300)
    with fake_openai() as fake, ThreadPoolExecutor(1) as pool:
        fake.turns = [turn]
        settings = make_settings(openai_api_key="canary-llm-key", llm_base_url=fake.url)
        with TestClient(create_app(settings), headers=dict(ann.headers)) as client:
            answer = pool.submit(say, client, "hi")
            wait_until(lambda: bool(fake.requests))
            with fault(sql):
                fake.released.set()
                assert answer.result() == expected
            assert client.get(f"{API}/todos").status_code == 200
            assert [each["content"] for each in client.get(MESSAGES).json()] == ["hi"], "what was said is stored"


def test_what_is_not_understood_is_not_stored(ann: TestClient) -> None:
    refused = ann.post(MESSAGES, json={"content": "add milk"}, headers={"X-Time-Zone": "not a zone!"})
    assert refused.status_code == 422
    assert ann.get(MESSAGES).json() == []
