"""What goes in and out of export, import and feed."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from app.schemas import Input, Paragraphs
from app.todos.schemas import Day, DueTime, Notes, Priority, Recurrence, RepeatFrom, Tags, Title, TodoOut

Format = Literal["json", "csv", "ics"]
_YEARS = range(1900, 9999)
MOST_BYTES = 5 * 1024 * 1024
"""Largest body of an import."""


def _in_years(value: datetime) -> datetime:
    # At the ends of time it may be another year in UTC, which PostgreSQL has and Python does not.
    if value.year not in _YEARS:
        raise ValueError(f"write a moment of the years {_YEARS[0]} to {_YEARS[-1]}")
    return value


class ExportQuery(Input):
    """As which kind of file."""

    format: Format = "json"


class ImportInput(Input):
    """The text of a file."""

    format: Format
    content: Annotated[Paragraphs, Field(max_length=MOST_BYTES)]


class ImportProblem(BaseModel):
    """Why one todo of the file was left out. `line` is its line in CSV, and its number from 1 elsewhere."""

    line: int
    message: str


class ImportResult(BaseModel):
    """How many todos were added or restored, and how many were there already. Of the problems, the first 50."""

    added: int
    skipped: int
    problems: list[ImportProblem]


class FeedOut(BaseModel):
    """Whether there is a calendar at a secret address."""

    active: bool
    created_at: datetime | None


class NewFeed(BaseModel):
    """The secret address, under the one of the API. It is shown this once."""

    path: str
    created_at: datetime


class Exported(TodoOut):
    """A todo as it is written to a file."""

    anchor_day: int | None = None
    """The day of the month that a repeating todo is meant for, if it is due on another one: February has no 31st."""


class Item(BaseModel):
    """One todo in a file. What else a file says of it is left out."""

    id: Annotated[str, Field(max_length=1000)] = ""
    title: Title
    notes: Notes = ""
    done: bool = False
    priority: Priority = 0
    due_date: Day | None = None
    due_time: DueTime | None = None
    tags: Tags = Field(default_factory=list)
    recurrence: Recurrence | None = None
    repeat_from: RepeatFrom = "due"
    anchor_day: Annotated[int, Field(ge=1, le=31)] | None = None
    created_at: Annotated[AwareDatetime, AfterValidator(_in_years)] | None = None


class Numbered(BaseModel):
    """A todo of a file with its place in it."""

    line: int
    item: Item


def uuid_of(text: str) -> uuid.UUID | None:
    """Return the id that a text is; None if it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
