"""The operator's way to a new password for who forgot theirs."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.reset_password import main
from app.settings import Settings
from tests.conftest import API, PASSWORD


def sign_in(client: TestClient, password: str) -> int:
    account = {"email": "ann@example.com", "password": password}
    return client.post(f"{API}/auth/signin", json=account).status_code


def test_new_password_is_the_only_one(
    ann: TestClient, bob: TestClient, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([" Ann@Example.com "], settings) == 0
    password = capsys.readouterr().out.strip()
    assert len(password) == 20
    assert [sign_in(ann, each) for each in (PASSWORD, password)] == [401, 200]
    assert ann.get(f"{API}/auth/me").status_code == 401, "a session with the old password goes on"
    assert bob.get(f"{API}/auth/me").status_code == 200, "a session of somebody else ended"


@pytest.mark.parametrize("arguments", [[], ["ann"], ["a@example.com", "b@example.com"]])
def test_needs_one_address(arguments: list[str], settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, settings) == 1
    assert "email address of one account" in capsys.readouterr().err


def test_unknown_address_is_said(ann: TestClient, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eve@example.com"], settings) == 1
    assert capsys.readouterr() == ("", "No account has the address eve@example.com. Nothing was changed.\n")
    assert sign_in(ann, PASSWORD) == 200


def test_database_that_is_away_is_said(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    away = make_settings(database_url="postgresql://todo:canary-password@127.0.0.1:1/todo")
    assert main(["ann@example.com"], away) == 1
    said = capsys.readouterr().err
    assert "the database failed" in said
    assert "canary-password" not in said
