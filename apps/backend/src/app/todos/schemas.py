"""What goes in and out of the todo endpoints."""

import re
import uuid
from datetime import date, datetime, time
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from app.schemas import OPTIONAL, Input, Line, Paragraphs
from app.todos.recurrence import RULE, normal_rule


def _only_iso(value: object) -> object:
    """Pydantic would take numbers for seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return value
    raise ValueError("write the day as YYYY-MM-DD")


def only_number(value: object) -> object:
    """Pydantic would take "2" and true, too."""
    if isinstance(value, str | bool):
        raise ValueError("write a number")
    return value


def _only_minutes(value: object) -> object:
    if isinstance(value, time) or (isinstance(value, str) and re.fullmatch(_TIME, value)):
        return value
    raise ValueError("write the time as HH:MM")


def _rule(value: object) -> object:
    return normal_rule(value) if isinstance(value, str) else value


_TIME = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
Title = Annotated[Line, Field(max_length=200)]
Notes = Annotated[Paragraphs, Field(max_length=10_000)]
Priority = Annotated[
    int, Field(ge=0, le=3, description="0 none, 1 low, 2 medium, 3 high"), BeforeValidator(only_number)
]
Tag = Annotated[Line, Field(max_length=40)]
MOST_TAGS = 20
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(lambda tags: list(dict.fromkeys(tags)))]
Day = Annotated[date, BeforeValidator(_only_iso)]
DueDate = Annotated[Day, Field(description="The day, without a time: it is the same day wherever the owner is.")]
DueTime = Annotated[
    time,
    BeforeValidator(_only_minutes),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _TIME, "description": "HH:MM where the owner is. Needs a due date."}),
]
Recurrence = Annotated[
    str,
    BeforeValidator(_rule),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": RULE,
            "maxLength": 200,
            "description": "A rule of RFC 5545 without COUNT, such as FREQ=WEEKLY;BYDAY=MO,FR."
            " A month without the day has it on its last day.",
        }
    ),
]
RepeatFrom = Annotated[
    Literal["due", "done"],
    Field(description="What the next due date is counted from: this one, or the day on which the todo is completed."),
]
Position = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False, description="Higher comes first.")]


class NewTodo(Input):
    """What a new todo may have from the start."""

    title: Title
    notes: Notes = ""
    priority: Priority = 0
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    tags: Tags = Field(default_factory=list)
    recurrence: Recurrence | None = None
    repeat_from: RepeatFrom = "due"


class TodoCreate(NewTodo):
    """A new todo. Sent again with the same `id`, as after an answer that got lost, it is not added a second time."""

    id: Annotated[
        uuid.UUID | None,
        Field(description="Chosen by the caller, at random. Without it the todo gets one, and is added each time."),
    ] = None


class TodoUpdate(Input):
    """What is to change. A field that is not sent stays."""

    title: Annotated[Title, OPTIONAL] = ""
    notes: Annotated[Notes, OPTIONAL] = ""
    done: Annotated[bool, OPTIONAL] = False
    priority: Annotated[Priority, OPTIONAL] = 0
    due_date: Annotated[DueDate | None, OPTIONAL] = None
    due_time: Annotated[DueTime | None, OPTIONAL] = None
    tags: Annotated[Tags, OPTIONAL] = ()  # type: ignore[assignment]
    recurrence: Annotated[Recurrence | None, OPTIONAL] = None
    repeat_from: Annotated[RepeatFrom, OPTIONAL] = "due"
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
    due_time: DueTime | None
    tags: list[str]
    recurrence: str | None
    repeat_from: Literal["due", "done"]
    position: float
    version: int
    created_at: datetime
    updated_at: datetime


class TrashedTodo(TodoOut):
    """A todo in the trash. It is deleted for good 30 days after `deleted_at`."""

    deleted_at: datetime


class TrashQuery(Input):
    """Which part of the trash."""

    limit: Annotated[int, Field(ge=1, le=200)] = 100
    cursor: Annotated[str, Field(max_length=2000, description="`X-Next-Cursor` of the page before")] = ""


class Emptied(BaseModel):
    """What is gone for good."""

    deleted: int


class TodoCounts(BaseModel):
    """How many todos there are: open ones of each kind, those that are done, and those in the trash."""

    model_config = ConfigDict(from_attributes=True)

    open: int
    overdue: int
    today: int
    upcoming: int
    done: int
    trash: int


class BulkChanges(Input):
    """What the action `edit` changes. A field that is not sent stays."""

    due_date: Annotated[DueDate | None, OPTIONAL] = None
    due_time: Annotated[DueTime | None, OPTIONAL] = None
    priority: Annotated[Priority, OPTIONAL] = 0
    add_tags: Annotated[Tags, OPTIONAL] = ()  # type: ignore[assignment]
    remove_tags: Annotated[Tags, OPTIONAL] = ()  # type: ignore[assignment]


class Bulk(Input):
    """One action for many todos. `purge` deletes for good what is in the trash."""

    action: Literal["complete", "reopen", "delete", "restore", "edit", "purge"]
    ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=500)]
    changes: Annotated[BulkChanges | None, Field(description="With the action `edit` only")] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.action == "edit") != (self.changes is not None):
            raise ValueError("the action edit, and no other, goes with changes")
        return self


class ItemResult(BaseModel):
    """What became of one todo. `unchanged`: it is as asked already, or in the trash; `refused`: `detail` says why."""

    id: uuid.UUID
    result: Literal["changed", "unchanged", "not-found", "refused"]
    detail: str = ""


class BulkResult(BaseModel):
    """The todos that the action changed, and what became of each, in the order of the request."""

    ids: list[uuid.UUID]
    results: list[ItemResult]


Scope = Annotated[
    Literal["all", "one", "rejoin"],
    Field(
        description="What is changed of a repeating todo: it and all that follow, or this one; `rejoin` undoes `one`."
    ),
]
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
    due: Annotated[
        Literal["overdue", "today", "upcoming", "none"] | None,
        Field(description="Where the caller is. Overdue ones are open, and their day or time is over."),
    ] = None
    sort: Annotated[Sort, Field(description="A minus sign means descending.")] = "-created_at"
    limit: Annotated[int, Field(ge=1, le=200)] = 100
    cursor: Annotated[str, Field(max_length=2000, description="`X-Next-Cursor` of the page before")] = ""
