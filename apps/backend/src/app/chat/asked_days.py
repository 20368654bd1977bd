"""The days that a question is about: "this week", "next month", "tomorrow"."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from app.parsing.days import find_day

_SPAN = re.compile(r"\b(?:this|next) (?:week|month)\b", re.I)
_LANGUAGES = ("en",)


class Span(NamedTuple):
    """Some days in a row; without `first`, all before `last` too."""

    words: str
    first: date | None
    last: date


def span_of(text: str, today: date) -> Span | None:
    """Find the days that `text` asks about. A week is from Monday to Sunday."""
    match = _SPAN.search(text)
    if match is None:
        found = find_day(text, _LANGUAGES, today)
        return Span(text[found.start : found.end].lower().removeprefix("due "), found.day, found.day) if found else None
    words = match[0].lower()
    which, _, unit = words.partition(" ")
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(days=7 if which == "next" else 0)
        return Span(words, first, first + timedelta(days=6))
    first = today.replace(day=1)
    after = _next_month(first)
    if which == "next":
        first, after = after, _next_month(after)
    return Span(words, first, after - timedelta(days=1))


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
