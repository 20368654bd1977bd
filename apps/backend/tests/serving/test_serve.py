"""The process as it runs in the container."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from app.settings import Settings
from tests.chat.chatting import MESSAGES
from tests.chat.fake_openai import FakeOpenAI, fake_openai, held
from tests.conftest import JWT_SECRET
from tests.database.postgres import free_port

HERE = Path(__file__).parents[2]


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    with fake_openai() as fake:
        yield fake


@pytest.fixture
def process(settings: Settings, tmp_path: Path, fake: FakeOpenAI) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "JWT_SECRET": JWT_SECRET,
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
        "PORT": str(port),
        "OPENAI_API_KEY": "canary-llm-key",
        "LLM_BASE_URL": fake.url,
    }
    command = [sys.executable, "-m", "app"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Uvicorn running" in line:
                break
        yield process, f"http://127.0.0.1:{port}"
        process.kill()


def test_sigterm_is_a_clean_end(process: tuple[subprocess.Popen[str], str]) -> None:
    running, url = process
    assert httpx2.get(f"{url}/health/ready").status_code == 200
    running.send_signal(signal.SIGTERM)
    output, _ = running.communicate(timeout=30)
    assert running.returncode == 0, output
    assert '"message": "stopped"' in output, "connections were not closed"


def test_sigterm_lets_an_open_stream_finish(
    process: tuple[subprocess.Popen[str], str], ann: TestClient, fake: FakeOpenAI
) -> None:
    running, url = process
    fake.turns = [held("Hel", "lo.")]
    headers = {"Authorization": ann.headers["Authorization"]}
    with httpx2.stream("POST", f"{url}{MESSAGES}", json={"content": "hi"}, headers=headers) as answer:
        lines = answer.iter_lines()
        assert any("Hel" in line for line in lines), "nothing was streamed"
        running.send_signal(signal.SIGTERM)
        assert running.stdout is not None
        assert any("Shutting down" in line for line in running.stdout)
        fake.released.set()
        rest = "\n".join(lines)
    assert "lo." in rest, f"the stream was cut off by the shutdown: {rest}"
    assert "event: done" in rest
    assert running.wait(timeout=30) == 0
    said = ann.get(MESSAGES).json()[-1]
    assert said["content"] == "Hello.", "the answer was not stored"


def test_answer_that_is_stopped_is_stored(
    process: tuple[subprocess.Popen[str], str], ann: TestClient, fake: FakeOpenAI
) -> None:
    _, url = process
    fake.turns = [held("Hel", "lo.")]
    headers = {"Authorization": ann.headers["Authorization"]}
    with httpx2.stream("POST", f"{url}{MESSAGES}", json={"content": "hi"}, headers=headers) as answer:
        assert any("Hel" in line for line in answer.iter_lines()), "nothing was streamed"
    for _ in range(100):
        said = [message["content"] for message in ann.get(MESSAGES).json()]
        if len(said) > 1:
            break
        time.sleep(0.05)
    assert said == ["hi", "Hel"]


def test_client_address_behind_a_proxy(process: tuple[subprocess.Popen[str], str]) -> None:
    running, url = process
    assert httpx2.get(f"{url}/nowhere", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    running.send_signal(signal.SIGTERM)
    output, _ = running.communicate(timeout=30)
    assert '"client": "203.0.113.7"' in output
