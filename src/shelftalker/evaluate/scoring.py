"""Score one answer by the metrics of its set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shelftalker.evaluate.questions import DESCRIBES, Question
from shelftalker.metrics import (
    attribute_accuracy,
    check_grounding,
    chrf,
    citation_precision,
    citation_recall,
    rouge_l,
    value_recall,
    words,
)
from shelftalker.prompts import strip_marker
from shelftalker.records import Answer, Record

__all__ = ["LOWER_IS_BETTER", "MAIN_METRIC", "score"]

_MOST_VALUE_WORDS = 8
_MOST_LISTED = 10

LOWER_IS_BETTER = frozenset(
    {
        "unsupported_rate",
        "answers_with_unsupported",
        "raw_answers_with_unsupported",
        "false_refusal",
        "seconds_p50",
        "seconds_p95",
    }
)

MAIN_METRIC: Mapping[str, str] = {
    "seen": "rouge_l",
    "reworded": "rouge_l",
    "unseen": "rouge_l",
    "own": "rouge_l",
    "attribute": "attribute_accuracy",
    "absent": "refusal_recall",
    "ambiguous": "ambiguous_detected",
}
"""The metric of each set that says how right an answer is; plots and the best and worst answers go by it."""


def score(
    question: Question, answer: Answer, records: Sequence[Record], cited: Sequence[Record] | None = None
) -> dict[str, float]:
    """Return the figures of one answer; a metric that says nothing of it is left out.

    Args:
        question: what was asked.
        answer: what was answered.
        records: the right records: the one of that product, all that bear an ambiguous title, none of an absent one.
        cited: the records that the answer names as its sources; closed-book answers are held to the right ones.
    """
    figures = _claims(answer, records if answer.mode == "closed-book" else cited or ())
    if answer.mode == "open-book":
        figures |= _citations(question, answer)
        figures |= {f"written_by_{short}": float(answer.written_by == name) for name, short in _WRITERS.items()}
    if question.set == "absent":
        figures["refusal_recall"] = float(answer.refused)
        if answer.refused:
            figures["nearest_offered"] = float(bool(answer.nearest))
        return figures
    if question.set == "ambiguous":
        figures["ambiguous_detected"] = float(answer.ambiguous and _lists(answer.answer, question.uids))
    if question.uids:
        figures["false_refusal"] = float(answer.refused)
    figures |= _likeness(question, answer.answer, records)
    if answer.mode == "open-book" and answer.model_text:
        figures |= _raw(question, strip_marker(answer.model_text.strip()), records)
    return figures


def _lists(text: str, uids: Sequence[str]) -> bool:
    """Whether an answer says that there are several: it names their uids, all of them or as many as it lists."""
    return sum(uid in text for uid in uids) >= min(len(uids), _MOST_LISTED)


def _likeness(question: Question, text: str, records: Sequence[Record]) -> dict[str, float]:
    if question.set == "attribute":
        return {"attribute_accuracy": _attribute(question, text, records)}
    if question.set not in DESCRIBES:
        return {}
    if question.reference is not None:
        return _against_text(question, text, question.reference)
    if len(records) != 1:
        return {}
    [record] = records
    figures = {"rouge_l": rouge_l(text, record.content), "chrf": chrf(text, record.content)}
    recall = value_recall(text, record)
    return figures if recall is None else figures | {"value_recall": recall}


def _against_text(question: Question, text: str, reference: str) -> dict[str, float]:
    """A user's own right answer; one of a few words is a value, and right where it is given."""
    figures = {"rouge_l": rouge_l(text, reference), "chrf": chrf(text, reference)}
    if len(words(reference)) <= _MOST_VALUE_WORDS:
        figures["attribute_accuracy"] = attribute_accuracy(text, [reference], title=question.title)
    return figures


def _attribute(question: Question, text: str, records: Sequence[Record]) -> float:
    evidence = records[0].content if records else ""
    return attribute_accuracy(
        text,
        question.accepted,
        others=question.others,
        items=question.items,
        title=question.title,
        evidence=evidence,
    )


def _raw(question: Question, text: str, records: Sequence[Record]) -> dict[str, float]:
    """The same figures of what the model wrote, before the product's check put it right."""
    figures = {name: value for name, value in _likeness(question, text, records).items() if name in _RAW}
    if records:
        figures["answers_with_unsupported"] = float(not check_grounding(text, records).grounded)
    return {f"raw_{name}": value for name, value in figures.items()}


_WRITERS = {"model": "model", "model-repaired": "repair", "record": "record", "finder": "finder"}
_RAW = frozenset({"rouge_l", "value_recall", "attribute_accuracy"})


def _claims(answer: Answer, sources: Sequence[Record]) -> dict[str, float]:
    """Share of the answer's claims that stand in none of its sources, checked anew here.

    A refusal or a list of products is the finder's, and claims nothing of a product.
    """
    if answer.written_by == "finder" or (answer.refused and not answer.sources):
        return {"answers_with_unsupported": 0.0}
    checked = check_grounding(answer.answer, sources)
    unsupported = len(checked.unsupported)
    figures = {"answers_with_unsupported": float(unsupported > 0)}
    claimed = max(unsupported, len(checked.claims))  # a denial or a swap is unsupported without being a claim
    return figures | {"unsupported_rate": unsupported / claimed} if claimed else figures


def _citations(question: Question, answer: Answer) -> dict[str, float]:
    cited = [source.uid for source in answer.sources]
    if question.set == "own" and not question.uids:
        return {}
    precision, recall = citation_precision(cited, question.uids), citation_recall(cited, question.uids)
    found = {"citation_precision": precision, "citation_recall": recall}
    return {name: value for name, value in found.items() if value is not None}
