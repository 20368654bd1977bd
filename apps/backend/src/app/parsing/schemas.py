"""What goes in and out of the parser."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from app.schemas import Input, Paragraphs
from app.todos.schemas import DueTime, only_number

MOST_CHARACTERS = 1000
Place = Annotated[int, Field(ge=0, le=MOST_CHARACTERS * 2), BeforeValidator(only_number)]


class Part(Input):
    """A part of the text, in UTF-16 code units, as JavaScript counts them."""

    start: Place
    end: Place


class ParseInput(Input):
    """A todo as somebody types it in one line."""

    text: Annotated[Paragraphs, Field(min_length=1, max_length=MOST_CHARACTERS)]
    locale: Annotated[
        str,
        Field(
            max_length=35,
            pattern=r"^[A-Za-z0-9-]*$",
            description="BCP 47, such as de-AT. English is understood everywhere. The region says what 5/6/2027 means.",
        ),
    ] = ""
    keep: Annotated[
        list[Part], Field(max_length=50, description="Parts that are words of the title, whatever they look like")
    ] = Field(default_factory=list)


class Span(BaseModel):
    """What was understood by a part of the text, in UTF-16 code units."""

    kind: Literal["due", "recurrence", "tag", "priority"]
    start: int
    end: int


class Parsed(BaseModel):
    """What a text means, and which parts of it say so. The title is what is left; it may be empty."""

    title: str
    due_date: date | None
    due_time: DueTime | None
    recurrence: str | None
    repeat_from: Literal["due", "done"]
    tags: list[str]
    priority: int
    spans: list[Span]
