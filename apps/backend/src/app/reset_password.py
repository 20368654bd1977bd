"""`python -m app.reset_password MAIL` gives an account a new password, for who forgot theirs, and says it once.

Meant for the operator. Ends with 0 when the password is changed, with 1 when it is not.
"""

import secrets
import sys

import psycopg

from app.auth.passwords import HASHER
from app.connection import CONNECT_ARGS, plain_url
from app.settings import Settings, load_settings

_BYTES = 15


def reset_password(settings: Settings, email: str) -> str | None:
    """Return the new password; None if no account has this address. All sessions of the account end.

    Raises `psycopg.OperationalError` if the database cannot be reached.
    """
    password = secrets.token_urlsafe(_BYTES)
    values = {"email": email.strip().lower(), "hash": HASHER.hash(password)}
    with psycopg.connect(plain_url(settings), **CONNECT_ARGS) as connection:
        statement = "UPDATE users SET password_hash = %(hash)s WHERE email = %(email)s RETURNING id"
        account = connection.execute(statement, values).fetchone()
        if account is None:
            return None
        connection.execute("DELETE FROM sessions WHERE user_id = %s", account)
    return password


def main(arguments: list[str], settings: Settings | None = None) -> int:
    """Reset the password of the one address in `arguments`, and return the exit code."""
    if len(arguments) != 1 or "@" not in arguments[0]:
        sys.stderr.write("Write the email address of one account: python -m app.reset_password ann@example.com\n")
        return 1
    (email,) = arguments
    try:
        password = reset_password(settings or load_settings(), email)
    except psycopg.Error as error:
        sys.stderr.write(f"The password was not changed, because the database failed: {type(error).__name__}.\n")
        return 1
    if password is None:
        sys.stderr.write(f"No account has the address {email}. Nothing was changed.\n")
        return 1
    sys.stdout.write(f"{password}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
