"""Metrics, and that callers cannot make them grow."""

import uuid
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tests.conftest import API


def samples(client: TestClient) -> Counter[tuple[str, str, str]]:
    """All values, whatever the status."""
    values: Counter[tuple[str, str, str]] = Counter()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            values[sample.name, sample.labels.get("method", ""), sample.labels.get("path", "")] += int(sample.value)
    return values


def test_requests_are_counted_by_route(ann: TestClient) -> None:
    key = ("http_requests_total", "DELETE", "/todos/{todo_id}")
    before = samples(ann)[key]
    for _ in range(3):
        ann.delete(f"{API}/todos/{uuid.uuid4()}")
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
