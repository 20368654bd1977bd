"""Serves the application while it is developed: after each edit by a new process, which has its libraries already."""

import multiprocessing
import os
import signal
import socket
from multiprocessing.process import BaseProcess
from threading import Event
from types import FrameType

import uvicorn
from edits import edits, end, was_killed


def serve(listener: socket.socket) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config("app.main:create_app", factory=True, access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    """Serve, and again after each edit and when the process was killed, until told to stop."""
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    for handled in (signal.SIGTERM, signal.SIGINT):
        signal.signal(handled, stop)
    # A process is forked from one that has loaded all libraries, which is most of what a start takes.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["libraries"])
    # Kept open: between two processes a request waits, and is not refused.
    listener = socket.create_server(("", int(os.environ.get("PORT", "8000"))), backlog=2048)

    def start() -> BaseProcess:
        process = context.Process(target=serve, args=[listener])
        process.start()
        return process

    seen = edits(stopped)
    process = start()
    for edited in seen:
        # Code that ended by itself waits for the next edit: it would only end again. Code that is killed again and
        # again is started once a second, which is how often there is something without an edit.
        if edited or was_killed(process):
            end(process)
            process = start()
    end(process)


if __name__ == "__main__":
    main()
