"""Building blocks of all request bodies."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
]
"""One line with something to read in it."""

Paragraphs = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Any text. PostgreSQL cannot store the character NUL."""


class Input(BaseModel):
    """Unknown fields are refused: nobody sets an owner or a version from outside."""

    model_config = ConfigDict(extra="forbid")


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


OPTIONAL = Field(json_schema_extra=_without_default)
"""For fields of a change: left out means "stays as it is", which no default value can say."""
