"""The chat without a key."""

import uuid
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.chatting import MESSAGES, names, say, text_of, titles
from tests.conftest import API


def add(client: TestClient, *new: str) -> None:
    for title in new:
        client.post(f"{API}/todos", json={"title": title})


def answer(client: TestClient, question: str, approve: bool) -> tuple[int, dict[str, Any]]:
    result = client.post(f"{API}/chat/confirmations/{question}", json={"approve": approve})
    return result.status_code, result.json()


@pytest.mark.parametrize("content", ["add Buy milk", "Remind me to Buy milk", 'please add: "Buy milk".'])
def test_add(ann: TestClient, content: str) -> None:
    events = say(ann, content)
    assert names(events) == ["changed", "text", "done"]
    assert events[0][1]["action"] == "added"
    assert titles(ann) == ["Buy milk"]


def test_list_and_find(ann: TestClient) -> None:
    assert "Nothing" in text_of(say(ann, "list"))
    add(ann, "Buy milk", "Call Bob")
    assert text_of(say(ann, "What do I have to do?")) == "- Call Bob\n- Buy milk"
    assert text_of(say(ann, "find mil")) == "- Buy milk"
    assert 'no todo with "cheese"' in text_of(say(ann, "find cheese"))


def test_complete(ann: TestClient) -> None:
    add(ann, "Buy milk", "Buy milk powder", "Call Bob")
    assert "Which one" in text_of(say(ann, "done buy"))
    assert text_of(say(ann, "done buy milk")) == 'Completed "Buy milk".', "the exact title wins"
    open_todos = ann.get(f"{API}/todos", params={"done": "false"}).json()
    assert {todo["title"] for todo in open_todos} == {"Buy milk powder", "Call Bob"}


def test_rename(ann: TestClient) -> None:
    add(ann, "Buy milk")
    assert names(say(ann, "rename buy milk to Buy bread")) == ["changed", "text", "done"]
    assert titles(ann) == ["Buy bread"]


@pytest.mark.parametrize("content", ["hello", "x" * 4000, "add", "done cheese", "delete cheese", "rename a to b"])
def test_anything_else_changes_nothing(ann: TestClient, content: str) -> None:
    assert names(say(ann, content)) == ["text", "done"]
    assert titles(ann) == []


def test_says_what_it_is(ann: TestClient) -> None:
    events = say(ann, "hello")
    assert "without a language model" in text_of(events)
    assert events[-1] == ("done", {"assistant": "rules"})


class TestDelete:
    @pytest.fixture
    def question(self, ann: TestClient) -> str:
        add(ann, "Buy milk", "Call Bob")
        events = say(ann, "delete milk")
        assert names(events) == ["text", "confirm", "done"]
        assert titles(ann) == ["Call Bob", "Buy milk"], "deleted without asking"
        assert events[1][1]["titles"] == ["Buy milk"]
        question: str = events[1][1]["id"]
        return question

    def test_yes_deletes_once(self, ann: TestClient, question: str) -> None:
        status, result = answer(ann, question, True)
        assert (status, len(result["deleted"])) == (200, 1)
        assert titles(ann) == ["Call Bob"]
        assert answer(ann, question, True)[0] == 404

    @pytest.mark.parametrize(
        ("new", "counted"), [(["Buy milk"], "1 todo"), (["Buy milk", "Buy milk powder"], "2 todos")]
    )
    def test_counts_in_proper_english(self, ann: TestClient, new: list[str], counted: str) -> None:
        add(ann, *new)
        events = say(ann, "delete milk")
        assert text_of(events).startswith(f"Shall I delete {counted}?\n")
        assert answer(ann, events[1][1]["id"], True)[0] == 200
        assert ann.get(MESSAGES).json()[-1]["content"] == f"Deleted {counted}."

    def test_no_keeps(self, ann: TestClient, question: str) -> None:
        assert answer(ann, question, False) == (200, {"deleted": []})
        assert answer(ann, question, True)[0] == 404, "a refused question can be answered again"
        assert len(titles(ann)) == 2

    def test_somebody_else_cannot_answer(self, ann: TestClient, bob: TestClient, question: str) -> None:
        assert answer(bob, question, True)[0] == 404
        assert len(titles(ann)) == 2

    def test_old_question_is_closed(self, ann: TestClient, question: str, sql: psycopg.Connection) -> None:
        sql.execute("UPDATE chat_confirmations SET created_at = created_at - interval '11 minutes'")
        assert answer(ann, question, True)[0] == 404

    def test_unknown_question(self, ann: TestClient) -> None:
        assert answer(ann, str(uuid.uuid4()), True)[0] == 404


class TestConversation:
    def test_is_kept_per_user(self, ann: TestClient, bob: TestClient) -> None:
        say(ann, "add Buy milk")
        kept = [(message["role"], message["content"]) for message in ann.get(MESSAGES).json()]
        assert kept == [("user", "add Buy milk"), ("assistant", 'Added "Buy milk".')]
        assert bob.get(MESSAGES).json() == []

    def test_can_be_forgotten(self, ann: TestClient, bob: TestClient) -> None:
        say(ann, "list")
        say(bob, "list")
        assert ann.delete(MESSAGES).status_code == 204
        assert ann.get(MESSAGES).json() == []
        assert len(bob.get(MESSAGES).json()) == 2

    @pytest.mark.parametrize("content", ["", "  ", "x" * 4001, "a\x00b", None], ids=ascii)
    def test_bad_message_is_refused(self, ann: TestClient, content: object) -> None:
        assert ann.post(MESSAGES, json={"content": content}).status_code == 422
        assert ann.get(MESSAGES).json() == []
