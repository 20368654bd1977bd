"""Days in numbers: "2027-06-05", "5.6.", "05/06/2027"."""

import re
from datetime import date

ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DOTTED = r"[0-9]{1,2}\.[ ]?[0-9]{1,2}\.(?:[ ]?[0-9]{4})?"
SLASHED = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
_LOCALE = re.compile("(?P<language>[A-Z]*)(?:-[A-Z]{4})?(?:-(?P<region>[A-Z]{2}|[0-9]{3}))?(?:-|$)")
_MONTH_FIRST = ("", "US", "AS", "BI", "GU", "MH", "MP", "PH", "PR", "UM", "VI")
"""Regions in which English is written with the month before the day, as the CLDR has it."""
_YEARS_TO_LEAP_DAY = 8


def month_first(locale: str) -> bool:
    """Say whether people of this locale (BCP 47) write 5/6/2027 for the sixth of May. So does who names none."""
    parts = _LOCALE.match(locale.upper())
    return parts is not None and parts["language"] in ("", "EN") and (parts["region"] or "") in _MONTH_FIRST


def numbered_day(text: str, today: date, *, month_first: bool) -> date | None:
    """Return the day that `text` is in numbers; None if there is none. Without a year it is the next one.

    With dots the day is before the month everywhere. With slashes it depends, unless only one order is a day.
    """
    numbers = [int(number) for number in re.findall("[0-9]+", text)]
    if re.fullmatch(ISO, text):
        return _day(*numbers)
    if re.fullmatch(SLASHED, text):
        one, two, year = numbers
        first, second = _day(year, two, one), _day(year, one, two)
        return (second or first) if month_first else (first or second)
    day, month, *given = numbers
    if given:
        return _day(given[0], month, day)
    days = (_day(today.year + years, month, day) for years in range(_YEARS_TO_LEAP_DAY + 1))
    return next((found for found in days if found and found >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
