"""`python -m app` serves the API until SIGTERM."""

import signal
import sys
from types import FrameType

import uvicorn

from app.main import create_app
from app.settings import load_settings


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Serve until told to stop; open requests are finished first."""
    # uvicorn raises the signal again after a clean stop, which would count as killed.
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    settings = load_settings()
    uvicorn.run(
        create_app(settings),
        host="0.0.0.0",  # noqa: S104  a container is reached from outside
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=settings.shutdown_grace_seconds,
    )


if __name__ == "__main__":
    main()
