"""Passwords are kept as Argon2id hashes with the parameters OWASP asks for at least."""

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from app.problems import Problem

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")

_hasher = PasswordHash([Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)])
# Each hash takes 19 MiB: a crowd must wait, not exhaust the memory of the pod. New passwords have a share of their own:
# whoever has an account signs in while a flood of accounts is made.
_known = CapacityLimiter(3)
_new = CapacityLimiter(1)
_MOST_WAITING = {_known: 100, _new: 20}


def _plain(password: SecretStr) -> str:
    # Keyboards differ in the code points they send for the same characters.
    return unicodedata.normalize("NFKC", password.get_secret_value())


async def hash_password(password: SecretStr) -> str:
    """Hash a new password. 503 if too many wait already."""
    return await _run(_new, _hasher.hash, _plain(password))


async def verify_password(password: SecretStr, stored: str | None) -> bool:
    """Compare with a stored hash. `None` (no such account) takes as long as a wrong password and is False.

    503 if too many wait already.
    """
    return await _run(_known, _verify, _plain(password), stored)


async def _run(share: CapacityLimiter, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
    if share.statistics().tasks_waiting >= _MOST_WAITING[share]:
        detail = "Too many people sign in or up at the moment. Try again in a few seconds."
        raise Problem(503, "busy", detail, {"Retry-After": "5"})
    return await to_thread.run_sync(work, *arguments, limiter=share)


def _verify(password: str, stored: str | None) -> bool:
    # Asked for in both cases: the first sign-in of a process must not tell them apart either.
    nobodys = _hash_of_nobody()
    return _hasher.verify(password, stored or nobodys) and stored is not None


@cache
def _hash_of_nobody() -> str:
    # Made by the first sign-in: no start should wait for it.
    return _hasher.hash("no account has this password")


async def is_common(password: SecretStr) -> bool:
    """Is it among the 30,000 that people choose most? Capitals do not make it another one."""
    return await to_thread.run_sync(lambda: _plain(password).lower() in _common_passwords())


@cache
def _common_passwords() -> frozenset[str]:
    # Loaded by the first sign-up: no start should wait for it.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
