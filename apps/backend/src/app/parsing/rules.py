"""Repetition in words: "every weekday", "every 2 weeks", "am letzten Tag jedes Monats", "3 days after done"."""

import re
from functools import cache
from typing import Literal, NamedTuple

from app.parsing.words import Words, one_of, words_of

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKING_DAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_AND = r"(?:\s*,\s*(?:and|und|et|y|e|en)?\s*|\s+(?:and|und|et|y|e|en)\s+)"
_LAST = (
    r"last\s+(?:day\s+)?of\s+(?:each|every)\s+month|(?:each|every)\s+last\s+(?:day\s+)?of\s+(?:the\s+)?month"
    r"|letzten\s+(?:tag\s+)?(?:des|jedes|jeden)\s+monats|dernier\s+jour\s+de\s+chaque\s+mois"
    r"|último\s+día\s+de\s+cada\s+mes"
)
_MOST = 999


class FoundRule(NamedTuple):
    """A rule of RFC 5545, what it counts from, and where its words begin and end."""

    start: int
    end: int
    rule: str
    repeat_from: Literal["due", "done"] = "due"


def find_rule(text: str, languages: tuple[str, ...]) -> FoundRule | None:
    """Return the first repetition that `text` names; None without one."""
    words = words_of(languages)
    for name, pattern in _patterns(languages).items():
        for match in pattern.finditer(text):
            rule = _rule(name, match, words)
            if rule:
                return FoundRule(match.start(), match.end(), rule, "done" if name == "after" else "due")
    return None


@cache
def _patterns(languages: tuple[str, ...]) -> dict[str, re.Pattern[str]]:
    words = words_of(languages)
    unit = one_of(words.units)
    weekday = one_of(words.weekdays)
    every = rf"{words.every}\s+"
    often = "|".join(words.often)
    patterns = {
        "after": rf"(?P<count>[0-9]{{1,3}})\s+(?P<unit>{unit})\s+{words.after_done}",
        "last": rf"(?:on the\s+|the\s+|am\s+|le\s+|el\s+)?(?:{_LAST})",
        "working": rf"{every}{words.weekday}|werktags",
        "count": rf"{every}(?P<count>[0-9]{{1,3}})\s+(?P<unit>{unit})",
        "second": rf"{every}{words.second}\s+(?P<unit>{unit})",
        "month_day": rf"{every}(?:month\s+on\s+the\s+)?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)(?:\s+of\s+the\s+month)?",
        "weekdays": rf"{every}(?P<days>{weekday}(?:{_AND}{weekday})*)",
        "unit": rf"{every}(?P<unit>{unit})",
        # A daily report is a title.
        "often": rf"(?P<often>{often})(?=[\s\0.!?]*$)",
    }
    return {
        name: re.compile(rf"(?<![\w#@'\u2019-])(?:{pattern})(?![\w'\u2019-])", re.I)
        for name, pattern in patterns.items()
    }


def _rule(name: str, match: re.Match[str], words: Words) -> str | None:
    found = {key: value.lower() for key, value in match.groupdict().items() if value}
    match name:
        case "last":
            return "FREQ=MONTHLY;BYMONTHDAY=-1"
        case "working":
            return _WORKING_DAYS
        case "second":
            return f"FREQ={words.units[found['unit']]};INTERVAL=2"
        case "month_day":
            return f"FREQ=MONTHLY;BYMONTHDAY={found['day']}" if 1 <= int(found["day"]) <= 31 else None
        case "weekdays":
            days = {words.weekdays[day] for day in re.split(_AND, found["days"])}
            return f"FREQ=WEEKLY;BYDAY={','.join(_CODES[day] for day in sorted(days))}"
        case "often":
            key = next(key for key in words.often if re.fullmatch(key, found["often"]))
            return f"FREQ={words.often[key]}"
    count = int(found.get("count", "1"))
    if not 1 <= count <= _MOST:
        return None
    interval = f";INTERVAL={count}" if count > 1 else ""
    return f"FREQ={words.units[found['unit']]}{interval}"
