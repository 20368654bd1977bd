"""Sessions: a session is a browser that is signed in. It begins with a sign-in and is ended by its owner.

`refreshing` keeps it, or ends it when a token was stolen. What SQLAlchemy calls a session is `database` in this folder.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.models import Session, User
from app.auth.schemas import Token
from app.auth.tokens import TokenContent, issue_tokens
from app.problems import Problem
from app.settings import Settings


async def begin_session(database: AsyncSession, settings: Settings, *, user_id: uuid.UUID, device: str) -> Token:
    """Start a session and return its first tokens. Sessions of the user that are over are cleaned up."""
    now = datetime.now(UTC)
    await database.execute(delete(Session).where(Session.user_id == user_id, Session.expires_at < now))
    row = Session(
        id=uuid.uuid4(),
        user_id=user_id,
        generation=1,
        expires_at=now + timedelta(seconds=settings.session_seconds),
        device=device,
    )
    database.add(row)
    await database.commit()
    return issue_tokens(settings, TokenContent(user_id, row.id, row.generation))


async def list_sessions(database: AsyncSession, *, user_id: uuid.UUID) -> Sequence[Session]:
    """Return the sessions of a user that are not over, the one last refreshed first."""
    query = select(Session).where(Session.user_id == user_id, Session.expires_at > func.now())
    return (await database.scalars(query.order_by(Session.refreshed_at.desc(), Session.id))).all()


async def end_all_sessions(database: AsyncSession, *, user_id: uuid.UUID) -> None:
    """Make all tokens of a user worthless."""
    await database.execute(delete(Session).where(Session.user_id == user_id))
    await database.commit()


async def find_session_user(database: AsyncSession, content: TokenContent) -> User | None:
    """Return the user of an access token, or None if the session or the account is gone."""
    return await database.scalar(
        select(User)
        .join(Session, Session.user_id == User.id)
        .where(Session.id == content.session_id, User.id == content.user_id, Session.expires_at > func.now())
    )


async def end_one_of(database: AsyncSession, *, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """Make all tokens of one session of a user worthless. 404 if the user has no such session."""
    statement = delete(Session).where(Session.id == session_id, Session.user_id == user_id).returning(Session.id)
    if await database.scalar(statement) is None:
        raise Problem(404, "session-not-found", "You have no session with this id.")
    await database.commit()


async def end_session(database: AsyncSession, *, session_id: uuid.UUID) -> None:
    """Make all tokens of the session worthless."""
    await database.execute(delete(Session).where(Session.id == session_id))
    await database.commit()
