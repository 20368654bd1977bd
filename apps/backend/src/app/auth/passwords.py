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

HASHER = PasswordHash([Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)])
# Each hash takes 19 MiB: a crowd must wait, not exhaust the memory of the pod. New passwords have a share of their own:
# whoever has an account signs in while a flood of accounts is made.
_known = CapacityLimiter(3)
_new = CapacityLimiter(1)
_MOST_WAITING = {_known: 100, _new: 20}
# Counted at once: the limiter knows of somebody some steps later, when a crowd that comes together has passed.
_in_line = {_known: 0, _new: 0}


def _plain(password: SecretStr) -> str:
    # Keyboards differ in the code points they send for the same characters.
    return unicodedata.normalize("NFKC", password.get_secret_value())


async def hash_password(password: SecretStr) -> str:
    """Hash a new password. 503 if too many wait already."""
    return await _run(_new, HASHER.hash, _plain(password))


async def verify_password(password: SecretStr, stored: str | None) -> bool:
    """Compare with a stored hash. `None` (no such account) takes as long as a wrong password and is False.

    503 if too many wait already.
    """
    return await _run(_known, _verify, _plain(password), stored)


async def _run(share: CapacityLimiter, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
    if max(0, _in_line[share] - share.total_tokens) >= _MOST_WAITING[share]:
        detail = "Too many people sign in or up at the moment. Try again in a few seconds."
        raise Problem(503, "busy", detail, {"Retry-After": "5"})
    _in_line[share] += 1
    try:
        return await to_thread.run_sync(work, *arguments, limiter=share)
    finally:
        _in_line[share] -= 1


def _verify(password: str, stored: str | None) -> bool:
    # Asked for in both cases: the first sign-in of a process must not tell them apart either.
    nobodys = _hash_of_nobody()
    return HASHER.verify(password, stored or nobodys) and stored is not None


@cache
def _hash_of_nobody() -> str:
    # Made by the first sign-in: no start should wait for it.
    return HASHER.hash("no account has this password")


async def is_common(password: SecretStr) -> bool:
    """Is it among the 30,000 that people choose most? Capitals do not make it another one."""
    return await to_thread.run_sync(lambda: _plain(password).lower() in _common_passwords())


@cache
def _common_passwords() -> frozenset[str]:
    # Loaded by the first sign-up: no start should wait for it.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
