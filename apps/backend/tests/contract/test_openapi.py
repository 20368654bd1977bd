"""The contract is committed, and true."""

import json
from pathlib import Path

from app.openapi import document

COMMITTED = Path(__file__).parents[2] / "openapi.json"


def test_committed_contract_is_current() -> None:
    assert COMMITTED.read_text() == document(), (
        "run 'uv run python -m app.openapi > openapi.json' and commit the result"
    )


def test_events_of_the_chat_are_described() -> None:
    contract = json.loads(COMMITTED.read_text())
    answer = contract["paths"]["/api/v1/chat/messages"]["post"]["responses"]["200"]
    events = [event["properties"] for event in answer["content"]["text/event-stream"]["itemSchema"]["oneOf"]]
    assert {event["event"]["const"] for event in events} == {"text", "changed", "confirm", "done", "failed"}
    for event in events:
        name = event["data"]["contentSchema"]["$ref"].removeprefix("#/components/schemas/")
        assert contract["components"]["schemas"][name]["properties"], f"{name} is not described"
