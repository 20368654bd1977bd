"""What can be done with accounts."""

import uuid
from typing import Any

from pydantic import SecretStr
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import throttle
from app.auth.models import Session, User
from app.auth.passwords import hash_password, is_common, verify_password
from app.problems import Problem


async def sign_up(database: AsyncSession, *, email: str, password: SecretStr) -> User:
    """Create an account. 409 if the address has one already, 422 if the password is a common one."""
    await _refuse_common(password)
    user = User(email=email, password_hash=await hash_password(password))
    database.add(user)
    try:
        await database.commit()
    except IntegrityError as error:
        raise Problem(409, "email-taken", "There is an account with this email address already.") from error
    return user


async def sign_in(database: AsyncSession, *, email: str, password: SecretStr) -> User:
    """Return the account. 401 without telling whether the address or the password is wrong."""
    user = await database.scalar(select(User).where(User.email == email))
    # Hashing takes a while: the connection is better used by others meanwhile.
    await database.commit()
    if not await verify_password(password, user.password_hash if user else None) or user is None:
        raise Problem(401, "wrong-credentials", "The email address or the password is wrong.")
    return user


async def edit_account(database: AsyncSession, *, user: User, changes: dict[str, Any]) -> User:
    """Change the given columns of an account."""
    for name, value in changes.items():
        setattr(user, name, value)
    await database.commit()
    return user


async def change_password(
    database: AsyncSession, *, user: User, session_id: uuid.UUID, current: SecretStr, new: SecretStr
) -> None:
    """Change the password and end all other sessions. 403 if the current one is wrong, 422 if the new one is common.

    429 if the current one was wrong too often in this session.
    """
    await _confirm(database, user=user, session_id=session_id, password=current)
    await _refuse_common(new)
    values = {"password_hash": await hash_password(new)}
    statement = update(User).where(*_unchanged(user)).values(values).returning(User.id)
    if await database.scalar(statement) is None:
        raise _wrong_password()
    await database.execute(delete(Session).where(Session.user_id == user.id, Session.id != session_id))
    await database.commit()


async def delete_account(database: AsyncSession, *, user: User, session_id: uuid.UUID, password: SecretStr) -> None:
    """Delete the account and all that belongs to it. 403 if the password is wrong, 429 if it was too often."""
    await _confirm(database, user=user, session_id=session_id, password=password)
    if await database.scalar(delete(User).where(*_unchanged(user)).returning(User.id)) is None:
        raise _wrong_password()
    await database.commit()


async def _confirm(database: AsyncSession, *, user: User, session_id: uuid.UUID, password: SecretStr) -> None:
    # This ends the transaction, so that no connection waits while the password is hashed.
    await throttle.count_confirmation(database, session_id=session_id)
    async with throttle.counting_no_busy_confirmation(database, session_id=session_id):
        if not await verify_password(password, user.password_hash):
            raise _wrong_password()
    await throttle.forget_confirmations(database, session_id=session_id)


def _unchanged(user: User) -> tuple[ColumnElement[bool], ...]:
    # Another session may have changed the password since it was compared.
    return User.id == user.id, User.password_hash == user.password_hash


def _wrong_password() -> Problem:
    return Problem(403, "wrong-password", "The password is wrong.")


async def _refuse_common(password: SecretStr) -> None:
    if await is_common(password):
        detail = "This password is one of the most used ones and would be guessed soon. Choose another."
        raise Problem(422, "common-password", detail)
