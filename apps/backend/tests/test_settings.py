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
