"""`python -m bench.served_apps app|hello PORT` serves one of the two on loopback, with the same server options."""

import sys

import uvicorn
from fastapi import FastAPI

from app.main import create_app


def hello() -> FastAPI:
    """The least that FastAPI can do: what everything else is compared with."""
    app = FastAPI()

    @app.get("/hello")
    async def say_hello() -> dict[str, str]:
        return {"hello": "world"}

    return app


if __name__ == "__main__":
    name, port = sys.argv[1:]
    uvicorn.run(
        {"app": create_app, "hello": hello}[name](),
        host="127.0.0.1",
        port=int(port),
        log_config=None,
        access_log=False,
        server_header=False,
    )
