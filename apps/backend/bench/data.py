"""Three databases. The others have 1,000 todos in the small one, 99,000 in the large one, and 80,000 in the one where a
user has 20,000. Elsewhere the user has 1,000.
"""

import uuid
from typing import NamedTuple

import psycopg

from app.auth.tokens import TokenContent, issue_tokens
from app.settings import Settings
from app.wait_for_database import main as migrate
from tests.database.postgres import Server

OWN = {"small": 1_000, "todo": 1_000, "many_own": 20_000}
OTHERS = {"small": 1_000, "todo": 99_000, "many_own": 80_000}
"""Todos of the user, and of others, by database."""

_USER = "INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), %s, '-') RETURNING id"
_SESSION = (
    "INSERT INTO sessions (id, user_id, generation, expires_at)"
    " VALUES (gen_random_uuid(), %s, 1, now() + interval '1 day') RETURNING id"
)
_TODOS = """
INSERT INTO todos (id, owner_id, title, notes, done, priority, due_date, tags, created_at)
SELECT gen_random_uuid(), %s, 'Buy ' || (ARRAY['milk','bread','eggs','tea'])[1 + n %% 4] || ' no. ' || n,
       'Two of them, from the shop at the corner', n %% 3 = 0, n %% 4, DATE '2030-01-01' + n %% 365,
       ARRAY['home', 'week' || n %% 52], now() - n * interval '1 minute'
FROM generate_series(1, %s) AS n
"""


class Filled(NamedTuple):
    """One database, and a user in it."""

    settings: dict[str, str]
    token: str


def fill(server: Server, name: str) -> Filled:
    """Make the database of this name."""
    if name != "todo":
        with psycopg.connect(_plain(server.url), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
    settings = {"DATABASE_URL": server.url.removesuffix("todo") + name, "JWT_SECRET": "bench" * 10}
    typed = Settings(database_url=settings["DATABASE_URL"], jwt_secret=settings["JWT_SECRET"])
    if migrate(typed):
        raise RuntimeError("the schema could not be created")
    with psycopg.connect(_plain(settings["DATABASE_URL"]), autocommit=True) as database:
        for number in range(99):
            other = _id(database, _USER, f"user{number}@example.com")
            database.execute(_TODOS, [other, OTHERS[name] // 99 + 1])
        user = _id(database, _USER, "ann@example.com")
        database.execute(_TODOS, [user, OWN[name]])
        session = _id(database, _SESSION, user)
        database.execute("VACUUM ANALYZE")
    long_lived = typed.model_copy(update={"access_token_seconds": 24 * 3600})
    return Filled(settings, issue_tokens(long_lived, TokenContent(user, session, 1)).access_token)


def _id(database: psycopg.Connection, statement: str, value: object) -> uuid.UUID:
    row = database.execute(statement.encode(), [value]).fetchone()
    assert row is not None
    return uuid.UUID(str(row[0]))


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")
