"""Metrics, and that callers cannot make them grow."""

import uuid

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tests.conftest import API


def samples(client: TestClient) -> dict[tuple[str, str, str], float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, sample.labels.get("method", ""), sample.labels.get("path", "")): sample.value
        for family in families
        for sample in family.samples
    }


def test_requests_are_counted_by_route(ann: TestClient) -> None:
    key = ("http_requests_total", "DELETE", "/todos/{todo_id}")
    before = samples(ann).get(key, 0)
    for _ in range(3):
        ann.delete(f"{API}/todos/{uuid.uuid4()}")
    after = samples(ann)
    assert after[key] == before + 3
    assert after["http_request_duration_seconds_count", *key[1:]] == before + 3
    assert after["http_requests_in_progress", "", ""] == 1, "the request that reads the metrics is one"


def test_made_up_paths_and_methods_are_one_series(client: TestClient) -> None:
    client.get("/made-up")
    client.request("MADEUP", "/made-up")
    before = len(samples(client))
    for _ in range(20):
        client.get(f"/{uuid.uuid4()}")
        client.request(f"M{uuid.uuid4().hex}".upper(), "/x")
    assert len(samples(client)) == before
