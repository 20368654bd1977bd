"""From one line to a todo: "pay rent tomorrow 9am every month #home !1"."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol, TypeVar

from app.parsing.days import find_day, find_time, leading_words
from app.parsing.numbered import month_first
from app.parsing.rules import FoundRule, find_rule
from app.parsing.schemas import Parsed, Part, Span
from app.parsing.words import LANGUAGES
from app.todos.recurrence import next_due_date
from app.todos.schemas import MOST_TAGS

_TAG = re.compile(r"(?<![^\s\0])#(?P<tag>(?=[^\s\0]*[^\W\d_])[^\s\0#,;!?]{1,40})(?<![.:])", re.U)
_PRIORITY = re.compile(r"(?<![^\s\0])!(?P<level>[123]|high|medium|low|!!|!)(?![^\s\0])", re.I)
_LEVELS = {"1": 3, "2": 2, "3": 1, "high": 3, "medium": 2, "low": 1, "!": 2, "!!": 3}
_QUOTED = re.compile(r"\"[^\"]+\"|“[^“”]+”|„[^„“]+“|«[^«»]+»")
_ENDS = re.compile(r"[\s\0]*(?:$|[.,;:!?])")
_MOST_OF_TITLE = 200
_LAST_OF_ONE_UNIT = 0xFFFF
# What stands in place of the parts that were taken, and of those that are words of the title.
_TAKEN = "\0"
_KEPT = "\1"
_Kind = Literal["due", "recurrence", "tag", "priority"]


def parse(text: str, *, now: datetime, locale: str = "", keep: list[Part] | None = None) -> Parsed:
    """Say what somebody means who types `text` when their clock says `now`.

    Besides English, the language of `locale` (BCP 47) is understood, if it is among `LANGUAGES`. Its region says
    whether 5/6/2027 is in May or June. What is in quotes, and the parts in `keep`, are words of the title.
    """
    line = _Line(text, keep or [])
    languages = _languages(locale)
    tags = line.take_all("tag", _TAG, MOST_TAGS)
    priorities = line.take_all("priority", _PRIORITY, 1)
    rule = line.take("recurrence", lambda rest: find_rule(rest, languages))
    day = line.take("due", lambda rest: find_day(rest, languages, now.date(), month_first=month_first(locale)))
    at = line.take("due", lambda rest: find_time(rest, languages))
    line.widen("due", leading_words(languages))
    due_date = day.day if day else None
    due_time = at.time if at else None
    if due_date is None and (due_time or rule):
        due_date = _first_day(rule, due_time, now)
    return Parsed(
        title=line.title(),
        due_date=due_date,
        due_time=due_time,
        recurrence=rule.rule if rule else None,
        repeat_from=rule.repeat_from if rule else "due",
        tags=list(dict.fromkeys(tag[1:] for tag in tags)),
        priority=_LEVELS[priorities[0][1:].lower()] if priorities else 0,
        spans=line.spans(),
    )


def part_of(text: str, span: Span) -> str:
    """Return the words of a text that a span is about."""
    return text[_from_utf16(text, span.start) : _from_utf16(text, span.end)]


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_Found = TypeVar("_Found", bound=_Placed)


class _Line:
    """A text from which one part after the other is taken, until the title is left."""

    def __init__(self, text: str, keep: list[Part]) -> None:
        self._text = text
        self._rest = text
        self._spans: list[Span] = []
        for part in keep:
            start, end = _from_utf16(text, part.start), _from_utf16(text, part.end)
            self._cover(start, max(start, end), _KEPT)
        for quoted in _QUOTED.finditer(text):
            self._cover(quoted.start(), quoted.end(), _KEPT)

    def take(self, kind: _Kind, find: Callable[[str], _Found | None]) -> _Found | None:
        found = find(self._rest)
        if found is not None:
            self._spans.append(Span(kind=kind, start=found.start, end=found.end))
            self._cover(found.start, found.end, _TAKEN)
        return found

    def widen(self, kind: _Kind, leading: re.Pattern[str]) -> None:
        """Take what led to a part of this kind, too, where a title would end with it otherwise."""
        for index, span in enumerate(self._spans):
            before = leading.search(self._rest[: span.start])
            if span.kind == kind and before and _ENDS.match(self._rest, span.end):
                self._spans[index] = span.model_copy(update={"start": before.start()})
                self._cover(before.start(), span.start, _TAKEN)

    def take_all(self, kind: _Kind, pattern: re.Pattern[str], most: int) -> list[str]:
        matches = list(pattern.finditer(self._rest))[:most]
        for match in matches:
            self._spans.append(Span(kind=kind, start=match.start(), end=match.end()))
            self._cover(match.start(), match.end(), _TAKEN)
        return [match[0] for match in matches]

    def title(self) -> str:
        left = "".join(" " if rest == _TAKEN else letter for letter, rest in zip(self._text, self._rest, strict=True))
        printable = re.sub(r"[\x00-\x1f\x7f\s]+", " ", left)
        # Of a sentence whose last words are gone.
        if self._spans:
            printable = re.sub(r"\s[.,;:!?]+(?=\s|$)", "", printable)
        return printable.strip(" ,;:-\u2013")[:_MOST_OF_TITLE].strip()

    def spans(self) -> list[Span]:
        """Return the parts in their order. Those of one kind with nothing but spaces between them are one."""
        joined: list[Span] = []
        for span in sorted(self._spans, key=lambda span: span.start):
            last = joined[-1] if joined else None
            between = self._text[last.end : span.start] if last else ""
            if last and last.kind == span.kind == "due" and not between.strip(" ,"):
                joined[-1] = last.model_copy(update={"end": span.end})
            else:
                joined.append(span)
        return [
            Span(kind=span.kind, start=_utf16(self._text, span.start), end=_utf16(self._text, span.end))
            for span in joined
        ]

    def _cover(self, start: int, end: int, cover: str) -> None:
        self._rest = self._rest[:start] + cover * len(self._rest[start:end]) + self._rest[end:]


def _first_day(rule: FoundRule | None, at: time | None, now: datetime) -> date:
    """Return the first day that fits: today, unless its time is over, or the rule wants another one."""
    today = now.date()
    earliest = today + timedelta(days=1) if at and at <= now.time() else today
    if rule is None or not ({"BYDAY", "BYMONTHDAY"} & {part.split("=")[0] for part in rule.rule.split(";")}):
        return earliest
    first = next_due_date(today - timedelta(days=1), rule.rule, earliest=earliest, anchor_day=today.day)
    return first or earliest


def _languages(locale: str) -> tuple[str, ...]:
    language = locale.split("-")[0].lower()
    return ("en",) if language == "en" or language not in LANGUAGES else (language, "en")


def _utf16(text: str, place: int) -> int:
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


def _from_utf16(text: str, units: int) -> int:
    place = 0
    while place < len(text) and units > 0:
        units -= 2 if ord(text[place]) > _LAST_OF_ONE_UNIT else 1
        place += 1
    return place
