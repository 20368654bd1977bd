"""`python development/run.py MODULE` runs a module of the application to its end, as an init container does.

Code that hangs or fails is run again after the next edit. What fails is also tried again after a while: what it needs
may be late.
"""

import multiprocessing
import runpy
import signal
import sys
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Event, Thread
from types import FrameType

from edits import edits, end

LOOKS_AFTER_FAILURE = 10
"""After how many looks without an edit, one a second, a module that has failed is run again."""


def run(module: str) -> None:
    """Run a module as `python -m` does."""
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main(module: str) -> int:
    """Run it until it ends well, or until told to stop. Return the exit code."""
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    for handled in (signal.SIGTERM, signal.SIGINT):
        signal.signal(handled, stop)
    context = multiprocessing.get_context("spawn")

    def start() -> BaseProcess:
        process = context.Process(target=run, args=[module])
        process.start()
        Thread(target=stop_when_done, args=[process, stopped], daemon=True).start()
        return process

    seen = edits(stopped)
    process, looks = start(), 0
    for edited in seen:
        if process.exitcode == 0:
            break
        looks = looks + 1 if process.exitcode else 0
        if edited or looks == LOOKS_AFTER_FAILURE:
            end(process)
            process, looks = start(), 0
    end(process)
    return 0 if process.exitcode == 0 else 1


def stop_when_done(process: BaseProcess, stopped: Event) -> None:
    """Wait until a process has ended, and set `stopped` if it has ended well: nobody has to wait for the next look."""
    wait([process.sentinel])
    if process.exitcode == 0:
        stopped.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
