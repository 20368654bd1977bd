"""What goes in and out of the chat endpoints."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import models_json_schema

from app.schemas import Input


class ChatInput(Input):
    """What the user says."""

    content: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
    ]


class ChatQuery(Input):
    """How much of the conversation."""

    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ChatMessageOut(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    role: Literal["user", "assistant"]
    content: str
    created_at: datetime


class Answer(Input):
    """Yes or no to a deletion that the assistant asked for."""

    approve: bool


class AnswerResult(BaseModel):
    """What became of it."""

    deleted: list[uuid.UUID]


class Text(BaseModel):
    """Event `text`: more of the answer."""

    text: str


class Changed(BaseModel):
    """Event `changed`: the assistant changed these todos."""

    action: Literal["added", "completed", "reopened", "edited"]
    todo_ids: list[uuid.UUID]


class Confirm(BaseModel):
    """Event `confirm`: the assistant wants to delete these todos. Answer at `/chat/confirmations/{id}`."""

    id: uuid.UUID
    todo_ids: list[uuid.UUID]
    titles: Annotated[list[str], Field(description="Of the todos, in the same order")]


class Done(BaseModel):
    """Event `done`: the answer is complete and stored."""

    assistant: Literal["model", "rules"]


class Failed(BaseModel):
    """Event `failed`: the answer ends here. What was said so far is stored, unless the database is what failed."""

    detail: str


ChatEvent = Text | Changed | Confirm | Done | Failed


def event_name(event: type[ChatEvent]) -> str:
    """Return the name under which an event is sent."""
    return event.__name__.lower()


def describe_events(document: dict[str, Any], path: str) -> None:
    """Add to an OpenAPI document what the stream of `POST path` holds, which FastAPI leaves open."""
    events: tuple[type[ChatEvent], ...] = get_args(ChatEvent)
    _, definitions = models_json_schema(
        [(event, "serialization") for event in events], ref_template="#/components/schemas/{model}"
    )
    document["components"]["schemas"] |= definitions["$defs"]
    stream = document["paths"][path]["post"]["responses"]["200"]["content"]["text/event-stream"]
    stream["itemSchema"] = {"oneOf": [_sent(event) for event in events]}


def _sent(event: type[ChatEvent]) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{event.__name__}"}
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": reference}
    properties = {"event": {"const": event_name(event)}, "data": data}
    return {"type": "object", "properties": properties, "required": ["event", "data"]}
