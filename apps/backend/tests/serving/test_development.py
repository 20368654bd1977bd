"""The server of `npm run dev`, as it runs in the pod, with a small application in a folder of its own."""

import errno
import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import httpx2
import pytest
import watchfiles

from tests.database.postgres import free_port

DEVELOPMENT = Path(__file__).parents[2] / "development"
PATIENCE_SECONDS = 30
HANGS = "time.sleep(3600)"


def code(answer: str, first: str = "", handler: str = "pass", kind: str = "async def") -> str:
    """An application that answers with a word, after what it is told to do when it is loaded and when it is asked."""
    return f"""
import signal
import time

from fastapi import FastAPI

{first}


def create_app():
    app = FastAPI()

    @app.get("/")
    {kind} read():
        {handler}
        return "{answer}"

    return app
"""


class Development:
    """A running server of development."""

    def __init__(self, folder: Path) -> None:
        self.main = folder / "src/app/main.py"
        self.main.parent.mkdir(parents=True)
        (self.main.parent / "__init__.py").touch()
        shutil.copytree(DEVELOPMENT, folder / "development")
        self.port = free_port()
        self.folder = folder

    @contextmanager
    def run(self, text: str) -> Iterator[None]:
        """Run it with some code, then tell it to stop."""
        self.main.write_text(text)
        python_path = f"{self.folder / 'src'}:{self.folder / 'development'}"
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": python_path, "PORT": str(self.port)}
        command = [sys.executable, "development/serve.py"]
        with subprocess.Popen(command, cwd=self.folder, env=environment, start_new_session=True) as process:
            try:
                yield
                process.terminate()
                assert process.wait(PATIENCE_SECONDS) == 0
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def answer(self) -> str:
        """What it says, `nothing` when it takes too long, `refused` while it has not begun to listen."""
        try:
            return str(httpx2.get(f"http://127.0.0.1:{self.port}/", timeout=2).json())
        except httpx2.ConnectError:
            return "refused"
        except httpx2.TransportError:
            return "nothing"

    def answers(self, wanted: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (said := self.answer()) != wanted:
            assert time.monotonic() < deadline, f"it must answer {wanted}, and answers {said}"
            time.sleep(0.05)


@pytest.fixture
def development(tmp_path: Path) -> Development:
    return Development(tmp_path)


@pytest.fixture
def running(development: Development) -> Iterator[Development]:
    with development.run(code("one")):
        development.answers("one")
        yield development


@pytest.mark.parametrize(
    "hanging",
    [
        pytest.param(code("two", handler=HANGS), id="a handler that blocks the event loop"),
        pytest.param(code("two", handler="while True: pass"), id="a handler that computes for ever"),
        pytest.param(code("two", handler=HANGS, kind="def"), id="a handler in a thread"),
        pytest.param(code("two", first=HANGS), id="code that hangs while it is loaded"),
        pytest.param(
            code("two", first="signal.signal = lambda *_: None", handler=HANGS), id="code that takes signals away"
        ),
    ],
)
def test_code_that_hangs_is_replaced_by_the_next_edit(running: Development, hanging: str) -> None:
    running.main.write_text(hanging)
    running.answers("nothing")
    running.main.write_text(code("three"))
    running.answers("three")


def test_code_that_hangs_at_the_start_is_replaced_by_the_next_edit(development: Development) -> None:
    with development.run(code("one", first=HANGS)):
        development.answers("nothing")
        development.main.write_text(code("two"))
        development.answers("two")


def test_a_server_that_hangs_ends_when_it_is_told_to(development: Development) -> None:
    with development.run(code("one", handler=HANGS)):
        development.answers("nothing")


KILLS_ITSELF = "os.kill(os.getpid(), signal.SIGKILL)"


def test_a_server_that_is_killed_is_replaced_without_an_edit(development: Development) -> None:
    killed = development.folder / "killed"
    handler = f"Path({str(killed)!r}).exists() or (Path({str(killed)!r}).touch(), {KILLS_ITSELF})"
    with development.run(code("one", first="import os; from pathlib import Path", handler=handler)):
        development.answers("one")
        assert killed.exists()


def test_code_that_is_killed_whenever_it_starts_is_replaced_by_the_next_edit(running: Development) -> None:
    running.main.write_text(code("two", first=f"import os; {KILLS_ITSELF}"))
    running.answers("nothing")
    running.main.write_text(code("three"))
    running.answers("three")


def test_code_that_ends_by_itself_is_not_tried_again_before_the_next_edit(running: Development) -> None:
    starts = running.folder / "starts"
    running.main.write_text(code("two", first=f"open({str(starts)!r}, 'a').write('1'); raise SystemExit(1)"))
    running.answers("nothing")
    # Longer than the server lets pass between two looks at its process.
    time.sleep(2.5)
    assert starts.read_text() == "1"
    running.main.write_text(code("three"))
    running.answers("three")


class Run:
    """A module that is run to its end, as by an init container of development."""

    def __init__(self, folder: Path, text: str) -> None:
        self.main = folder / "src/app/main.py"
        self.main.parent.mkdir(parents=True)
        (self.main.parent / "__init__.py").touch()
        shutil.copytree(DEVELOPMENT, folder / "development")
        self.log = folder / "log"
        self.edit(text)
        # As in the image. Bytecode of a file of the same second and size would be taken for that of the file.
        python = {"PYTHONPATH": f"{folder / 'src'}:{folder / 'development'}", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "development/run.py", "app.main"]
        environment = {"PATH": os.environ["PATH"], **python}
        self.process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True)

    def edit(self, text: str) -> None:
        self.main.write_text(
            f"with open({str(self.log)!r}, 'a') as log: log.write('started ')\nimport sys, time\n{text}"
        )

    def started(self, times: int) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (self.log.exists() and self.log.read_text().count("started") >= times):
            assert time.monotonic() < deadline, "it must have been started"
            time.sleep(0.05)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Any]:
    made: list[Run] = []

    def run(text: str) -> Run:
        made.append(Run(tmp_path, text))
        return made[-1]

    yield run
    for each in made:
        with suppress(ProcessLookupError):
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.wait()


def test_what_runs_before_the_application_ends_with_its_own_end(runs: Any) -> None:  # noqa: ANN401
    assert runs("sys.exit(0)").process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.parametrize("broken", [HANGS, "raise RuntimeError", "sys.exit(1)", "not python"])
def test_what_runs_before_the_application_and_hangs_or_fails_is_run_again_after_the_next_edit(
    broken: str,
    runs: Any,  # noqa: ANN401
) -> None:
    run = runs(HANGS)
    run.started(1)
    run.edit(broken)
    # A file that is no Python never starts.
    run.started(1 if broken == "not python" else 2)
    run.edit("sys.exit(0)")
    assert run.process.wait(PATIENCE_SECONDS) == 0


def test_what_runs_before_the_application_and_fails_is_tried_again_without_an_edit(runs: Any) -> None:  # noqa: ANN401
    run = runs(f"open({'log'!r}).read().count('started') > 1 or sys.exit(1)")
    assert run.process.wait(PATIENCE_SECONDS) == 0


def test_what_runs_before_the_application_and_hangs_ends_when_it_is_told_to(runs: Any) -> None:  # noqa: ANN401
    run = runs(HANGS)
    run.started(1)
    run.process.terminate()
    assert run.process.wait(PATIENCE_SECONDS) == 1


@pytest.fixture
def edits(development: Development, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    """What tells a server of edits, in this process, for the code of a folder of its own."""
    monkeypatch.syspath_prepend(str(development.folder / "development"))
    monkeypatch.delitem(sys.modules, "edits", raising=False)
    return importlib.import_module("edits").edits


def limit_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to watch files, as the kernel does it when too many are watched already."""
    watch = watchfiles.watch

    def limited(*args: Any, **options: Any) -> Iterator[object]:  # noqa: ANN401
        if not options.get("force_polling"):
            raise OSError(errno.ENOSPC, "OS file watch limit reached")
        return watch(*args, **options)

    monkeypatch.setattr(watchfiles, "watch", limited)


@pytest.mark.parametrize("limited", [False, True])
def test_the_server_looks_at_its_process_while_nothing_is_edited(
    limited: bool,
    edits: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if limited:
        limit_watches(monkeypatch)
    stopped = Event()
    timer = Timer(PATIENCE_SECONDS, stopped.set)
    timer.start()
    looks = edits(stopped)
    # The files of the application may have been made so late that they are seen as an edit.
    assert set() in (next(looks, None), next(looks, None))
    timer.cancel()


@pytest.mark.parametrize("limited", [False, True])
def test_an_edit_before_the_first_look_is_seen(
    limited: bool,
    edits: Any,  # noqa: ANN401
    development: Development,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if limited:
        limit_watches(monkeypatch)
    development.main.write_text(code("one"))
    stopped = Event()
    looks = edits(stopped)
    development.main.write_text(code("two"))
    timer = Timer(PATIENCE_SECONDS, stopped.set)
    timer.start()
    assert str(development.main) in str(next(looks))
    timer.cancel()


def test_edits_are_seen_where_files_cannot_be_watched(
    edits: Any,  # noqa: ANN401
    development: Development,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    limit_watches(monkeypatch)
    stopped = Event()
    development.main.write_text(code("one"))

    def edit() -> None:
        while not stopped.wait(0.2):
            development.main.write_text(code(str(time.monotonic())))

    editor = Thread(target=edit)
    editor.start()
    seen = next(filter(None, edits(stopped)))
    stopped.set()
    editor.join()
    assert str(development.main) in str(seen)
    assert "cannot be watched" in capfd.readouterr().err
