"""The chat without a key."""

import subprocess
import sys
import unicodedata
import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from starlette.testclient import TestClient

from app.chat import history
from app.chat.matching import fold
from tests.chat.chatting import MESSAGES, names, say, text_of, titles
from tests.conftest import API

# The rules alone, without a database: what they find is not done.
MATCHED = "import sys; from app.chat.rule_assistant import reply; reply(None, sys.argv[1])"
PATIENCE_SECONDS = 30


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


@pytest.mark.parametrize("request_", ["mark{}x", "tag{}x", "make{}x", "rename{}x", "add{}x", "remind me{}x", "set{}x"])
def test_no_message_keeps_the_others_waiting(ann: TestClient, request_: str) -> None:
    """Matched with all of its spaces, one such message would hold the only thread for more than half an hour."""
    content = request_.format(" " * 3_900)
    # In a process of its own, which can be ended while it matches.
    subprocess.run([sys.executable, "-c", MATCHED, content], check=True, timeout=PATIENCE_SECONDS)
    say(ann, content)
    assert titles(ann) in ([], ["x"])


@pytest.mark.parametrize("words", ["\U0001f389", "...", "!!", "-", "%", "'\"'", "\u200b", ". . ."], ids=ascii)
@pytest.mark.parametrize("request_", ["done {}", "finish {}", "delete {}", "remove {}", "rename {} to x"])
def test_no_word_chooses_no_todo(ann: TestClient, request_: str, words: str) -> None:
    add(ann, "Buy milk")
    before = ann.get(f"{API}/todos").json()
    assert names(say(ann, request_.format(words))) == ["text", "done"]
    add(ann, f"Party {words} - at Bob's")
    assert names(say(ann, request_.format(words))) == ["text", "done"]
    assert ann.get(f"{API}/todos").json()[1:] == before


@pytest.mark.parametrize("request_", ["done {}", "delete {}", "rename {} to x"])
def test_part_of_a_word_is_asked_about(ann: TestClient, request_: str) -> None:
    add(ann, "Write report", "Call Bob")
    events = say(ann, request_.format("it"))
    assert names(events) == ["text", "done"]
    assert text_of(events) == "Which one do you mean?\n- Write report"
    assert titles(ann) == ["Call Bob", "Write report"]


def test_new_title_without_a_word_changes_nothing(ann: TestClient) -> None:
    add(ann, "Buy milk")
    for content in ("rename buy milk to ...", "add ..."):
        assert names(say(ann, content)) == ["text", "done"]
    assert titles(ann) == ["Buy milk"]


def test_more_than_fit_are_said_to_be_there(ann: TestClient, sql: psycopg.Connection) -> None:
    add(ann, "Buy milk")
    more = (
        "INSERT INTO todos (id, owner_id, title, done) SELECT gen_random_uuid(), owner_id, 'Buy bread no. ' || n, false"
        " FROM todos, generate_series(1, 120) AS n"
    )
    sql.execute(more.encode())
    assert text_of(say(ann, "list")).endswith("These are 50 of 121.")
    assert text_of(say(ann, "find bread")).endswith("These are 50 of 120.")
    assert text_of(say(ann, "done bread")).endswith("These are 50 of 120.")
    assert text_of(say(ann, "done buy milk")) == 'Completed "Buy milk".', "the exact title is not among the first 50"
    assert names(say(ann, "delete bread")) == ["text", "done"], "more than may be asked for at once"


class TestDays:
    @pytest.fixture
    def today(self, ann: TestClient) -> date:
        ann.headers["X-Time-Zone"] = "Pacific/Kiritimati"
        return datetime.now(ZoneInfo("Pacific/Kiritimati")).date()

    @pytest.mark.parametrize(
        ("content", "title", "days"),
        [
            ("Remind me to water the plants tomorrow", "water the plants", 1),
            ("remind me tomorrow to water the plants", "water the plants", 1),
            ("add water the plants, due today.", "water the plants", 0),
            ("add water the plants in 2 weeks", "water the plants", 14),
            ("add tomorrow", "tomorrow", None),
            ("add read 1984 by 2026-02-30", "read 1984 by 2026-02-30", None),
        ],
    )
    def test_day_becomes_the_due_date(
        self, ann: TestClient, today: date, content: str, title: str, days: int | None
    ) -> None:
        due = None if days is None else (today + timedelta(days=days)).isoformat()
        said = text_of(say(ann, content))
        assert said == (f'Added "{title}", due {due}.' if due else f'Added "{title}".')
        (todo,) = ann.get(f"{API}/todos").json()
        assert (todo["title"], todo["due_date"]) == (title, due)

    def test_what_is_due_is_listed(self, ann: TestClient, today: date) -> None:
        monday = today - timedelta(days=today.weekday())
        days = {"last": -1, "monday": 0, "sunday": 6, "next": 7}
        for title, day in days.items():
            due = (monday + timedelta(days=day)).isoformat()
            ann.post(f"{API}/todos", json={"title": title, "due_date": due})
        add(ann, "whenever")

        def listed(content: str) -> list[str]:
            return [line.split()[1] for line in text_of(say(ann, content)).splitlines() if line.startswith("- ")]

        assert listed("What is due this week?") == ["monday", "sunday"]
        assert listed("what is due next week") == ["next"]
        assert listed("what is overdue?")[0] == "last"
        assert listed("what is due?") == list(days)
        assert listed(f"what is due {monday + timedelta(days=6)}") == ["sunday"]
        assert text_of(say(ann, "What is due 1999-01-01?")) == "Nothing is due 1999-01-01."


def test_a_tag_never_takes_the_place_of_another(ann: TestClient) -> None:
    tags = [f"tag{number}" for number in range(20)]
    ann.post(f"{API}/todos", json={"title": "Buy milk", "tags": tags[:19]})
    assert names(say(ann, "tag buy milk with tag19")) == ["changed", "text", "done"]
    refused = say(ann, "tag buy milk with shop")
    assert names(refused) == ["text", "done"]
    assert text_of(refused).startswith("A todo has at most 20 tags.")
    assert text_of(say(ann, "tag buy milk with tag3")) == 'Tagged "Buy milk" with #tag3.', "it has this one already"
    assert [todo["tags"] for todo in ann.get(f"{API}/todos").json()] == [tags]


def test_rename(ann: TestClient) -> None:
    add(ann, "Buy milk")
    assert names(say(ann, "rename buy milk to Buy bread")) == ["changed", "text", "done"]
    assert titles(ann) == ["Buy bread"]


@pytest.mark.parametrize(
    "content", ['rename "go to bank" to "go home"', "rename “go to bank” to “go home”", "rename go to bank to go home"]
)
def test_rename_of_a_title_with_to(ann: TestClient, content: str) -> None:
    add(ann, "go to bank", "Call Bob")
    assert names(say(ann, content)) == ["changed", "text", "done"]
    assert titles(ann) == ["Call Bob", "go home"]


@pytest.mark.parametrize("content", ["rename go to bank to go to work", "rename go to a" + " to b" * 700])
def test_rename_that_can_be_read_in_two_ways_is_asked_about(ann: TestClient, content: str) -> None:
    add(ann, "go to bank", "go")
    assert "Which todo" in text_of(say(ann, content))
    assert titles(ann) == ["go", "go to bank"]


@pytest.mark.parametrize("content", ["find ...", 'find "."', "search '", "search for “”"])
def test_find_without_a_word_lists_nothing(ann: TestClient, content: str) -> None:
    add(ann, "Buy milk")
    assert text_of(say(ann, content)) == 'Which words, please? For example: "find milk".'


@pytest.mark.parametrize(
    "words", ["buy milk", "buy milk!", "buy milk?", "buy, milk…", "“buy milk”", "buy milk, please"]
)
@pytest.mark.parametrize("request_", ["find {}", "done {}", "delete {}", "rename {} to x"])
def test_punctuation_of_the_sentence_is_left_out(ann: TestClient, request_: str, words: str) -> None:
    add(ann, "Buy milk", "Call Bob")
    events = say(ann, request_.format(words))
    assert names(events) != ["text", "done"] or text_of(events) == "- Buy milk"


def test_punctuation_of_the_title_may_be_said(ann: TestClient) -> None:
    add(ann, "Buy milk!", "Buy milk powder")
    assert text_of(say(ann, "done buy milk!")) == 'Completed "Buy milk!".'


@pytest.mark.parametrize("content", ['add "Buy milk" tomorrow', "add “Buy milk”", "add “Buy milk” tomorrow."])
def test_quotes_around_a_new_title_are_left_out(ann: TestClient, content: str) -> None:
    say(ann, content)
    assert titles(ann) == ["Buy milk"]


@pytest.mark.parametrize(("title", "words"), [("पानी", "पान"), ("กินยา น้ำ", "น"), ("कि", "क")])
def test_word_without_its_vowel_signs_is_another_word(ann: TestClient, title: str, words: str) -> None:
    add(ann, title)
    assert names(say(ann, f"done {words}")) == ["text", "done"]
    assert names(say(ann, f"done {title}")) == ["changed", "text", "done"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Smørrebrød", "smorrebrod"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("don\u2019t", "don't"),
        ("IŞIK", "\u0131ş\u0131k"),
    ],
)
def test_exact_title_is_found_as_it_is_searched(ann: TestClient, title: str, words: str) -> None:
    add(ann, title, f"{title} again")
    assert text_of(say(ann, f"done {words}")) == f'Completed "{title}".'


def test_folds_as_the_search_does(sql: psycopg.Connection) -> None:
    letters = [
        chr(code)
        for code in range(0x20, 0x3000)
        if unicodedata.category(chr(code)) not in ("Cn", "Cc", "Zs", "Zl", "Zp")
    ]
    rows = sql.execute("SELECT letter, btrim(fold_for_search(letter)) FROM unnest(%s::text[]) AS letter", [letters])
    assert {letter: ascii(fold(letter)) for letter in letters} == {letter: ascii(folded) for letter, folded in rows}


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


def test_the_newest_messages_of_an_account_are_kept(
    ann: TestClient, bob: TestClient, sql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(bob, "help")
    monkeypatch.setattr(history, "MOST_KEPT", 4)
    for number in range(4):
        say(ann, f"add todo {number}")
    kept = [message["content"] for message in ann.get(MESSAGES).json()]
    assert [text for text in kept if text.startswith("add")] == ["add todo 2", "add todo 3"]
    assert sql.execute("SELECT count(*) FROM chat_messages").fetchone() == (6,), "others lose nothing"
