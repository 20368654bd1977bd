"""What a person asks first of the assistant without a language model, in several wordings."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from tests.chat.chatting import names, say, text_of
from tests.conftest import API
from tests.todos.test_recurrence import all_of

TODOS = f"{API}/todos"
REQUESTS: dict[str, tuple[list[str], str]] = {
    "add": (
        ["add Buy bread", "please add Buy bread", "can you add a todo to Buy bread", "I need to Buy bread"],
        "Added",
    ),
    "add with day and time": (["add Call Eve tomorrow at 5pm", "remind me tomorrow 5pm to Call Eve"], "at 17:00"),
    "add repeating": (["add Water plants every monday", "remind me to Water plants every monday"], ", every monday."),
    "add with tag": (["add Paint wall #home", "new todo: Paint wall #home"], 'Added "Paint wall"'),
    "list": (["list", "show my todos", "what do I have to do?", "Please list everything"], "- Buy milk"),
    "today": (["what is due today?", "what do I have to do today", "anything due today?", "today"], "- Call Ann"),
    "overdue": (["what is overdue?", "show overdue todos", "overdue"], "- Pay rent"),
    "this week": (["what is due this week?", "show me this week"], "- Call Ann"),
    "count": (
        ["how many todos do I have?", "How many tasks are left"],
        "You have 4 todos to do: 1 overdue, 1 due today",
    ),
    "done list": (["what is done?", "show completed todos", "what have I finished"], "- Feed cat"),
    "by tag": (["show #shop", "list todos tagged shop", "what is tagged with shop?"], "- Buy milk"),
    "find": (["find milk", "search for milk", "where is milk?", "look for MILK"], "- Buy milk"),
    "complete": (["done buy milk", "I finished buy milk", "mark buy milk as done", "tick off buy milk"], "Completed"),
    "reopen": (["reopen feed cat", "mark feed cat as not done", "untick feed cat"], 'Reopened "Feed cat".'),
    "move": (["move buy milk to tomorrow", "postpone buy milk until tomorrow", "push buy milk to tomorrow"], "Moved"),
    "priority": (["make buy milk important", "set the priority of buy milk to high"], 'priority of "Buy milk" is'),
    "tag": (["tag buy milk with food", "add the tag #food to buy milk"], 'Tagged "Buy milk" with #food.'),
    "rename": (["rename buy milk to buy oat milk", 'rename "buy milk" to "buy oat milk"'], "Renamed"),
    "delete": (["delete buy milk", "please remove buy milk", "can you delete buy milk?"], "Shall I delete 1 todo?"),
    "help": (["help", "what can you do?", "hello", "hi there", "who are you?", "how does this work?"], "I understand"),
}


@pytest.fixture
def todos(ann: TestClient) -> TestClient:
    """Ann, with something of each kind, where it is noon."""
    zone = next(f"Etc/GMT{offset:+d}" for offset in range(-14, 13) if 10 <= (datetime.now(UTC).hour - offset) % 24 < 12)
    ann.headers["X-Time-Zone"] = zone
    today = datetime.fromisoformat(ann.post(f"{TODOS}/parse", json={"text": "x today"}).json()["due_date"]).date()
    kinds: dict[str, dict[str, object]] = {
        "Pay rent": {"due_date": str(today - timedelta(days=40))},
        "Call Ann": {"due_date": str(today)},
        "Buy milk": {"tags": ["shop"]},
        "Buy cheese": {},
        "Feed cat": {},
    }
    for title, values in kinds.items():
        assert ann.post(TODOS, json={"title": title, **values}).status_code == 201
    (cat,) = (todo for todo in all_of(ann) if todo["title"] == "Feed cat")
    ann.patch(f"{TODOS}/{cat['id']}", json={"done": True})
    return ann


@pytest.mark.parametrize(
    ("content", "said"), [(content, said) for wordings, said in REQUESTS.values() for content in wordings]
)
def test_request_is_understood(todos: TestClient, content: str, said: str) -> None:
    assert said in text_of(say(todos, content))


@pytest.mark.parametrize(
    ("content", "title"),
    [("remind me to call to Bob", "call to Bob"), ("add the report", "the report"), ("add a cake", "a cake")],
)
def test_title_is_what_was_said(todos: TestClient, content: str, title: str) -> None:
    say(todos, content)
    assert title in [todo["title"] for todo in all_of(todos)]


def test_there_are_twenty_requests() -> None:
    assert len(REQUESTS) == 20


@pytest.mark.parametrize(
    "content",
    [
        "what is the weather?",
        "I have a question",
        "don't delete buy milk",
        "new york trip",
        "delete everything",
        "complete all",
        "buy milk",
        "move buy milk",
        "move everything to tomorrow",
        "move buy milk to the kitchen",
        "make me happy",
        "remind me",
        "tag everything with x",
        "mark all as done",
        "thanks!",
        "delete buy",
        "reopen buy milk",
        "add",
        "🎉",
    ],
)
def test_misunderstanding_changes_nothing(todos: TestClient, content: str) -> None:
    before = all_of(todos)
    events = names(say(todos, content))
    if content == "delete buy":
        assert events == ["text", "confirm", "done"], "two are meant, and the user is asked"
    else:
        assert events == ["text", "done"]
    assert all_of(todos) == before


def test_open_question_can_be_read_again(todos: TestClient, bob: TestClient) -> None:
    events = say(todos, "delete buy milk")
    asked = next(data for name, data in events if name == "confirm")
    assert todos.get(f"{API}/chat/confirmations").json() == [asked]
    assert bob.get(f"{API}/chat/confirmations").json() == []
    todos.post(f"{API}/chat/confirmations/{asked['id']}", json={"approve": False})
    assert todos.get(f"{API}/chat/confirmations").json() == []
