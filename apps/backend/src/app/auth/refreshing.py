"""A session lasts by exchanging its refresh token for new ones. A token that turns up twice was stolen, and ends it."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.auth import throttle
from app.auth.models import Session
from app.auth.schemas import Token
from app.auth.tokens import InvalidTokenError, TokenContent, issue_tokens, read_refresh_token
from app.problems import Problem, is_read_only
from app.settings import Settings

log = structlog.stdlib.get_logger(__name__)
GRACE = timedelta(seconds=10)
"""Two tabs may refresh at the same moment: the token before the last is no theft within this time."""
_MOST_REMEMBERED = 10_000
# Sessions and generations whose use this process has seen, so that it is written once and not with each request.
_confirmed: OrderedDict[TokenContent, None] = OrderedDict()


async def refresh_session(database: AsyncSession, settings: Settings, *, refresh_token: str) -> Token:
    """Exchange a refresh token for new tokens. 401, and the end of the session, if it was exchanged before.

    As long as nobody used the tokens of that exchange, they may have got lost on their way, and there are new ones.
    """
    try:
        content = read_refresh_token(settings, refresh_token)
    except InvalidTokenError as error:
        raise _over() from error
    await throttle.count_refresh(database, session_id=content.session_id)
    row = await database.scalar(
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
        await database.delete(row)
        await database.commit()
        raise _over()
    await database.commit()
    return issue_tokens(settings, TokenContent(row.user_id, row.id, row.generation))


async def confirm_use(open_database: async_sessionmaker[AsyncSession], content: TokenContent) -> None:
    """Note that an access token has arrived where it was meant to: the refresh token before it is not needed again."""
    # Before the first token of a session there was none.
    if content.generation == 1 or content in _confirmed:
        return
    newer = Session.id == content.session_id, Session.confirmed_generation < content.generation
    try:
        async with open_database() as database:
            await database.execute(update(Session).where(*newer).values(confirmed_generation=content.generation))
            await database.commit()
    except DBAPIError as error:
        # While all data are moved, what is there is shown. The next use is noted.
        if not is_read_only(error):
            raise
        return
    _confirmed[content] = None
    if len(_confirmed) > _MOST_REMEMBERED:
        _confirmed.popitem(last=False)


def _over() -> Problem:
    return Problem(401, "session-over", "The session is over. Sign in again.")
