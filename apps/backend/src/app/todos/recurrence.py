"""When does a repeating todo come again?"""

from calendar import monthrange
from datetime import date, timedelta

from app.todos.schemas import Recurrence

_DAYS: dict[Recurrence, int] = {"daily": 1, "weekly": 7}
_MONTHS: dict[Recurrence, int] = {"monthly": 1, "yearly": 12}


def next_due_date(due: date, recurrence: Recurrence, *, today: date, anchor_day: int) -> date:
    """Return the first day after `due` on which the todo comes again, and none before `today`.

    By months and years it comes on the `anchor_day` of a month (1 to 31), or on the last day if the month is too short.
    After the year 9999 comes nothing: such a day stays as it is.
    """
    if due.year == date.max.year:
        return due
    if recurrence in _DAYS:
        days = _DAYS[recurrence]
        periods = max(1, -((due - today).days // days))
        return due + timedelta(days=periods * days)
    months = _MONTHS[recurrence]
    elapsed = (today.year - due.year) * 12 + today.month - due.month
    periods = max(1, elapsed // months)
    day = _months_later(due, periods * months, anchor_day)
    return day if day >= today else _months_later(due, (periods + 1) * months, anchor_day)


def anchor_of(due: date, remembered: int | None) -> int:
    """Return the day of the month that a todo repeats on.

    It is the remembered one if the month of `due` was too short for it, else the day of `due` itself.
    """
    if remembered is not None and due.day == min(remembered, _last_day(due.year, due.month)):
        return remembered
    return due.day


def _months_later(due: date, months: int, anchor_day: int) -> date:
    years, month = divmod(due.month - 1 + months, 12)
    year = due.year + years
    return date(year, month + 1, min(anchor_day, _last_day(year, month + 1)))


def _last_day(year: int, month: int) -> int:
    return monthrange(year, month)[1]
