"""Sessions: begun by a sign-in, kept by refreshing, ended by their owner or by a stolen token."""

import uuid
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.auth import throttle
from app.auth.models import Session, User
from app.auth.schemas import Token
from app.auth.tokens import InvalidTokenError, TokenContent, issue_tokens, read_refresh_token
from app.problems import Problem
from app.settings import Settings

log = structlog.stdlib.get_logger(__name__)
GRACE = timedelta(seconds=10)
"""Two tabs may refresh at the same moment: the token before the last is no theft within this time."""
_MOST_REMEMBERED = 10_000
# Sessions and generations whose use this process has seen, so that it is written once and not with each request.
_confirmed: OrderedDict[TokenContent, None] = OrderedDict()


async def begin_session(session: AsyncSession, settings: Settings, *, user_id: uuid.UUID, device: str) -> Token:
    """Start a session and return its first tokens. Sessions of the user that are over are cleaned up."""
    now = datetime.now(UTC)
    await session.execute(delete(Session).where(Session.user_id == user_id, Session.expires_at < now))
    row = Session(
        id=uuid.uuid4(),
        user_id=user_id,
        generation=1,
        expires_at=now + timedelta(seconds=settings.session_seconds),
        device=device,
    )
    session.add(row)
    await session.commit()
    return _tokens(settings, row)


async def refresh_session(session: AsyncSession, settings: Settings, *, refresh_token: str) -> Token:
    """Exchange a refresh token for new tokens. 401, and the end of the session, if it was exchanged before.

    As long as nobody used the tokens of that exchange, they may have got lost on their way, and there are new ones.
    """
    try:
        content = read_refresh_token(settings, refresh_token)
    except InvalidTokenError as error:
        raise _over() from error
    await throttle.count_refresh(session, session_id=content.session_id)
    row = await session.scalar(
        select(Session).where(Session.id == content.session_id, Session.expires_at > func.now()).with_for_update()
    )
    if row is None or row.user_id != content.user_id:
        raise _over()
    now = datetime.now(UTC)
    if content.generation == row.generation:
        row.generation += 1
        row.refreshed_at = now
    elif content.generation != row.generation - 1 or (
        row.confirmed_generation >= row.generation and now - row.refreshed_at > GRACE
    ):
        log.warning("refresh token was used twice: session ended", user_id=str(row.user_id))
        await session.delete(row)
        await session.commit()
        raise _over()
    await session.commit()
    return _tokens(settings, row)


async def confirm_use(sessions: async_sessionmaker[AsyncSession], content: TokenContent) -> None:
    """Note that an access token has arrived where it was meant to: the refresh token before it is not needed again."""
    # Before the first token of a session there was none.
    if content.generation == 1 or content in _confirmed:
        return
    newer = Session.id == content.session_id, Session.confirmed_generation < content.generation
    async with sessions() as session:
        await session.execute(update(Session).where(*newer).values(confirmed_generation=content.generation))
        await session.commit()
    _confirmed[content] = None
    if len(_confirmed) > _MOST_REMEMBERED:
        _confirmed.popitem(last=False)


async def list_sessions(session: AsyncSession, *, user_id: uuid.UUID) -> Sequence[Session]:
    """Return the sessions of a user that are not over, the one last refreshed first."""
    query = select(Session).where(Session.user_id == user_id, Session.expires_at > func.now())
    return (await session.scalars(query.order_by(Session.refreshed_at.desc(), Session.id))).all()


async def end_all_sessions(session: AsyncSession, *, user_id: uuid.UUID) -> None:
    """Make all tokens of a user worthless."""
    await session.execute(delete(Session).where(Session.user_id == user_id))
    await session.commit()


async def find_session_user(session: AsyncSession, content: TokenContent) -> User | None:
    """Return the user of an access token, or None if the session or the account is gone."""
    return await session.scalar(
        select(User)
        .join(Session, Session.user_id == User.id)
        .where(Session.id == content.session_id, User.id == content.user_id, Session.expires_at > func.now())
    )


async def end_one_of(session: AsyncSession, *, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """Make all tokens of one session of a user worthless. 404 if the user has no such session."""
    statement = delete(Session).where(Session.id == session_id, Session.user_id == user_id).returning(Session.id)
    if await session.scalar(statement) is None:
        raise Problem(404, "session-not-found", "You have no session with this id.")
    await session.commit()


async def end_session(session: AsyncSession, *, session_id: uuid.UUID) -> None:
    """Make all tokens of the session worthless."""
    await session.execute(delete(Session).where(Session.id == session_id))
    await session.commit()


def _tokens(settings: Settings, row: Session) -> Token:
    return issue_tokens(settings, TokenContent(row.user_id, row.id, row.generation))


def _over() -> Problem:
    return Problem(401, "session-over", "The session is over. Sign in again.")
