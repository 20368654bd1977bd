"""When does a repeating todo come again?"""

from calendar import monthrange
from datetime import date, timedelta

from app.todos.schemas import Recurrence

_DAYS: dict[Recurrence, int] = {"daily": 1, "weekly": 7}
_MONTHS: dict[Recurrence, int] = {"monthly": 1, "yearly": 12}


def next_due_date(due: date, recurrence: Recurrence) -> date:
    """Return the day one period after `due`; the last day of the month where the month is too short.

    After the year 9999 comes nothing: such a day stays as it is.
    """
    if due.year == date.max.year:
        return due
    if recurrence in _DAYS:
        return due + timedelta(days=_DAYS[recurrence])
    years, month = divmod(due.month - 1 + _MONTHS[recurrence], 12)
    year = due.year + years
    return date(year, month + 1, min(due.day, monthrange(year, month + 1)[1]))
