"""How the application starts: on half a CPU, each import is felt."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "needless"),
    [
        ("app.__main__", ["openai", "alembic", "zxcvbn", "dateparser", "icalendar"]),
        ("app.wait_for_database", ["openai", "alembic", "sqlalchemy", "fastapi"]),
    ],
)
def test_starts_without_loading_what_most_starts_do_not_need(module: str, needless: list[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert module in loaded
    assert not set(needless) & set(loaded), "loaded at start although it may never be used"
