"""What goes in and out of the todo endpoints."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# One line with something to read in it.
Title = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    ),
]


def _without_default(schema: dict[str, Any]) -> None:
    """Left out means "stays as it is", which no default value can say."""
    schema.pop("default", None)


_OPTIONAL = Field(json_schema_extra=_without_default)


class Input(BaseModel):
    """Unknown fields are refused: nobody sets an owner or an id from outside."""

    model_config = ConfigDict(extra="forbid")


class TodoCreate(Input):
    """A new todo."""

    title: Title


class TodoUpdate(Input):
    """What is to change. A field that is not sent stays."""

    title: Annotated[Title, _OPTIONAL] = ""
    done: Annotated[bool, _OPTIONAL] = False


class TodoOut(BaseModel):
    """A todo."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    title: str
    done: bool
    created_at: datetime
    updated_at: datetime
