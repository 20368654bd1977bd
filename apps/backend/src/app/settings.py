"""Everything the backend can be told from outside, in one place."""

import re
from pathlib import Path
from typing import Annotated, Literal

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

SECRETS_DIR = Path("/run/secrets/todo")
DRIVER = "postgresql+psycopg://"


def _with_driver(url: SecretStr) -> SecretStr:
    """Accept the plain `postgres://` URL that database services hand out."""
    value = re.sub(r"^postgres(ql)?://", DRIVER, url.get_secret_value())
    if not value.startswith(DRIVER):
        raise ValueError("must be a PostgreSQL URL such as postgresql://user:password@host:5432/database")
    if not _is_readable(value.replace(DRIVER, "postgresql://", 1)):
        raise ValueError(
            "cannot be read: in user and password, write % as %25, @ as %40, / as %2F, : as %3A, ? as %3F, # as %23"
        )
    return SecretStr(value)


def _is_readable(url: str) -> bool:
    """Tell ahead what libpq would refuse with the password in its message, or take for another host."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        return False
    elsewhere = "".join(str(parts.get(key, "")) for key in ("host", "dbname"))
    ports = str(parts.get("port", "5432")).split(",")
    return "@" not in elsewhere and all(port.isascii() and port.isdigit() for port in ports)


def _split_origins(value: str) -> str:
    for origin in filter(None, map(str.strip, value.split(","))):
        if not re.fullmatch(r"https?://[^/\s*]+", origin):
            raise ValueError(
                f"{origin!r} is no origin: write scheme://host[:port], separated by commas, without a path"
            )
    return value


def _none_if_empty(value: SecretStr | None) -> SecretStr | None:
    return value if value and value.get_secret_value() else None


_OptionalSecret = Annotated[SecretStr | None, AfterValidator(_none_if_empty)]


class Settings(BaseSettings):
    """Settings of one process. A file named like the setting in the secrets folder wins over the environment."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    database_url: Annotated[SecretStr, AfterValidator(_with_driver)]
    """PostgreSQL URL, with the password in it."""

    jwt_secret: Annotated[SecretStr, Field(min_length=32)]
    """Signs and verifies access tokens. At least 32 characters."""

    jwt_secret_previous: _OptionalSecret = None
    """The `jwt_secret` before this one. Its tokens are valid until they expire. Signs nothing."""

    jwt_secret_next: _OptionalSecret = None
    """The `jwt_secret` after this one: while it is rolled out, old processes meet its tokens. Signs nothing."""

    access_token_seconds: Annotated[int, Field(gt=0)] = 900
    """Life of an access token."""

    refresh_token_seconds: Annotated[int, Field(gt=0)] = 14 * 24 * 3600
    """Life of a refresh token: an unused session ends after this time."""

    session_seconds: Annotated[int, Field(gt=0)] = 90 * 24 * 3600
    """Life of a session, however often it is refreshed."""

    openai_api_key: _OptionalSecret = None
    """Key of an OpenAI-compatible service. Without any key the chat works by rules."""

    cohere_api_key: _OptionalSecret = None
    """Key of Cohere, used if there is no `openai_api_key`."""

    llm_base_url: str | None = None
    """URL of another OpenAI-compatible service. The key's own service by default."""

    llm_model: str | None = None
    """Name of the language model. A small one of the key's service by default."""

    llm_timeout_seconds: Annotated[float, Field(gt=0)] = 30.0
    """Longest silence of the language model."""

    llm_answers_per_day: Annotated[int, Field(gt=0)] = 200
    """Most answers of the language model for one account a day. Then the built-in assistant answers."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    cors_origins: Annotated[str, NoDecode, AfterValidator(_split_origins)] = ""
    """Origins, separated by commas, whose pages may call this API from a browser. None by default."""

    api_version: Annotated[str, Field(pattern=r"^v[0-9]+$")] = "v1"
    """The API is served under `/api/<api_version>`."""

    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """Port the API is served on, on all addresses."""

    forwarded_allow_ips: str = "127.0.0.1"
    """Addresses or networks, separated by commas, whose X-Forwarded-* headers are believed. `*` believes everybody."""

    max_body_bytes: Annotated[int, Field(gt=0)] = 64 * 1024
    """Largest request body."""

    max_todos: Annotated[int, Field(gt=0)] = 20_000
    """Most todos of one account, with those in the trash."""

    max_requests: Annotated[int, Field(gt=0)] = 200
    """Most requests that are answered at the same time, without those of the chat. Others are told to come back."""

    max_chat_answers: Annotated[int, Field(gt=0)] = 50
    """Most answers of the chat at the same time."""

    database_pool_size: Annotated[int, Field(gt=1)] = 10
    """Most database connections of one process, half of them for reading lists. One more is for probes."""

    readiness_timeout_seconds: Annotated[float, Field(gt=0)] = 2.0
    """Longest time one readiness check may take."""

    shutdown_grace_seconds: Annotated[int, Field(gt=0)] = 20
    """Longest time open requests get to finish after SIGTERM."""

    database_wait_seconds: Annotated[float, Field(gt=0)] = 120.0
    """Longest time `python -m app.wait_for_database` waits."""

    @property
    def cors_origin_list(self) -> list[str]:
        """`cors_origins`, taken apart."""
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]

    @property
    def secret_values(self) -> list[str]:
        """Everything that must not be logged, in each form in which a library may repeat it."""
        url = self.database_url.get_secret_value()
        plain = url.replace(DRIVER, "postgresql://", 1)
        written = re.match(r"[^:/]*:([^@]*)@", plain.partition("://")[2])
        password = [str(conninfo_to_dict(plain).get("password") or ""), written[1] if written else ""]
        keys = [
            self.jwt_secret,
            self.jwt_secret_previous,
            self.jwt_secret_next,
            self.openai_api_key,
            self.cohere_api_key,
        ]
        return [url, plain, *password, *(key.get_secret_value() for key in keys if key)]

    @property
    def llm_key(self) -> SecretStr | None:
        """The key to use, if there is one."""
        return self.openai_api_key or self.cohere_api_key

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, secret files, environment. No .env file is read."""
        return init_settings, file_secret_settings, env_settings


def load_settings(secrets_dir: Path = SECRETS_DIR) -> Settings:
    """Read the settings of this process.

    Raises `pydantic.ValidationError`, which names each wrong or missing setting but never its value.
    """
    return Settings(_secrets_dir=secrets_dir if secrets_dir.is_dir() else None)
