"""What is understood of a todo that is typed in one line."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.parsing.parse import parse
from app.parsing.schemas import Part
from app.parsing.words import LANGUAGES
from tests.conftest import API
from tests.todos.test_recurrence import TODOS, all_of

PARSE = f"{API}/todos/parse"
NOW = datetime(2026, 11, 28, 15, 0)
"""A Saturday."""


def understood(text: str, locale: str = "", **options: Any) -> tuple[str, str | None, str | None, str | None]:  # noqa: ANN401
    parsed = parse(text, now=NOW, locale=locale, **options)
    day = str(parsed.due_date) if parsed.due_date else None
    return parsed.title, day, f"{parsed.due_time:%H:%M}" if parsed.due_time else None, parsed.recurrence


def test_all_at_once() -> None:
    parsed = parse("pay rent tomorrow 9am every month #home !1", now=NOW)
    assert parsed.model_dump(mode="json", exclude={"spans"}) == {
        "title": "pay rent",
        "due_date": "2026-11-29",
        "due_time": "09:00",
        "recurrence": "FREQ=MONTHLY",
        "repeat_from": "due",
        "tags": ["home"],
        "priority": 3,
    }
    assert [span.kind for span in parsed.spans] == ["due", "recurrence", "tag", "priority"]


@pytest.mark.parametrize(
    ("text", "locale", "title", "day", "at"),
    [
        ("buy milk today", "", "buy milk", "2026-11-28", None),
        ("call mum on friday at 5pm", "", "call mum", "2026-12-04", "17:00"),
        ("next saturday: clean", "", "clean", "2026-12-05", None),
        ("in 3 days water plants", "", "water plants", "2026-12-01", None),
        ("dentist in two weeks", "", "dentist", "2026-12-12", None),
        ("dec 24 buy gifts", "", "buy gifts", "2026-12-24", None),
        ("taxes by 3rd of march 2027", "", "taxes", "2027-03-03", None),
        ("report 2026-12-01", "", "report", "2026-12-01", None),
        ("meet at 5", "", "meet", "2026-11-28", "17:00"),
        ("gym at 6am", "", "gym", "2026-11-29", "06:00"),
        ("Miete morgen um 9 Uhr", "de", "Miete", "2026-11-29", "09:00"),
        ("Zahnarzt am 3. März um 14:30", "de-AT", "Zahnarzt", "2027-03-03", "14:30"),
        ("nächsten Montag Bericht", "de", "Bericht", "2026-11-30", None),
        ("Geschenke 24.12.", "de", "Geschenke", "2026-12-24", None),
        ("payer le loyer demain à 9h30", "fr", "payer le loyer", "2026-11-29", "09:30"),
        ("pagar mañana a las 9", "es", "pagar", "2026-11-29", "09:00"),
        ("chiamare domani alle 18", "it", "chiamare", "2026-11-29", "18:00"),
        ("reunião amanhã às 10", "pt-BR", "reunião", "2026-11-29", "10:00"),
        ("bel mama morgen om 9", "nl", "bel mama", "2026-11-29", "09:00"),
        ("call mum tomorrow", "ja", "call mum", "2026-11-29", None),
        ("Rechnung tomorrow", "de", "Rechnung", "2026-11-29", None),
        ("plan for next year", "", "plan", "2027-11-28", None),
        ("plan for the next year", "", "plan", "2027-11-28", None),
        ("meet on the 3rd of march", "", "meet", "2027-03-03", None),
        ("get ready for tomorrow at 9 #work !1", "", "get ready", "2026-11-29", "09:00"),
        ("send it before friday, please", "", "send it please", "2026-12-04", None),
        ("call by 5pm", "", "call", "2026-11-28", "17:00"),
        ("be ready for 17:30", "", "be ready", "2026-11-28", "17:30"),
        ("prepare for monday meeting", "", "prepare for meeting", "2026-11-30", None),
        ("log in tomorrow", "", "log in", "2026-11-29", None),
        ("look for it tomorrow", "", "look for it", "2026-11-29", None),
        ("Plan für nächstes Jahr", "de", "Plan", "2027-11-28", None),
        ("Termin vor dem 3. März", "de", "Termin", "2027-03-03", None),
        ("plan pour demain", "fr", "plan", "2026-11-29", None),
        ("plan para mañana", "es", "plan", "2026-11-29", None),
        ("piano per domani", "it", "piano", "2026-11-29", None),
        ("plano para amanhã", "pt", "plano", "2026-11-29", None),
        ("plan voor volgend jaar", "nl", "plan", "2027-11-28", None),
        ('read "war" tomorrow', "", 'read "war"', "2026-11-29", None),
    ],
)
def test_day_and_time(text: str, locale: str, title: str, day: str, at: str | None) -> None:
    assert understood(text, locale) == (title, day, at, None)


@pytest.mark.parametrize("locale", ["", "en", "en-US", "en-GB", "en-Latn-US-u-ca-gregory", "de", "de-DE", "fr", "ja"])
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("call 5.6.", "2027-06-05"),
        ("call 05.06.2027", "2027-06-05"),
        ("call 5. 6. 2027", "2027-06-05"),
        ("call 28.11.", "2026-11-28"),
        ("call 27.11.", "2027-11-27"),
        ("call 29.2.", "2028-02-29"),
    ],
)
def test_with_dots_the_day_is_before_the_month(text: str, locale: str, day: str) -> None:
    assert understood(text, locale) == ("call", day, None, None)


@pytest.mark.parametrize(
    "locale", ["de-DE", "fr-FR", "es-ES", "it-IT", "pt-BR", "nl-NL", "en-GB", "en-AU", "en-001", "en-Latn-GB", "de"]
)
def test_with_slashes_the_day_is_before_the_month(locale: str) -> None:
    assert understood("visit 5/6/2027", locale) == ("visit", "2027-06-05", None, None)


@pytest.mark.parametrize("locale", ["", "en", "en-US", "en-PH", "en-Latn-US", "en-u-ca-gregory", "EN-us"])
def test_with_slashes_americans_put_the_month_first(locale: str) -> None:
    assert understood("visit 5/6/2027", locale) == ("visit", "2027-05-06", None, None)


@pytest.mark.parametrize(("text", "locale"), [("visit 12/25/2026", "en-GB"), ("visit 25/12/2026", "en-US")])
def test_what_is_a_day_in_one_order_only_is_that_day(text: str, locale: str) -> None:
    assert understood(text, locale) == ("visit", "2026-12-25", None, None)


@pytest.mark.parametrize(
    ("text", "locale", "rule", "day"),
    [
        ("x every day", "", "FREQ=DAILY", "2026-11-28"),
        ("x daily", "", "FREQ=DAILY", "2026-11-28"),
        ("x every weekday", "", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-30"),
        ("x every 2 weeks", "", "FREQ=WEEKLY;INTERVAL=2", "2026-11-28"),
        ("x every other week", "", "FREQ=WEEKLY;INTERVAL=2", "2026-11-28"),
        ("x every monday and thursday", "", "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-30"),
        ("x on the last day of every month", "", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30"),
        ("x every 31st", "", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-30"),
        ("x alle 2 Wochen", "de", "FREQ=WEEKLY;INTERVAL=2", "2026-11-28"),
        ("x jeden Montag", "de", "FREQ=WEEKLY;BYDAY=MO", "2026-11-30"),
        ("x chaque mois", "fr", "FREQ=MONTHLY", "2026-11-28"),
        ("x cada año", "es", "FREQ=YEARLY", "2026-11-28"),
    ],
)
def test_recurrence(text: str, locale: str, rule: str, day: str) -> None:
    assert understood(text, locale) == ("x", day, None, rule)


def test_days_after_done() -> None:
    parsed = parse("change filter 90 days after done", now=NOW)
    assert (parsed.title, parsed.recurrence, parsed.repeat_from) == ("change filter", "FREQ=DAILY;INTERVAL=90", "done")


@pytest.mark.parametrize(
    "text",
    [
        "buy 2 apples",
        "cut the cake in two",
        "fix the bug in 2 files",
        "in one go",
        "may the force be with you",
        "sun lotion and second hand",
        "review version 2.1 of 3/4",
        "look at 5 houses",
        "Friday's party",
        "read daily news",
        "fix #123",
        "email bob@friday.com",
        "dentist 31.2.2026",
        "dentist 31.2.",
        "dentist 12.25.2026",
        "dentist 31/2/2026",
        "call 2026-02-31",
        'watch "The Day after Tomorrow"',
        "wait !",
        "see http://example.com/2026-12-01",
    ],
)
def test_what_only_looks_like_it_is_title(text: str) -> None:
    assert understood(text) == (text, None, None, None)


@pytest.mark.parametrize(("level", "priority"), [("!1", 3), ("!2", 2), ("!3", 1), ("!high", 3), ("!!!", 3), ("!!", 2)])
def test_priority(level: str, priority: int) -> None:
    assert parse(f"x {level}", now=NOW).priority == priority


def test_several_tags() -> None:
    assert parse("#home x #Büro, #home", now=NOW).tags == ["home", "Büro"]


def test_spans_count_as_javascript_does(ann: TestClient) -> None:
    text = "🎉 party tomorrow 🎉 #fun"
    parsed = ann.post(PARSE, json={"text": text}).json()
    units = text.encode("utf-16-le")
    parts = [units[span["start"] * 2 : span["end"] * 2].decode("utf-16-le") for span in parsed["spans"]]
    assert parts == ["tomorrow", "#fun"]
    kept = ann.post(PARSE, json={"text": text, "keep": parsed["spans"][:1]})
    assert kept.status_code == 422, "a part has a start and an end only"
    part = {name: parsed["spans"][0][name] for name in ("start", "end")}
    again = ann.post(PARSE, json={"text": text, "keep": [part]}).json()
    assert (again["title"], again["due_date"], again["tags"]) == ("🎉 party tomorrow 🎉", None, ["fun"])


def test_stores_nothing_and_knows_where_the_caller_is(ann: TestClient) -> None:
    days = {
        ann.post(PARSE, json={"text": "x today"}, headers={"X-Time-Zone": zone}).json()["due_date"]
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12")
    }
    assert len(days) == 2, "26 hours apart it cannot be the same day"
    assert all_of(ann) == []


def test_what_is_understood_can_be_added(ann: TestClient) -> None:
    parsed = ann.post(PARSE, json={"text": "pay rent tomorrow 9am every month #home !1"}).json()
    del parsed["spans"]
    added = ann.post(TODOS, json=parsed)
    assert added.status_code == 201, added.text
    assert {name: added.json()[name] for name in parsed} == parsed


@given(text=st.text(max_size=60), locale=st.sampled_from(LANGUAGES))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_any_text_is_taken(text: str, locale: str) -> None:
    parsed = parse(text.replace("\0", ""), now=NOW, locale=locale, keep=[Part(start=3, end=5)])
    assert len(parsed.title) <= 200


def test_last_days_of_time_are_no_failure() -> None:
    parsed = parse("x in 900 days", now=datetime(9999, 12, 30))
    assert parsed.due_date in (None, date.max)


def test_a_part_that_ends_before_it_begins_keeps_nothing() -> None:
    parsed = parse("call tomorrow", now=NOW, keep=[Part(start=13, end=5)])
    assert (parsed.title, parsed.due_date) == ("call", date(2026, 11, 29))
