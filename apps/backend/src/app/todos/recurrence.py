"""When does a repeating todo come again? Rules are those of RFC 5545 (RRULE), for days."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil import rrule

WORDS = ("daily", "weekly", "monthly", "yearly")
"""The rules that the first releases knew."""
_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "BYMONTH": "(?:[1-9]|1[0-2])",
    "BYMONTHDAY": "-?(?:[1-9]|[12][0-9]|3[01])",
    "BYDAY": f"(?:-?[1-5])?{_DAY}",
    "BYSETPOS": "-?(?:[1-9]|[12][0-9]|3[01])",
    "WKST": _DAY,
    "UNTIL": "[0-9]{8}",
}
_LISTS = ("BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS")
_MOST_CHARACTERS = 200
RULE = rf"^(?:{'|'.join(WORDS)}|FREQ=({_PARTS['FREQ']})(?:;[A-Z]+=[A-Z0-9,-]+)*)$"
"""Pattern of what may be a rule. `normal_rule` says whether it is one."""

_PERIODS = {"DAILY": 400, "WEEKLY": 600, "MONTHLY": 480, "YEARLY": 40}
"""How many of its own periods a rule is followed into the future: one that has not come by then does not come."""
_LAST_SURE_DAY = 28


def normal_rule(text: str) -> str:
    """Return the rule in capitals, its parts in one order. Takes "daily", "weekly", "monthly" and "yearly" too.

    Raises `ValueError` for anything that is no rule, that todos cannot follow, or that never comes.
    """
    if text in WORDS:
        return f"FREQ={text.upper()}"
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"write a rule of at most {_MOST_CHARACTERS} characters")
    parts = _parts(text.upper().removeprefix("RRULE:"))
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    rule = ";".join(f"{name}={parts[name]}" for name in _PARTS if name in parts)
    never_ending = ";".join(part for part in rule.split(";") if not part.startswith("UNTIL="))
    if next_due_date(date(2024, 1, 1), never_ending, earliest=date(2024, 1, 1), anchor_day=1) is None:
        raise ValueError("this rule never comes")
    return rule


def _parts(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name == "UNTIL":
            value = value[:8]
        pattern = _PARTS.get(name, "(?!)")
        if name in _LISTS:
            pattern = f"{pattern}(?:,{pattern})*"
        if name in parts or not re.fullmatch(pattern, value):
            raise ValueError(f"write a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=MO,FR: {part[:40]} cannot be read")
        parts[name] = ",".join(dict.fromkeys(value.split(",")))
    _refuse_what_does_not_fit(parts)
    return parts


def _refuse_what_does_not_fit(parts: dict[str, str]) -> None:
    frequency = parts.get("FREQ")
    if frequency is None:
        raise ValueError("a rule begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    without_month = frequency in ("DAILY", "WEEKLY")
    if without_month and ({"BYMONTH", "BYMONTHDAY", "BYSETPOS"} & parts.keys() or re.search("[0-9]", _by_day(parts))):
        raise ValueError(f"FREQ={frequency} goes with INTERVAL, BYDAY (without numbers), WKST and UNTIL")
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        raise ValueError("BYSETPOS chooses among the days of BYDAY or BYMONTHDAY")
    if "UNTIL" in parts:
        _until(parts)


def _by_day(parts: dict[str, str]) -> str:
    return parts.get("BYDAY", "")


def _until(parts: dict[str, str]) -> date:
    if "UNTIL" not in parts:
        return date.max
    try:
        return datetime.strptime(parts["UNTIL"], "%Y%m%d").date()
    except ValueError as error:
        raise ValueError("UNTIL is a day, written YYYYMMDD") from error


@lru_cache(maxsize=1000)
def next_due_date(due: date, rule: str, *, earliest: date, anchor_day: int) -> date | None:
    """Return the first day after `due`, and not before `earliest`, on which a todo comes again; None if it is over.

    A rule that names no day goes by that of `due`: its weekday, or `anchor_day` (1 to 31) of the month. A month without
    the day has it on its last day.
    """
    parts = dict(part.split("=") for part in rule.split(";"))
    if due == date.max:
        return None
    after = max(due + timedelta(days=1), earliest)
    days = [day for day in _firsts(parts, due, after, anchor_day) if day <= _until(parts)]
    return min(days, default=None)


def calendar_rule(rule: str, due: date, anchor_day: int) -> str | None:
    """Return the rule as other calendars understand it, which leave out a month without the day.

    None where no single rule says that.
    """
    parts = dict(part.split("=") for part in rule.split(";"))
    days = list(_days(parts, due, anchor_day))
    if len(days) != 1:
        return None
    parts = {name: value for name, value in parts.items() if name not in _LISTS} | days[0]
    return ";".join(f"{name}={parts[name]}" for name in _PARTS if name in parts)


def anchor_of(due: date, remembered: int | None) -> int:
    """Return the day of the month that a todo repeats on.

    It is the remembered one if the month of `due` was too short for it, else the day of `due` itself.
    """
    if remembered is not None and due.day == min(remembered, monthrange(due.year, due.month)[1]):
        return remembered
    return due.day


def _firsts(parts: dict[str, str], due: date, after: date, anchor_day: int) -> Iterator[date]:
    interval = int(parts.get("INTERVAL", "1"))
    start = _latest_start(parts["FREQ"], due, after, interval)
    end = _latest_end(parts["FREQ"], after, interval).isoformat().replace("-", "")
    options = [
        f"FREQ={parts['FREQ']}",
        f"INTERVAL={interval}",
        f"WKST={parts.get('WKST', 'MO')}",
        f"UNTIL={end}T000000",
    ]
    for days in _days(parts, due, anchor_day):
        text = ";".join([*options, *(f"{name}={value}" for name, value in days.items())])
        found = rrule.rrulestr(text, dtstart=datetime(start.year, start.month, start.day))
        first = found.after(datetime(after.year, after.month, after.day), inc=True)
        if first is not None:
            yield first.date()


def _days(parts: dict[str, str], due: date, anchor_day: int) -> Iterator[dict[str, str]]:
    """Take a rule apart, so that a month without the day can have it on its last day, which no single rule can say."""
    given = {name: parts[name] for name in _LISTS if name in parts}
    if parts["FREQ"] in ("DAILY", "WEEKLY") or {"BYDAY", "BYSETPOS"} & given.keys():
        yield given
        return
    yearly = parts["FREQ"] == "YEARLY"
    days = [int(day) for day in given.get("BYMONTHDAY", str(anchor_day)).split(",")]
    every = str(due.month) if "BYMONTHDAY" not in given else ",".join(map(str, range(1, 13)))
    months = given.get("BYMONTH", every if yearly else "")
    sure = ",".join(str(day) for day in days if day <= _LAST_SURE_DAY)
    in_months = {"BYMONTH": months} if months else {}
    if sure:
        yield {**in_months, "BYMONTHDAY": sure}
    for day in days:
        if day > _LAST_SURE_DAY:
            last = ",".join(str(number) for number in range(_LAST_SURE_DAY, day + 1))
            for month in months.split(","):
                one = {"BYMONTH": month} if month else {}
                yield {**one, "BYMONTHDAY": last, "BYSETPOS": "-1"}


def _latest_start(frequency: str, due: date, after: date, interval: int) -> date:
    """Return a start that gives the same days from `after` on as `due` does: an old todo would be followed for long."""
    if frequency in ("DAILY", "WEEKLY"):
        period = interval * (7 if frequency == "WEEKLY" else 1)
        return due + timedelta(days=(after - due).days // period * period)
    months = interval * (12 if frequency == "YEARLY" else 1)
    since = after.year * 12 + after.month - (due.year * 12 + (1 if frequency == "YEARLY" else due.month))
    first = 1 if frequency == "YEARLY" else due.month
    years, month = divmod(first - 1 + since // months * months, 12)
    return date(due.year + years, month + 1, 1)


def _latest_end(frequency: str, after: date, interval: int) -> date:
    days = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}[frequency] * _PERIODS[frequency] * interval
    return after + timedelta(days=min(days, (date.max - after).days))
