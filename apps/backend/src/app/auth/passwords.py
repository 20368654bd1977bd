"""Passwords are kept as Argon2id hashes with the parameters OWASP asks for at least."""

import unicodedata
from functools import cache

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

_hasher = PasswordHash([Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)])
# Each hash takes 19 MiB: a crowd signing in at once must wait, not exhaust the memory of the pod.
_at_once = CapacityLimiter(4)


def _plain(password: SecretStr) -> str:
    # Keyboards differ in the code points they send for the same characters.
    return unicodedata.normalize("NFKC", password.get_secret_value())


async def hash_password(password: SecretStr) -> str:
    """Hash a new password."""
    return await to_thread.run_sync(_hasher.hash, _plain(password), limiter=_at_once)


async def verify_password(password: SecretStr, stored: str | None) -> bool:
    """Compare with a stored hash. `None` (no such account) takes as long as a wrong password and is False."""
    return await to_thread.run_sync(_verify, _plain(password), stored, limiter=_at_once)


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
