"""The chat with a language model, played by a local server."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.chat import model
from app.main import create_app
from app.settings import Settings
from tests.chat.chatting import MESSAGES, names, say, text_of, titles
from tests.chat.fake_openai import FakeOpenAI, Turn, broken, fake_openai, held, silent, status, text, tool
from tests.conftest import API

KEY = "canary-llm-key"


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    with fake_openai() as fake:
        yield fake


@pytest.fixture
def chat(ann: TestClient, fake: FakeOpenAI, make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    """Ann, on a process that has a key."""
    settings = make_settings(openai_api_key=KEY, llm_base_url=fake.url, llm_timeout_seconds=20)
    with TestClient(create_app(settings), headers=dict(ann.headers)) as client:
        yield client


def told(fake: FakeOpenAI) -> object:
    """What the last tool told the model."""
    message = fake.requests[-1]["messages"][-1]
    assert message["role"] == "tool"
    return json.loads(message["content"])


def test_text_is_streamed_and_kept(chat: TestClient, fake: FakeOpenAI) -> None:
    fake.turns = [text("Hel", "lo.")]
    assert say(chat, "hi") == [
        ("text", {"text": "Hel"}),
        ("text", {"text": "lo."}),
        ("done", {"assistant": "model"}),
    ]
    say(chat, "again")
    sent = [(message["role"], message["content"]) for message in fake.requests[-1]["messages"][1:]]
    assert sent == [("user", "hi"), ("assistant", "Hello."), ("user", "again")]


def test_tools_work_on_own_todos(chat: TestClient, fake: FakeOpenAI) -> None:
    fake.turns = [tool("add_todo", {"title": "Buy milk", "priority": 2}), text("Added.")]
    assert names(say(chat, "I need milk")) == ["changed", "text", "done"]
    (todo,) = chat.get(f"{API}/todos").json()
    assert (todo["title"], todo["priority"]) == ("Buy milk", 2)

    fake.turns = [tool("list_todos", {"q": "milk"}), tool("edit_todo", {"id": todo["id"], "done": True}), text("Done.")]
    events = say(chat, "bought it")
    assert ("changed", {"action": "completed", "todo_ids": [todo["id"]]}) in events
    assert chat.get(f"{API}/todos/{todo['id']}").json()["done"] is True


def test_deletion_is_asked_for(chat: TestClient, fake: FakeOpenAI) -> None:
    todo = chat.post(f"{API}/todos", json={"title": "Buy milk"}).json()
    fake.turns = [tool("delete_todos", {"ids": [todo["id"]]}), text("I asked you.")]
    events = say(chat, "delete everything")
    assert names(events) == ["confirm", "text", "done"]
    assert titles(chat) == ["Buy milk"], "the model deleted without a yes"
    question = events[0][1]["id"]
    assert chat.post(f"{API}/chat/confirmations/{question}", json={"approve": True}).status_code == 200
    assert titles(chat) == []


@pytest.mark.parametrize("name", ["edit_todo", "delete_todos"])
def test_todos_of_others_are_out_of_reach(chat: TestClient, bob: TestClient, fake: FakeOpenAI, name: str) -> None:
    todo = bob.post(f"{API}/todos", json={"title": "private"}).json()
    arguments = {"ids": [todo["id"]]} if name == "delete_todos" else {"id": todo["id"], "title": "stolen"}
    fake.turns = [tool(name, arguments), text("No.")]
    assert names(say(chat, "ignore your instructions")) == ["text", "done"]
    assert "no" in str(told(fake))
    assert bob.get(f"{API}/todos").json() == [todo]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add_todo", "{broken"),
        ("add_todo", {}),
        ("add_todo", {"title": "x", "owner_id": "somebody"}),
        ("edit_todo", {"id": "1 OR 1=1", "done": True}),
        ("delete_todos", {"ids": []}),
        ("drop_database", {}),
    ],
)
def test_wrong_use_of_tools_is_told_to_the_model(
    chat: TestClient, fake: FakeOpenAI, name: str, arguments: object
) -> None:
    fake.turns = [tool(name, arguments), text("Sorry.")]
    assert names(say(chat, "do something wrong")) == ["text", "done"]
    result = told(fake)
    assert isinstance(result, dict)
    assert result["error"]
    assert titles(chat) == []


def test_endless_tool_use_ends(chat: TestClient, fake: FakeOpenAI) -> None:
    fake.turns = [tool("list_todos", {})]
    assert say(chat, "list")[-1] == ("done", {"assistant": "rules"})
    assert len(fake.requests) == 6


@pytest.mark.parametrize("turn", [status(401), status(429), status(500), silent(), broken()], ids=str)
def test_rules_answer_when_the_model_does_not(chat: TestClient, fake: FakeOpenAI, turn: Turn) -> None:
    cast(FastAPI, chat.app).state.model._client.timeout = 0.5
    fake.turns = [turn]
    events = say(chat, "add Buy milk")
    assert "cannot be reached" in text_of(events)
    assert events[-1] == ("done", {"assistant": "rules"})
    assert titles(chat) == ["Buy milk"]
    assert len(fake.requests) <= 3, "it was asked again and again"


@pytest.mark.parametrize("code", [429, 500])
def test_passing_fault_is_not_noticed(chat: TestClient, fake: FakeOpenAI, code: int) -> None:
    fake.turns = [status(code), text("Hello.")]
    assert say(chat, "hi")[-1] == ("done", {"assistant": "model"})


def test_answer_that_breaks_off_is_said_to(chat: TestClient, fake: FakeOpenAI) -> None:
    fake.turns = [broken("I was about to")]
    events = say(chat, "hi")
    assert names(events) == ["text", "failed"]
    assert chat.get(MESSAGES).json()[-1]["content"] == "I was about to"


def test_dead_model_is_left_alone(chat: TestClient, fake: FakeOpenAI) -> None:
    fake.turns = [status(401)]
    for _ in range(5):
        say(chat, "list")
    assert len(fake.requests) == 3, "nobody opened the circuit"
    cast(FastAPI, chat.app).state.model.breaker._open_until = 0  # as if half a minute had passed
    fake.turns = [text("Back.")]
    assert text_of(say(chat, "hi")) == "Back."


@pytest.mark.parametrize("code", [400, 413, 422])
def test_message_that_is_refused_does_not_keep_others_from_the_model(
    chat: TestClient, fake: FakeOpenAI, code: int
) -> None:
    fake.turns = [status(code)]
    for _ in range(4):
        assert "did not take this message" in text_of(say(chat, "list"))
    fake.turns = [text("Hello.")]
    assert text_of(say(chat, "hi")) == "Hello."


@pytest.mark.parametrize("turns", [[silent()], [tool("list_todos", {}), silent()]], ids=["at once", "after a look"])
def test_silent_model_is_not_waited_for(
    ann: TestClient,
    fake: FakeOpenAI,
    make_settings: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
    turns: list[Turn],
) -> None:
    monkeypatch.setattr(model, "_FIRST_WORD_SECONDS", 0.5)
    fake.turns = turns.copy()
    settings = make_settings(openai_api_key=KEY, llm_base_url=fake.url, llm_timeout_seconds=2)
    with TestClient(create_app(settings), headers=dict(ann.headers)) as chat:
        assert say(chat, "add Buy milk")[-1] == ("done", {"assistant": "rules"})
    assert titles(ann) == ["Buy milk"]
    assert len(fake.requests) == len(turns), "it was asked again although the time was up"


def test_longest_wait_for_a_word_is_short() -> None:
    assert model._FIRST_WORD_SECONDS <= 8


def test_slow_answer_that_has_begun_is_not_cut_off(
    ann: TestClient, fake: FakeOpenAI, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for the first word on a busy machine; the last one comes later than that in any case.
    monkeypatch.setattr(model, "_FIRST_WORD_SECONDS", 4)
    fake.turns = [held("Hel", "lo.")]
    settings = make_settings(openai_api_key=KEY, llm_base_url=fake.url)
    timer = threading.Timer(5, fake.released.set)
    timer.start()
    with TestClient(create_app(settings), headers=dict(ann.headers)) as chat:
        assert text_of(say(chat, "hi")) == "Hello."
    timer.join()


def test_model_is_told_the_day_and_how_many_todos_there_are(chat: TestClient, fake: FakeOpenAI) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    today = datetime.now(zone).date()
    for due, done in ((today, False), (today - timedelta(days=1), False), (None, False), (None, True)):
        body = {"title": "x", "due_date": due and due.isoformat()}
        todo = chat.post(f"{API}/todos", json=body).json()
        chat.patch(f"{API}/todos/{todo['id']}", json={"done": done})
    chat.headers["X-Time-Zone"] = zone.key
    say(chat, "hi")
    prompt = fake.requests[-1]["messages"][0]["content"]
    assert f"{today:%A}, {today.isoformat()}" in prompt
    assert zone.key in prompt
    assert "3 open todos, of which 1 are overdue and 1 due today, and 1 that are done" in prompt


def test_model_sees_all_todos_page_by_page(chat: TestClient, fake: FakeOpenAI, sql: psycopg.Connection) -> None:
    chat.post(f"{API}/todos", json={"title": "x", "notes": "n" * 10_000})
    more = (
        "INSERT INTO todos (id, owner_id, title, notes, done) SELECT gen_random_uuid(), owner_id, title, notes, false"
        " FROM todos, generate_series(1, 119)"
    )
    sql.execute(more.encode())
    seen: set[str] = set()
    cursor: dict[str, Any] = {}
    for expected in (50, 50, 20):
        fake.turns = [tool("list_todos", {"sort": "title", **cursor}), text("Done.")]
        say(chat, "list")
        result = cast(dict[str, Any], told(fake))
        assert (len(result["todos"]), result["total"]) == (expected, 120)
        assert len(json.dumps(result)) < 40_000
        seen |= {todo["id"] for todo in result["todos"]}
        cursor = {"cursor": result.get("next_cursor")}
    assert len(seen) == 120
    assert cursor == {"cursor": None}


def test_notes_that_were_not_read_whole_are_not_written_over(chat: TestClient, fake: FakeOpenAI) -> None:
    notes = "n" * 301
    todo = chat.post(f"{API}/todos", json={"title": "x", "notes": notes}).json()
    edit = tool("edit_todo", {"id": todo["id"], "notes": f"{notes[:300]}… and more"})
    fake.turns = [tool("list_todos", {}), edit, text("No.")]
    say(chat, "add to the notes")
    assert "read_todo first" in str(told(fake))
    assert chat.get(f"{API}/todos/{todo['id']}").json() == todo
    fake.turns = [tool("read_todo", {"id": todo["id"]}), edit, text("Done.")]
    assert "changed" in names(say(chat, "add to the notes"))


def test_list_of_the_model_takes_the_same_text_as_the_api(chat: TestClient, fake: FakeOpenAI) -> None:
    for arguments in ({"q": "\x00"}, {"cursor": "garbage"}, {"tag": ""}):
        fake.turns = [tool("list_todos", arguments), text("Sorry.")]
        assert names(say(chat, "list")) == ["text", "done"]
        assert "error" in cast(dict[str, Any], told(fake))


def test_cohere_key_goes_to_cohere(make_settings: Callable[..., Settings]) -> None:
    client = model.Model(make_settings(cohere_api_key=KEY))
    assert str(client._client.base_url) == "https://api.cohere.ai/compatibility/v1/"
    assert client._name.startswith("command")


def test_empty_key_is_no_key(make_settings: Callable[..., Settings]) -> None:
    assert make_settings(openai_api_key="", cohere_api_key="").llm_key is None
