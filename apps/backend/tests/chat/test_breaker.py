"""Who is kept from the language model by which failures, and how much of it one account gets."""

import asyncio
import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from starlette.testclient import TestClient

from app.chat import breaker
from app.chat.breaker import Breaker, Cause
from app.chat.budget import take_answer
from app.main import create_app
from app.settings import Settings
from tests.chat.chatting import say, text_of
from tests.chat.fake_openai import FakeOpenAI, fake_openai, text
from tests.chat.test_chat_model import KEY
from tests.conftest import SignedIn

ANN, BOB, CARL = (uuid.UUID(int=number) for number in range(3))


@pytest.mark.parametrize("cause", ["limit", "silent"])
class TestOfOneUser:
    def test_keeps_that_user_alone_from_the_model(self, cause: Cause) -> None:
        each = Breaker()
        for _ in range(3):
            assert not each.is_open(ANN)
            each.failed(cause, ANN)
        assert each.is_open(ANN)
        assert not each.is_open(BOB), "what one user met keeps another away"

    def test_of_three_users_keeps_all(self, cause: Cause) -> None:
        each = Breaker()
        for owner in (ANN, BOB, CARL):
            each.failed(cause, owner)
        assert each.is_open(uuid.uuid4())

    def test_answer_of_another_user_forgives_nothing(self, cause: Cause) -> None:
        each = Breaker()
        for _ in range(2):
            each.failed(cause, ANN)
        each.worked(BOB)
        each.failed(cause, ANN)
        assert each.is_open(ANN)


@pytest.mark.parametrize("cause", ["key", "down"])
def test_model_that_fails_for_all_is_left_alone_by_all(cause: Cause) -> None:
    each = Breaker()
    for _ in range(3):
        each.failed(cause, ANN)
    assert each.is_open(BOB)


def test_causes_are_counted_apart() -> None:
    each = Breaker()
    causes: list[Cause] = ["key", "down", "limit", "silent", "down", "key"]
    for cause in causes:
        each.failed(cause, ANN)
    assert not each.is_open(ANN)


def test_answer_begins_the_count_again() -> None:
    each = Breaker()
    for _ in range(2):
        each.failed("down", ANN)
    each.worked(BOB)
    each.failed("down", ANN)
    assert not each.is_open(ANN)


def test_rest_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "REST_SECONDS", -1.0)
    each = Breaker()
    for _ in range(3):
        each.failed("down", ANN)
        each.failed("silent", ANN)
    assert not each.is_open(ANN)


class TestBudget:
    @pytest.fixture
    def fake(self) -> Iterator[FakeOpenAI]:
        with fake_openai() as fake:
            fake.turns = [text("Hello.")]
            yield fake

    @pytest.fixture
    def frugal(self, ann: TestClient, fake: FakeOpenAI, make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
        """Ann, where two answers a day are the most."""
        settings = make_settings(openai_api_key=KEY, llm_base_url=fake.url, llm_answers_per_day=2)
        with TestClient(create_app(settings), headers={"Authorization": ann.headers["Authorization"]}) as client:
            yield client

    def test_used_up_is_said_and_rules_answer(
        self, frugal: TestClient, fake: FakeOpenAI, signed_in: SignedIn, sql: psycopg.Connection
    ) -> None:
        assert [say(frugal, "list")[-1][1]["assistant"] for _ in range(3)] == ["model", "model", "rules"]
        assert "had your 2 answers" in text_of(say(frugal, "list"))
        assert len(fake.requests) == 2, "the model was asked although the budget is used up"
        frugal.headers["Authorization"] = str(signed_in("bob@example.com").headers["Authorization"])
        assert say(frugal, "list")[-1][1]["assistant"] == "model", "somebody else has a budget of their own"

    def test_next_day_is_another_budget(self, frugal: TestClient, sql: psycopg.Connection) -> None:
        for _ in range(3):
            say(frugal, "list")
        sql.execute("UPDATE chat_usage SET day = day - 1")
        assert say(frugal, "list")[-1][1]["assistant"] == "model"
        assert sql.execute("SELECT answers FROM chat_usage").fetchall() == [(1,)], "old days pile up"

    def test_many_at_once_get_no_more(self, frugal: TestClient, sql: psycopg.Connection) -> None:
        row = sql.execute("SELECT id FROM users").fetchone()
        assert row is not None
        sessions = frugal.app.state.sessions  # type: ignore[attr-defined]

        async def take() -> bool:
            async with sessions() as session:
                taken = await take_answer(session, owner_id=row[0], most=2)
                await session.commit()
                return taken

        async def race() -> list[bool]:
            return list(await asyncio.gather(*(take() for _ in range(5))))

        assert frugal.portal is not None
        assert sorted(frugal.portal.call(race)) == [False, False, False, True, True]
