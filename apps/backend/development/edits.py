"""What the servers of development share: they notice edits, and when a process was killed, and can end any process."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

import watchfiles

CODE = Path(__file__).parent.parent / "src"
GRACE_SECONDS = 0.5
"""How long a process may take to end by itself. Code that hangs never does."""


def edits(stopped: Event) -> Iterator[set[watchfiles.main.FileChange]]:
    """Until `stopped` is set, give the files of each edit of the code, and no files after each second without one.

    Edits count from this call on, also those that are made before the first look.
    """
    return looks(stopped, stamps())


def looks(stopped: Event, before: dict[str, int]) -> Iterator[set[watchfiles.main.FileChange]]:
    """As `edits`, in the way that the machine allows."""
    try:
        yield from with_missed(before, watched(stopped))
    except OSError as error:
        sys.stderr.write(f"The code cannot be watched ({error}). It is looked through twice a second instead.\n")
        yield from with_missed(before, watched(stopped, polling=True))


def stamps() -> dict[str, int]:
    """When each file of the code was written."""
    written = {}
    for file in CODE.rglob("*.py"):
        with suppress(FileNotFoundError):
            written[str(file)] = file.stat().st_mtime_ns
    return written


def with_missed(
    before: dict[str, int], seen: Iterator[set[watchfiles.main.FileChange]]
) -> Iterator[set[watchfiles.main.FileChange]]:
    """Add to the first look what was edited while nobody watched yet."""
    first = next(seen, None)
    if first is None:
        return
    missed = before.items() ^ stamps().items()
    yield first | {(watchfiles.Change.modified, file) for file, _ in missed}
    yield from seen


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
