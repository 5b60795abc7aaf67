"""Any request whatever: no 5xx, no traceback in the log, no secret in the log."""

from __future__ import annotations

import json
import logging
import random

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance
from serving import running, served

from shelftalker.serve.systems import Systems

KEY = "key-that-must-not-be-logged"


@pytest.fixture(scope="module")
def address():
    with running(Systems(served), api_keys=(KEY,)) as address:
        yield address


def test_the_openapi_document_holds(address):
    headers = {"Authorization": f"Bearer {KEY}"}
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", headers=headers)
    tried = []
    for found in schema.get_all_operations():
        operation = found.ok()
        tried.append(operation.label)

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def hold(case):
            case.call_and_validate(headers=headers, checks=[not_a_server_error, response_schema_conformance])

        hold()
    assert {"POST /ask", "POST /v1/chat/completions", "GET /find", "GET /records/{uid}"} <= set(tried)


def bodies(seed: int):
    """Random bytes, broken JSON, and well-formed bodies with values of the wrong kind or size."""
    rng = random.Random(seed)
    values = [None, True, -1, 1e308, "", "x" * 3000, "\x00", "\ud83d\ude00", [], {}, [[]], {"a": []}, "A1", ["A1"]]
    keys = ["question", "mode", "system", "temperature", "uid", "history", "stream", "model", "messages", "n", "other"]
    for i in range(1000):
        if i % 4 == 0:
            yield rng.randbytes(rng.randrange(200))
        elif i % 4 == 1:
            text = json.dumps({rng.choice(keys): rng.choice(values) for _ in range(4)})
            yield text[: rng.randrange(len(text))].encode()
        else:
            body = {rng.choice(keys): rng.choice(values) for _ in range(rng.randrange(6))}
            if i % 4 == 2:
                body |= {"question": "A1"}
            else:
                body |= {"model": "echo", "messages": [{"role": "user", "content": rng.choice(values)}]}
            yield json.dumps(body).encode()


def test_a_thousand_random_bodies(address, caplog):
    caplog.set_level(logging.DEBUG)
    statuses = set()
    with httpx.Client(headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}) as client:
        for i, body in enumerate(bodies(1)):
            path = "/v1/chat/completions" if i % 4 == 3 else "/ask"
            response = client.post(address + path, content=body)
            statuses.add(response.status_code)
            assert response.status_code < 500, (path, body)
    assert {200, 400, 422} <= statuses
    assert "Traceback" not in caplog.text
    assert KEY not in caplog.text
