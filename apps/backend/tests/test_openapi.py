"""The contract is committed, and true."""

from pathlib import Path

from app.openapi import document

COMMITTED = Path(__file__).parent.parent / "openapi.json"


def test_committed_contract_is_current() -> None:
    assert COMMITTED.read_text() == document(), (
        "run 'uv run python -m app.openapi > openapi.json' and commit the result"
    )
