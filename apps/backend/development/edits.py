"""What the servers of development share: they notice edits, and when a process was killed, and can end any process."""

import sys
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

import watchfiles

CODE = Path(__file__).parent.parent / "src"
GRACE_SECONDS = 0.5
"""How long a process may take to end by itself. Code that hangs never does."""


def edits(stopped: Event) -> Iterator[set[watchfiles.main.FileChange]]:
    """Until `stopped` is set, give the files of each edit of the code, and no files after each second without one."""
    try:
        yield from watched(stopped)
    except OSError as error:
        sys.stderr.write(f"The code cannot be watched ({error}). It is looked through twice a second instead.\n")
        yield from watched(stopped, polling=True)


def watched(stopped: Event, *, polling: bool = False) -> Iterator[set[watchfiles.main.FileChange]]:
    """As `edits`, in one of the two ways to notice them."""
    return watchfiles.watch(
        CODE,
        watch_filter=watchfiles.PythonFilter(),
        step=20,
        stop_event=stopped,
        rust_timeout=1_000,
        yield_on_timeout=True,
        force_polling=polling or None,
        poll_delay_ms=500,
    )


def end(process: BaseProcess) -> None:
    """End a process: in order if it can, else at once."""
    process.terminate()
    process.join(GRACE_SECONDS)
    process.kill()
    process.join()


def was_killed(process: BaseProcess) -> bool:
    """Tell whether a signal ended a process, as when its memory ran out. Code that is broken ends by itself."""
    return process.exitcode is not None and process.exitcode < 0
