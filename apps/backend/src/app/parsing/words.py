"""The words for days, times and repetition in several languages.

Days, months and units are those of the library that reads dates. What it does not have is in the tables here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_RELATIVE = ("0 day ago", "in 1 day", "in 2 day", "in 1 week", "in 1 month", "in 1 year")
_UNITS = ("day", "week", "month", "year")
_SHORTEST_WEEKDAY = 4
"""Sun, mar and do are words of their own: a shorter name of a weekday counts in a list of weekdays only."""


@dataclass(frozen=True)
class _Table:
    before_day: str
    leading: str
    """What leads to a day or a time, and means nothing without it. Not what ends a verb, as in "log in tomorrow"."""
    coming: str
    at: str
    every: str
    second: str
    weekday: str
    often: dict[str, str]
    after_done: str
    numbers: str


_TABLES = {
    "en": _Table(
        before_day="due on|due by|due|on|by|until",
        leading=r"(?:for|from|before|since|till)(?:\s+the)?|(?:on|by|in|until|within)\s+the",
        coming="next|this|coming",
        at="at|@",
        every="every|each",
        second="other|second|2nd",
        weekday="weekdays?|workdays?|working days?|business days?",
        often={"daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "yearly|annually": "YEARLY"},
        after_done=r"after (?:it is |it's |being )?(?:done|completed|completion|finished)",
        numbers="an?|one|two|three|four|five|six|seven|eight|nine|ten",
    ),
    "de": _Table(
        before_day="fällig am|fällig|am|bis zum|bis",
        leading=r"für|vor|seit|(?:für|vor|bis|in|an|auf)\s+(?:den|dem|der|die|das)|zum",
        coming="nächste[nrms]?|kommende[nrm]?|diese[nrms]?",
        at="um|gegen",
        every="jede[nrs]?|alle",
        second="zweite[nrs]?",
        weekday="werktags?|wochentags?|arbeitstags?",
        often={"täglich": "DAILY", "wöchentlich": "WEEKLY", "monatlich": "MONTHLY", "jährlich": "YEARLY"},
        after_done=r"nach (?:der )?erledigung",
        numbers="ein|eine[mr]|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn",
    ),
    "fr": _Table(
        before_day="pour le|avant le|avant|le",
        leading=r"pour|dès|depuis|d[\u2019\']ici|avant",
        coming="prochain|prochaine|ce",
        at="à|vers",
        every="chaque|tous les|toutes les",
        second="deux",
        weekday="jours? ouvrables?|jours? ouvrés?",
        often={"mensuellement": "MONTHLY", "annuellement": "YEARLY"},
        after_done="après (?:l'avoir fait|exécution)",
        numbers="une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix",
    ),
    "es": _Table(
        before_day="para el|antes del|el",
        leading=r"para|antes de|desde|hasta",
        coming="próximo|próxima|este|esta",
        at="a las?",
        every="cada|todos los|todas las",
        second="dos",
        weekday="días? laborables?",
        often={"diariamente": "DAILY", "semanalmente": "WEEKLY", "mensualmente": "MONTHLY", "anualmente": "YEARLY"},
        after_done="después de (?:hecho|hacerlo)",
        numbers="una?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez",
    ),
    "it": _Table(
        before_day="entro il|entro|il",
        leading=r"per|prima di|dal?",
        coming="prossimo|prossima|questo|questa",
        at="alle|all'",
        every="ogni",
        second="due",
        weekday="giorn[oi] feriali?",
        often={"ogni giorno": "DAILY"},
        after_done="dopo averlo fatto",
        numbers="una?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci",
    ),
    "pt": _Table(
        before_day="até o|até|no dia|na|no",
        leading=r"para|antes d[eo]|desde",
        coming="próximo|próxima|este|esta",
        at="às?",
        every="cada|todos os|todas as|todo|toda",
        second="dois|duas",
        weekday="dias? úte?i?s?",
        often={"diariamente": "DAILY", "semanalmente": "WEEKLY", "mensalmente": "MONTHLY", "anualmente": "YEARLY"},
        after_done="depois de feito",
        numbers="uma?|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez",
    ),
    "nl": _Table(
        before_day="uiterlijk|voor|op",
        leading=r"vanaf|tegen|sinds",
        coming="volgende|komende|deze",
        at="om",
        every="elke|iedere|ieder|elk",
        second="andere|tweede",
        weekday="werkdag(?:en)?|weekdag(?:en)?",
        often={"dagelijks": "DAILY", "wekelijks": "WEEKLY", "maandelijks": "MONTHLY", "jaarlijks": "YEARLY"},
        after_done="na afronding",
        numbers="een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien",
    ),
}


@dataclass(frozen=True)
class Words:
    """Patterns and meanings of the words of some languages. Patterns have no group; words are in lower case."""

    before_day: str
    leading: str
    coming: str
    at: str
    every: str
    second: str
    weekday: str
    often: dict[str, str]
    after_done: str
    relative: str
    in_units: str
    months: str
    weekdays: dict[str, int]
    """0 is Monday."""
    units: dict[str, str]
    """DAILY, WEEKLY, MONTHLY or YEARLY by the word for it."""


@cache
def words_of(languages: tuple[str, ...]) -> Words:
    """Return the words of these languages, each of which is one of `LANGUAGES`."""
    tables = [_TABLES[language] for language in languages]
    data = [import_module(f"dateparser.data.date_translation_data.{language}").info for language in languages]
    numbers = _either(f"[0-9]{{1,3}}|{table.numbers}" for table in tables)
    units = {
        word: frequency
        for info in data
        for unit, frequency in zip(_UNITS, ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"), strict=True)
        for word in _lower(info[unit])
    }
    in_units = [
        r"\s+".join(numbers if part.startswith("(") else re.escape(part) for part in pattern.split(" "))
        for info in data
        for unit in _UNITS
        for pattern in info["relative-type-regex"].get(f"in \\1 {unit}", [])
        # A number without a word for its unit, as in "cut in two", is no date.
        if len(last := pattern.rpartition(" ")[2]) > 1 and not last.startswith("(") and " " in pattern
    ]
    return Words(
        before_day=_either(table.before_day for table in tables),
        leading=_either(table.leading for table in tables),
        coming=_either(table.coming for table in tables),
        at=_either(table.at for table in tables),
        every=_either(table.every for table in tables),
        second=_either(table.second for table in tables),
        weekday=_either(table.weekday for table in tables),
        often={word: frequency for table in tables for word, frequency in table.often.items()},
        after_done=_either(table.after_done for table in tables),
        relative=_either(
            sorted((re.escape(w) for i in data for key in _RELATIVE for w in _relative(i, key)), key=len, reverse=True)
        ),
        in_units=_either(sorted(in_units, key=len, reverse=True)),
        months=_either(re.escape(word) for info in data for month in _MONTHS for word in _long(info[month], 3)),
        weekdays={
            word: number for info in data for number, name in enumerate(_WEEKDAYS) for word in _lower(info[name])
        },
        units={word: frequency for word, frequency in units.items() if len(word) > 1},
    )


def long_weekdays(words: Words) -> str:
    """Return the pattern of those names of weekdays that are no other words."""
    return one_of(word for word in words.weekdays if len(word) >= _SHORTEST_WEEKDAY)


def one_of(words: Iterable[str]) -> str:
    """Return the pattern of any of these words, the longest first."""
    return _either(map(re.escape, sorted(words, key=len, reverse=True)))


def _relative(info: dict[str, Any], key: str) -> list[str]:
    return _long(info["relative-type"].get(key, []), 3)


def _long(words: Iterable[str], least: int) -> list[str]:
    return [word for word in _lower(words) if len(word) >= least]


def _lower(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word.lower() for word in words))


def _either(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns) or '(?!)'})"
