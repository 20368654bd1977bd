"""What goes in and out of the todo endpoints."""

import re
import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from app.schemas import OPTIONAL, Input, Line, Paragraphs


def _only_iso(value: object) -> object:
    """Pydantic would take numbers for seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return value
    raise ValueError("write the day as YYYY-MM-DD")


def _only_number(value: object) -> object:
    """Pydantic would take "2" and true, too."""
    if isinstance(value, str | bool):
        raise ValueError("write a number")
    return value


Title = Annotated[Line, Field(max_length=200)]
Notes = Annotated[Paragraphs, Field(max_length=10_000)]
Priority = Annotated[
    int, Field(ge=0, le=3, description="0 none, 1 low, 2 medium, 3 high"), BeforeValidator(_only_number)
]
Tag = Annotated[Line, Field(max_length=40)]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(lambda tags: list(dict.fromkeys(tags)))]
Day = Annotated[date, BeforeValidator(_only_iso)]
DueDate = Annotated[Day, Field(description="The day, without a time: it is the same day wherever the owner is.")]
Recurrence = Literal["daily", "weekly", "monthly", "yearly"]
Position = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False, description="Higher comes first.")]


class TodoCreate(Input):
    """A new todo."""

    title: Title
    notes: Notes = ""
    priority: Priority = 0
    due_date: DueDate | None = None
    tags: Tags = Field(default_factory=list)
    recurrence: Recurrence | None = None


class TodoUpdate(Input):
    """What is to change. A field that is not sent stays."""

    title: Annotated[Title, OPTIONAL] = ""
    notes: Annotated[Notes, OPTIONAL] = ""
    done: Annotated[bool, OPTIONAL] = False
    priority: Annotated[Priority, OPTIONAL] = 0
    due_date: Annotated[DueDate | None, OPTIONAL] = None
    tags: Annotated[Tags, OPTIONAL] = ()  # type: ignore[assignment]
    recurrence: Annotated[Recurrence | None, OPTIONAL] = None
    position: Annotated[Position, OPTIONAL] = 0.0


class TodoOut(BaseModel):
    """A todo."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    title: str
    notes: str
    done: bool
    priority: int
    due_date: date | None
    tags: list[str]
    recurrence: Recurrence | None
    position: float
    version: int
    created_at: datetime
    updated_at: datetime


class Bulk(Input):
    """One action for many todos."""

    action: Literal["complete", "reopen", "delete", "restore"]
    ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=500)]


class BulkResult(BaseModel):
    """The todos that the action changed. Those already as asked, and those that are not there, are not among them."""

    ids: list[uuid.UUID]


Sort = Literal["-created_at", "created_at", "-position", "due_date", "-priority", "title"]


class TodoQuery(Input):
    """Which todos, in what order, how many."""

    q: Annotated[
        Paragraphs,
        Field(
            max_length=200,
            description="Words or parts of words, all of them in title, notes or tags. Case and accents do not matter.",
        ),
    ] = ""
    done: bool | None = None
    tag: Tag | None = None
    priority: Annotated[int, Field(ge=0, le=3)] | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    sort: Annotated[Sort, Field(description="A minus sign means descending.")] = "-created_at"
    limit: Annotated[int, Field(ge=1, le=200)] = 100
    cursor: Annotated[str, Field(max_length=2000, description="`X-Next-Cursor` of the page before")] = ""
