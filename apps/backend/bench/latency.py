"""Times of single requests: the first token of the chat, sign-ins that fail, and searches."""

import time

import httpx2

from tests.chat.fake_openai import FakeOpenAI

PASSWORD = "a long enough passphrase"
API = "/api/v1"


def first_token_through(app: str, token: str) -> float:
    """Milliseconds until the chat streams its first word."""
    return _first(f"{app}{API}/chat/messages", {"content": "hi"}, {"Authorization": f"Bearer {token}"})


def first_token_direct(fake: FakeOpenAI) -> float:
    """Milliseconds until the language model streams its first word."""
    body = {"model": "fake", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    return _first(f"{fake.url}/chat/completions", body, {})


def _first(url: str, body: dict[str, object], headers: dict[str, str]) -> float:
    started = time.perf_counter()
    with httpx2.stream("POST", url, json=body, headers=headers) as answer:
        lines = answer.iter_lines()
        if not any("Hello" in line for line in lines):
            raise RuntimeError(f"{url} streamed no answer")
        milliseconds = (time.perf_counter() - started) * 1000
        for _ in lines:
            pass
    return milliseconds


def search(client: httpx2.Client, token: str, words: str) -> float:
    """Milliseconds until the todos with these words are there, on a connection that is kept as that of a browser is."""
    started = time.perf_counter()
    answer = client.get(f"{API}/todos", params={"q": words}, headers={"Authorization": f"Bearer {token}"})
    answer.raise_for_status()
    return (time.perf_counter() - started) * 1000


def sign_up(app: str, email: str) -> None:
    """Make an account with `PASSWORD`."""
    httpx2.post(f"{app}{API}/auth/signup", json={"email": email, "password": PASSWORD}).raise_for_status()


def failed_sign_in(app: str, email: str) -> float:
    """Milliseconds until a sign-in with a wrong password is refused."""
    started = time.perf_counter()
    answer = httpx2.post(f"{app}{API}/auth/signin", json={"email": email, "password": "wrong password"})
    if answer.status_code != 401:
        raise RuntimeError(f"a wrong password is answered with {answer.status_code}")
    return (time.perf_counter() - started) * 1000
