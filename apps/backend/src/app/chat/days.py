"""Days in words: "tomorrow", "on Friday", "this week"."""

import re
from datetime import date, timedelta
from typing import NamedTuple

_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAY = (
    rf"today|tomorrow|(?:next |this )?(?:{'|'.join(_WEEKDAYS)})"
    r"|in [0-9]{1,3} (?:day|week)s?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
"""Pattern of one day in words."""
_DUE = re.compile(rf"(?P<what>.+?)[\s,]+(?:(?:due|by|until|for|on)\s+)*(?P<day>{DAY})[\s.!]*", re.I | re.S)
_SPAN = re.compile(rf"\b(?:overdue|(?:this|next) (?:week|month)|{DAY})\b", re.I)


class Span(NamedTuple):
    """Some days in a row; without `first`, all before `last` too."""

    words: str
    first: date | None
    last: date


def split_due_date(text: str, today: date) -> tuple[str, date | None]:
    """Take the day off the end of `text`: "water the plants tomorrow" is "water the plants", due tomorrow."""
    match = _DUE.fullmatch(text)
    due = day_of(match["day"], today) if match else None
    return (match["what"], due) if match and due else (text, None)


def day_of(words: str, today: date) -> date | None:
    """Return the day that `DAY` has matched; the next such day for a weekday. None if there is no such day."""
    words = words.lower()
    try:
        if words == "today":
            return today
        if words == "tomorrow":
            return today + timedelta(days=1)
        if count := re.fullmatch(r"in ([0-9]+) (day|week)s?", words):
            return today + timedelta(days=int(count[1]) * (7 if count[2] == "week" else 1))
        if (weekday := words.split()[-1]) in _WEEKDAYS:
            return today + timedelta(days=(_WEEKDAYS.index(weekday) - today.weekday() - 1) % 7 + 1)
        return date.fromisoformat(words)
    except (ValueError, OverflowError):
        return None


def span_of(text: str, today: date) -> Span | None:
    """Find the days that `text` asks about. A week is from Monday to Sunday."""
    match = _SPAN.search(text)
    if match is None:
        return None
    words = match[0].lower()
    if words == "overdue":
        return Span(words, None, today - timedelta(days=1))
    which, _, unit = words.partition(" ")
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(days=7 if which == "next" else 0)
        return Span(words, first, first + timedelta(days=6))
    if unit == "month":
        first = today.replace(day=1)
        after = _next_month(first)
        if which == "next":
            first, after = after, _next_month(after)
        return Span(words, first, after - timedelta(days=1))
    day = day_of(words, today)
    return Span(words, day, day) if day else None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
