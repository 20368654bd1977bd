"""Servers to measure, and the load: wrk, from Debian."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

from tests.database.postgres import free_port

CONNECTIONS = 8


class Server(NamedTuple):
    """A server in a process of its own."""

    url: str
    pid: int


class Target(NamedTuple):
    """A request to repeat. `body` is JSON and makes it a POST."""

    server: Server
    path: str
    token: str = ""
    body: str = ""


class Result(NamedTuple):
    """What one run of the load tool saw."""

    per_second: float
    p99_ms: float
    cpu_us: float
    """Processor time of the server process for one request: what is left where others use the processors, too."""


@contextmanager
def serving(name: str, **settings: str) -> Iterator[Server]:
    """Serve `app` or `hello` by one worker."""
    port = free_port()
    command = [sys.executable, "-m", "bench.served_apps", name, str(port)]
    environment = {"PATH": os.environ["PATH"], **settings}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield Server(_wait_for(f"http://127.0.0.1:{port}", process), process.pid)
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        try:
            httpx2.get(url)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise RuntimeError("the server did not start")


def load(target: Target) -> Result:
    """Ask as often as possible for two seconds. Raises if one answer was not a success."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("the load tool is missing: run 'apt-get install wrk'")
    command = [wrk, "-t1", f"-c{CONNECTIONS}", "-d2s", "--latency", "-s", "bench/request.lua"]
    url = target.server.url + target.path
    environment = {"TOKEN": target.token, "BODY": target.body}
    before = _cpu_seconds(target.server.pid)
    output = subprocess.run([*command, url], env=environment, check=True, capture_output=True, text=True).stdout
    requests = int(_find(r"(\d+) requests in", output)[0])
    if not requests or "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(f"{url} failed under load:\n{output}")
    cpu_us = (_cpu_seconds(target.server.pid) - before) / requests * 1e6
    return Result(float(_find(r"Requests/sec:\s+([\d.]+)", output)[0]), _milliseconds(output), cpu_us)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _milliseconds(output: str) -> float:
    value, unit = _find(r"99%\s+([\d.]+)(us|ms|s)", output)
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def _find(pattern: str, output: str) -> tuple[str, ...]:
    found = re.search(pattern, output)
    if found is None:
        raise RuntimeError(f"wrk says nothing like {pattern}:\n{output}")
    return found.groups()
