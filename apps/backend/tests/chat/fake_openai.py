"""A small local server that speaks the OpenAI protocol and does what a test tells it, faults included."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Turn = dict[str, Any]


def text(*parts: str) -> Turn:
    """Answer with these pieces of text."""
    return {"deltas": [{"content": part} for part in parts]}


def tool(name: str, arguments: object) -> Turn:
    """Call a tool; the arguments come in two pieces, as they do from real servers."""
    raw = arguments if isinstance(arguments, str) else json.dumps(arguments)
    half = len(raw) // 2
    first = {"index": 0, "id": "call-1", "type": "function", "function": {"name": name, "arguments": raw[:half]}}
    second = {"index": 0, "function": {"arguments": raw[half:]}}
    return {"deltas": [{"tool_calls": [first]}, {"tool_calls": [second]}], "reason": "tool_calls"}


def status(code: int) -> Turn:
    """Fail with an HTTP status."""
    return {"status": code}


def broken(*parts: str) -> Turn:
    """Cut the connection after these pieces of text."""
    return {**text(*parts), "broken": True}


def silent() -> Turn:
    """Accept the request and say nothing."""
    return {"silent": True}


def held(*parts: str) -> Turn:
    """Wait for `released` after the first of these pieces of text."""
    return {**text(*parts), "held": True}


class FakeOpenAI:
    """Answers each request with the next turn. The last one is repeated."""

    def __init__(self) -> None:
        self.turns: list[Turn] = [text("Hello.")]
        self.requests: list[dict[str, Any]] = []
        self.released = threading.Event()
        self.url = ""

    def next_turn(self, request: dict[str, Any]) -> Turn:
        """Take one turn."""
        self.requests.append(request)
        return self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]


@contextmanager
def fake_openai() -> Iterator[FakeOpenAI]:
    """Run the server on a free port."""
    fake = FakeOpenAI()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            turn = fake.next_turn(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if turn.get("silent"):
                fake.released.wait(10)
                return
            if "status" in turn:
                self.send_response(turn["status"])
                self.send_header("Content-Length", "0")
                self.send_header("Retry-After-Ms", "1")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for delta in turn["deltas"]:
                self.chunk(delta, None)
                if turn.get("held"):
                    fake.released.wait(10)
            if not turn.get("broken"):
                self.chunk({}, turn.get("reason", "stop"))
                self.wfile.write(b"data: [DONE]\n\n")

        def chunk(self, delta: dict[str, Any], reason: str | None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            data = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "fake", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield fake
        finally:
            fake.released.set()
            server.shutdown()
