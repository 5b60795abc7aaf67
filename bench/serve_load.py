"""Locust's side of bench/serve.py: clients that ask about products and check whose answer they got.

QUESTIONS names a file of {"uid", "question"} a line; MIXED names the file where wrong answers are written.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

from locust import HttpUser, constant, task

ASKED = [json.loads(line) for line in Path(os.environ["QUESTIONS"]).read_text(encoding="utf-8").splitlines()]
REJECTED_PAUSE_SECONDS = 0.5
MIXED = Path(os.environ["MIXED"])


class Client(HttpUser):
    """Asks one question after the other, with no pause between."""

    wait_time = constant(0)

    @task
    def ask(self) -> None:
        """Ask about a random product; the answer must rest on that product's record."""
        asked = random.choice(ASKED)
        with self.client.post(
            "/ask", json={"question": asked["question"]}, catch_response=True, timeout=90
        ) as response:
            if response.status_code == 429:
                response.request_meta["name"] = "rejected"
                response.success()
                time.sleep(REJECTED_PAUSE_SECONDS)
                return
            if response.status_code != 200:
                response.failure(f"status {response.status_code}")
                return
            answer = response.json()
            if answer["question"] != asked["question"] or asked["uid"] not in {s["uid"] for s in answer["sources"]}:
                with MIXED.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"asked": asked, "answer": answer}) + "\n")
                response.failure("an answer to another question")
