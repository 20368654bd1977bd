"""What the servers of development share: they notice edits, and end a process whatever its code does."""

import sys
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

import watchfiles

CODE = Path(__file__).parent.parent / "src"
GRACE_SECONDS = 0.5
"""How long a process may take to end by itself. Code that hangs never does."""


def edits(stopped: Event) -> Iterator[object]:
    """Give one item for each edit of the code, until `stopped` is set."""
    only_code = watchfiles.PythonFilter()
    try:
        yield from watchfiles.watch(CODE, watch_filter=only_code, step=20, stop_event=stopped)
    except OSError as error:
        sys.stderr.write(f"The code cannot be watched ({error}). It is looked through twice a second instead.\n")
        yield from watchfiles.watch(
            CODE, watch_filter=only_code, step=20, stop_event=stopped, force_polling=True, poll_delay_ms=500
        )


def end(process: BaseProcess) -> None:
    """End a process: in order if it can, else at once."""
    process.terminate()
    process.join(GRACE_SECONDS)
    process.kill()
    process.join()
