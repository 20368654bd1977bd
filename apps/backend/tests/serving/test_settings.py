"""Where settings come from, and what is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, load_settings

URL = "postgresql+psycopg://todo:from-{}@db:5432/todo"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL.format("environment"))
    monkeypatch.setenv("JWT_SECRET", "environment" * 5)


def test_environment_is_used_without_files(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "absent")
    assert settings.database_url.get_secret_value() == URL.format("environment")


def test_file_wins_over_environment(tmp_path: Path) -> None:
    (tmp_path / "DATABASE_URL").write_text(URL.format("file") + "\n")
    settings = load_settings(tmp_path)
    assert settings.database_url.get_secret_value() == URL.format("file")
    assert settings.jwt_secret.get_secret_value() == "environment" * 5, "a setting without a file comes from outside"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_url_of_any_database_service(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://u:p@host/db?sslmode=require", jwt_secret="x" * 32)
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://u:p@host/db?sslmode=require"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://canary@host/db"),
        ("JWT_SECRET", "canary-too-short"),
        ("LOG_LEVEL", "LOUD"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://a.example/path"),
        ("API_VERSION", "../v1"),
        ("MAX_BODY_BYTES", "0"),
    ],
)
def test_wrong_setting_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        load_settings(tmp_path)
    assert name.lower() in str(caught.value)
    assert "canary" not in str(caught.value), "an error shows a secret"


@pytest.mark.parametrize("name", ["DATABASE_URL", "JWT_SECRET"])
def test_missing_secret_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ValidationError, match=name.lower()):
        load_settings(tmp_path)


@pytest.mark.parametrize("password", ["can%ary", "can%zzary", "can@ary", "can/ary", "1/canary", "canary%00"])
@pytest.mark.parametrize("name", ["todo", "to%do"])
def test_password_that_is_not_encoded_is_refused_and_not_shown(name: str, password: str) -> None:
    with pytest.raises(ValidationError, match="write % as %25, @ as %40") as caught:
        Settings(database_url=f"postgresql://{name}:{password}@db.example.com:5432/todo", jwt_secret="x" * 32)
    assert "can" not in str(caught.value).replace("cannot", "")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("password", ["can%25ary", "can%40ary%2F", "ca:n?a#ry", "pässwort", ""])
def test_password_that_libpq_reads_is_taken(password: str) -> None:
    url = f"postgresql://todo:{password}@db.example.com:5432/todo?sslmode=require"
    assert Settings(database_url=url, jwt_secret="x" * 32).database_url.get_secret_value().endswith(url[10:])


def test_secret_values_are_every_form_of_every_secret() -> None:
    settings = Settings(
        database_url="postgresql://todo:hu%40sh@db/todo",
        jwt_secret="j" * 32,
        jwt_secret_next="n" * 32,
        openai_api_key="key",
    )
    assert set(settings.secret_values) == {
        "postgresql+psycopg://todo:hu%40sh@db/todo",
        "postgresql://todo:hu%40sh@db/todo",
        "hu%40sh",
        "hu@sh",
        "j" * 32,
        "n" * 32,
        "key",
    }
