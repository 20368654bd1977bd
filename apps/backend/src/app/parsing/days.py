"""Days and times in words: "tomorrow", "next Friday at 5pm", "am 3. März um 14:30"."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from app.parsing.numbered import DOTTED, ISO, SLASHED, numbered_day
from app.parsing.words import long_weekdays, words_of

_IN_NUMBERS = f"{ISO}|{SLASHED}|{DOTTED}"
_NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th|er|º|\.)?"
_HALF_A_DAY = 12
_AFTERNOON_ENDS = 6
"""Who says "at 5" means the afternoon; "at 9" is the morning."""


class FoundDay(NamedTuple):
    """A day, and where its words begin and end."""

    start: int
    end: int
    day: date


class FoundTime(NamedTuple):
    """A time of day, and where its words begin and end."""

    start: int
    end: int
    time: time


def find_day(text: str, languages: tuple[str, ...], today: date, *, month_first: bool = True) -> FoundDay | None:
    """Return the last day that `text` names; None without one. A weekday is the next one, never today.

    `month_first` says that 5/6/2027 is the sixth of May.
    """
    found = None
    for match in _day_pattern(languages).finditer(text):
        day = _day(match["day"].lower(), languages, today, month_first)
        if day:
            found = FoundDay(match.start(), match.end(), day)
    return found


def find_time(text: str, languages: tuple[str, ...]) -> FoundTime | None:
    """Return a time of day that `text` names; None without one."""
    for pattern in _time_patterns(languages):
        for match in pattern.finditer(text):
            value = _time(**match.groupdict())
            if value:
                return FoundTime(match.start(), match.end(), value)
    return None


def leading_words(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the words at the end of a text that lead to a day or a time after it."""
    return re.compile(rf"(?<![\w#@/.'\u2019-]){words_of(languages).leading}\s+$", re.I)


@cache
def _day_pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = words_of(languages)
    weekday = rf"(?:{words.coming}\s+)?{long_weekdays(words)}(?:\s+{words.coming}\b)?"
    month = rf"{words.months}\.?"
    dated = rf"{_NUMBER}\s+(?:(?:of|de)\s+)?{month}(?:,?\s+[0-9]{{4}})?|{month}\s+{_NUMBER}(?:,?\s+[0-9]{{4}})?"
    days = "|".join([_IN_NUMBERS, dated, words.in_units, words.relative, weekday])
    return re.compile(rf"(?<![\w#@/.'\u2019-])(?:{words.before_day}\s+)?(?P<day>{days})(?![\w/'\u2019-]|\.[0-9])", re.I)


@cache
def _time_patterns(languages: tuple[str, ...]) -> list[re.Pattern[str]]:
    """Return how times are written, the surest first."""
    words = words_of(languages)
    at = rf"{words.at}\s*"
    sure = rf"(?:{words.before_day}\s+)?(?:{at})?"
    hour = "(?P<hour>[0-9]{1,2})"
    minute = "(?P<minute>[0-9]{2})"
    patterns = [
        rf"{sure}{hour}(?:[:.]{minute})?\s*(?P<half>[ap])\.?m\b\.?",
        rf"{sure}{hour}(?:[:.]{minute})?\s*(?:uhr|heures|horas|ore|uur)\b",
        rf"{sure}{hour}:{minute}(?:\s*h\b)?",
        rf"{sure}{hour}\s?h\s?{minute}\b",
        rf"{at}{hour}\s?h\b",
        # A bare number is a time at the end, or before a day, whose place is empty by now.
        rf"{at}{hour}(?P<bare>)(?=\s*(?:$|[\0,;.!?]))",
    ]
    return [re.compile(rf"(?<![\w#@/:.,'\u2019-]){pattern}(?![\w:])", re.I) for pattern in patterns]


def _time(hour: str, minute: str | None = None, half: str | None = None, bare: str | None = None) -> time | None:
    hours = int(hour)
    if half and 1 <= hours <= _HALF_A_DAY:
        hours = hours % _HALF_A_DAY + (_HALF_A_DAY if half in "pP" else 0)
    elif half:
        return None
    elif bare is not None and 1 <= hours <= _AFTERNOON_ENDS:
        hours += _HALF_A_DAY
    try:
        return time(hours, int(minute or 0))
    except ValueError:
        return None


def _day(words: str, languages: tuple[str, ...], today: date, month_first: bool) -> date | None:
    known = words_of(languages)
    bare = re.sub(rf"\b{known.coming}\b", "", words).strip()
    if bare in known.weekdays:
        return today + timedelta(days=(known.weekdays[bare] - today.weekday() - 1) % 7 + 1)
    if re.fullmatch(_IN_NUMBERS, words):
        return numbered_day(words, today, month_first=month_first)
    return _read(words, languages, today)


def _read(words: str, languages: tuple[str, ...], today: date) -> date | None:
    # It loads much: no start should wait for it, nor keep its memory before somebody types a date.
    from dateparser.date import DateDataParser

    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),
        "PREFER_DATES_FROM": "future",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    try:
        parser = DateDataParser(languages=list(languages), use_given_order=True, settings=settings)
        found = parser.get_date_data(words)
    except (OverflowError, ValueError):
        return None
    return found.date_obj.date() if found.date_obj else None
