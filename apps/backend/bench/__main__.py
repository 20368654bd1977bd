"""Measure everything in alternating rounds and print tables: minimum, median and maximum of the rounds."""

import logging
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from statistics import median

import httpx2

from bench.data import Filled, fill
from bench.latency import API, failed_sign_in, first_token_direct, first_token_through, search, sign_up
from bench.load import CONNECTIONS, Server, Target, load, serving
from tests.chat.fake_openai import fake_openai
from tests.database.postgres import running_server

ROUNDS = 5
FEW = ", few others"
SAMPLES = 40
LISTS = {
    "list": "",
    "search": "?q=milk",
    "tag": "?tag=week7",
    "not done, by priority": "?done=false&sort=-priority",
    "by title": "?sort=title",
}


def measure_load(hello: Server, large: tuple[Server, Filled], small: tuple[Server, Filled]) -> None:
    """Requests per second against hello, and the large database against the small one."""
    targets = {"hello": Target(hello, "/hello")}
    for label, (server, filled) in (("", large), (FEW, small)):
        for name, query in LISTS.items():
            targets[name + label] = Target(server, f"{API}/todos{query}", filled.token)
    # Last, since it makes the databases grow.
    for label, (server, filled) in (("", large), (FEW, small)):
        targets[f"add{label}"] = Target(server, f"{API}/todos", filled.token, '{"title": "Buy milk"}')
    for target in targets.values():
        load(target)
    rounds = [{name: load(target) for name, target in targets.items()} for _ in range(ROUNDS)]
    print(f"{CONNECTIONS} connections, {ROUNDS} rounds: minimum / median / maximum")
    print("| request | requests/s | of hello, % | p99, ms | CPU, µs | of hello by CPU, % |\n| - | - | - | - | - | - |")
    for name in targets:
        results, hellos = [each[name] for each in rounds], [each["hello"] for each in rounds]
        pairs = list(zip(results, hellos, strict=True))
        columns = [
            spread((result.per_second for result in results), 0),
            spread((100 * result.per_second / hello.per_second for result, hello in pairs), 1),
            spread((result.p99_ms for result in results), 1),
            spread((result.cpu_us for result in results), 0),
            spread((100 * hello.cpu_us / result.cpu_us for result, hello in pairs), 1),
        ]
        print(f"| {name} | {' | '.join(columns)} |")
    print("\n| request | 100,000 todos over 2,000: requests/s | CPU |\n| - | - | - |")
    for name in (*LISTS, "add"):
        pairs = [(each[name], each[name + FEW]) for each in rounds]
        speeds = spread((many.per_second / few.per_second for many, few in pairs), 2)
        print(f"| {name} | {speeds} | {spread((many.cpu_us / few.cpu_us for many, few in pairs), 2)} |")


def measure_latency(stack: ExitStack, filled: Filled) -> None:
    """The first token of the chat, and sign-ins to accounts that exist and that do not."""
    fake = stack.enter_context(fake_openai())
    chat = {"OPENAI_API_KEY": "none", "LLM_BASE_URL": fake.url}
    app = stack.enter_context(serving("app", **filled.settings, **chat)).url
    first_token_through(app, filled.token)
    through, direct, known, unknown = [], [], [], []
    for number in range(SAMPLES):
        through.append(first_token_through(app, filled.token))
        direct.append(first_token_direct(fake))
        # Accounts of their own: ten failures in a row are throttled.
        sign_up(app, f"known{number}@example.com")
        known.append(failed_sign_in(app, f"known{number}@example.com"))
        unknown.append(failed_sign_in(app, f"unknown{number}@example.com"))
    print(f"\n{SAMPLES} rounds\n| request | ms |\n| - | - |")
    print(f"| first token through the backend | {spread(through, 1)} |")
    print(f"| first token directly | {spread(direct, 1)} |")
    print(f"| sign-in, wrong password | {spread(known, 1)} |")
    print(f"| sign-in, unknown address | {spread(unknown, 1)} |")


def measure_search(stack: ExitStack, filled: Filled) -> None:
    """Searches of one user among 20,000 todos: a word of many, of one, and of none."""
    app = stack.enter_context(serving("app", **filled.settings)).url
    client = stack.enter_context(httpx2.Client(base_url=app))
    print(f"\n{SAMPLES} rounds\n| search among 20,000 own todos | ms |\n| - | - |")
    for words in ("milk", "no. 19999", "nowhere"):
        search(client, filled.token, words)
        print(f"| {words} | {spread((search(client, filled.token, words) for _ in range(SAMPLES)), 1)} |")


def spread(values: Iterable[float], digits: int) -> str:
    """Return minimum, median and maximum."""
    ordered = sorted(values)
    return " / ".join(f"{value:,.{digits}f}" for value in (ordered[0], median(ordered), ordered[-1]))


def main() -> None:
    """Run all measurements."""
    logging.disable(logging.ERROR)
    with ExitStack() as stack:
        server = stack.enter_context(running_server())
        large, small = fill(server, "todo"), fill(server, "small")
        many, few = (stack.enter_context(serving("app", **filled.settings)) for filled in (large, small))
        hello = stack.enter_context(serving("hello"))
        measure_load(hello, (many, large), (few, small))
        sys.stdout.flush()
        measure_latency(stack, large)
        measure_search(stack, fill(server, "many_own"))


if __name__ == "__main__":
    main()
