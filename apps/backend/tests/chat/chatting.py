"""Talking to the chat in tests."""

import json
from typing import Any

from starlette.testclient import TestClient

from tests.conftest import API

MESSAGES = f"{API}/chat/messages"
Event = tuple[str, dict[str, Any]]


def say(client: TestClient, content: str) -> list[Event]:
    """Send one message and return the events of the answer."""
    answer = client.post(MESSAGES, json={"content": content})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    blocks = [block for block in answer.text.split("\n\n") if block.strip() and not block.startswith(":")]
    return [_event(block) for block in blocks]


def text_of(events: list[Event]) -> str:
    return "".join(data["text"] for name, data in events if name == "text")


def names(events: list[Event]) -> list[str]:
    return [name for name, _ in events]


def titles(client: TestClient) -> list[str]:
    return [todo["title"] for todo in client.get(f"{API}/todos").json()]


def _event(block: str) -> Event:
    fields = dict(line.split(": ", 1) for line in block.splitlines())
    return fields["event"], json.loads(fields["data"])
