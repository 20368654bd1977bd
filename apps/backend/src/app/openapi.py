"""`python -m app.openapi > openapi.json` writes the contract that clients are made from."""

import json
import sys

from app.main import create_app
from app.settings import Settings


def document() -> str:
    """Return the OpenAPI document of the default settings, as it is committed."""
    settings = Settings(database_url="postgresql://nobody@localhost/none", jwt_secret="n" * 32)
    return json.dumps(create_app(settings).openapi(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
