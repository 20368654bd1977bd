"""Metrics, and that callers cannot make them grow."""

import socket
import uuid
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.conftest import API


def samples(client: TestClient) -> Counter[tuple[str, str, str]]:
    """All values, whatever the status."""
    values: Counter[tuple[str, str, str]] = Counter()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            values[sample.name, sample.labels.get("method", ""), sample.labels.get("path", "")] += int(sample.value)
    return values


@pytest.mark.parametrize(("method", "route"), [("DELETE", "/todos/{todo_id}"), ("GET", "/todos")])
def test_requests_are_counted_by_route(ann: TestClient, method: str, route: str) -> None:
    key = ("http_requests_total", method, route)
    before = samples(ann)[key]
    for _ in range(3):
        ann.request(method, f"{API}{route.format(todo_id=uuid.uuid4())}")
    after = samples(ann)
    assert after[key] == before + 3
    assert after["http_request_duration_seconds_count", *key[1:]] == before + 3
    assert after["http_requests_in_progress", "", ""] == 1, "the request that reads the metrics is one"


def test_made_up_paths_and_methods_are_one_series(client: TestClient) -> None:
    client.get("/made-up")
    client.request("MADEUP", "/made-up")
    before = client.get("/metrics").text.count("\n")
    for _ in range(20):
        client.get(f"/{uuid.uuid4()}")
        client.request(f"M{uuid.uuid4().hex}".upper(), "/x")
    assert client.get("/metrics").text.count("\n") == before


def values(client: TestClient) -> dict[str, float]:
    """Those without labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


def test_o3_the_database_says_how_it_is(client: TestClient, sql: psycopg.Connection) -> None:
    before = values(client)
    assert before["pg_up"] == 1
    assert 0 < before["pg_stat_database_numbackends"] < before["pg_settings_max_connections"]
    size = sql.execute("SELECT pg_database_size(current_database())").fetchone()
    assert size is not None
    assert abs(before["pg_database_size_bytes"] - size[0]) < 1_000_000
    with sql.transaction(force_rollback=True):
        sql.execute("SELECT 1")
    sql.execute("SELECT pg_stat_force_next_flush()")
    after = values(client)
    assert after["pg_stat_database_xact_commit_total"] > before["pg_stat_database_xact_commit_total"]
    assert after["pg_stat_database_xact_rollback_total"] > before["pg_stat_database_xact_rollback_total"]
    assert after["pg_stat_database_deadlocks_total"] == 0


def test_o3_a_database_that_says_nothing_is_down_and_the_rest_is_told(make_settings: Callable[..., Settings]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://todo:canary@127.0.0.1:{silent.getsockname()[1]}/todo"
        settings = make_settings(database_url=url, readiness_timeout_seconds=0.5)
        with TestClient(create_app(settings)) as client:
            found = values(client)
    assert found["pg_up"] == 0
    assert not [name for name in found if name.startswith("pg_") and name != "pg_up"], "old values must not stay"
    assert found["http_requests_in_progress"] == 1


def test_o3_the_process_says_since_when_it_runs_and_what_it_takes(client: TestClient) -> None:
    found = values(client)
    for name in ("process_start_time_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total"):
        assert found[name] > 0, name
