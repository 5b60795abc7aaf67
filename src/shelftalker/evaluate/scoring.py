"""Score one answer by the metrics of its set. What begins with raw_ is of the model's own words, before the check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shelftalker.evaluate.judge import (
    NOT_STATED,
    TOLD,
    Said,
    judge,
    own_words,
    says_silent,
    share_of_words,
    what_was_said,
)
from shelftalker.evaluate.questions import DESCRIBES, PEOPLE, Question
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
from shelftalker.metrics.proving import prove
from shelftalker.records import Answer, Record

__all__ = ["LOWER_IS_BETTER", "MAIN_METRIC", "score"]

_MOST_VALUE_WORDS = 8
_MOST_LISTED = 8
_TRAPPED = 0.5
_SEVERAL = ("ambiguous", "discover", "compare")

LOWER_IS_BETTER = frozenset(
    "unsupported_rate answers_with_unsupported raw_answers_with_unsupported false_refusal denied trap_told "
    "seconds_p50 seconds_p95".split()
)

MAIN_METRIC: Mapping[str, str] = {
    **dict.fromkeys(PEOPLE, "right"),
    **dict.fromkeys(DESCRIBES, "rouge_l"),
    "attribute": "attribute_accuracy",
    "absent": "refusal_recall",
    "ambiguous": "ambiguous_detected",
}
"""The metric of each set that says how right an answer is; plots and the best and worst answers go by it."""


def score(
    question: Question,
    answer: Answer,
    records: Sequence[Record],
    cited: Sequence[Record] = (),
    evidence_place: int | None = None,
) -> dict[str, float]:
    """Return the figures of one answer; a metric that says nothing of it is left out.

    Args:
        question: what was asked.
        answer: what was answered.
        records: the right records: the one of that product, all of an ambiguous name, none of an absent one.
        cited: the records that the answer names as its sources; closed-book answers are held to the right ones.
        evidence_place: where the marked evidence ranks, from 1; 0 nowhere, None where none is marked.
    """
    said, own = what_was_said(answer), own_words(answer)
    closed = answer.mode == "closed-book"
    held = records if closed else cited
    figures: dict[str, float] = {}
    if question.kind:
        figures |= _judged(question, answer, said, own)
    if evidence_place is not None and not closed:
        figures |= {f"evidence_hit_{at}": float(0 < evidence_place <= at) for at in (1, 3)}
    figures |= _unsupported(question, answer, held)
    if not closed:
        figures |= {f"written_by_{short}": float(answer.written_by == name) for name, short in _WRITERS.items()}
        figures |= _citations(question, answer)
    if question.set in PEOPLE:
        return figures | _likeness_to_people(question, said, own)
    if question.set == "absent":
        return figures | {"refusal_recall": float(answer.refused)}
    if question.set == "ambiguous":
        listed = sum(uid in (*said.sources, *said.nearest) for uid in question.uids)
        figures["ambiguous_detected"] = float(answer.ambiguous and listed >= min(len(question.uids), _MOST_LISTED))
    if question.uids:
        figures["false_refusal"] = float(answer.refused)
    figures |= _likeness(question, said.text, records)
    if own and not closed:
        raw = _likeness(question, own.text, records)
        figures |= {f"raw_{name}": value for name, value in raw.items() if name in _RAW}
    return figures


_WRITERS = {"model": "model", "model-repaired": "repair", "record": "record", "finder": "finder"}
_RAW = frozenset({"rouge_l", "value_recall", "attribute_accuracy"})


def _judged(question: Question, answer: Answer, said: Said, own: Said | None) -> dict[str, float]:
    """Right or wrong; whether the product was found, or denied; refusals; what only looks like a fact."""
    figures: dict[str, float] = {}
    right, _ = judge(question, said)
    if right is not None:
        figures["right"] = float(right)
    if right is not None and own:
        figures["raw_right"] = float(bool(judge(question, own)[0]))
    if question.kind in TOLD:
        figures["false_refusal"] = float(says_silent(said) and not right)
    elif question.kind in ("absent", "off_topic", "not in the seller's text", *NOT_STATED):
        figures["refusal_recall"] = float(says_silent(said))
    if question.uids and question.uid is None and answer.mode == "open-book":
        listed = (*said.sources, *said.nearest)
        figures["found_first"] = float(bool(listed) and listed[0] in question.uids)
        figures["found_listed"] = float(any(uid in question.uids for uid in listed))
        if len(question.uids) == 1 and question.kind not in _SEVERAL:
            figures["denied"] = float(said.refused and not said.sources)
    if question.traps:
        figures["trap_told"] = float(_tells_a_trap(question, said))
        if own:
            figures["raw_trap_told"] = float(_tells_a_trap(question, own))
    return figures


def _tells_a_trap(question: Question, said: Said) -> bool:
    if says_silent(said) or any(share_of_words(value, said.text) >= _TRAPPED for value in question.answers):
        return False
    return any(share_of_words(value, said.text) >= _TRAPPED for value in question.traps)


def _likeness_to_people(question: Question, said: Said, own: Said | None) -> dict[str, float]:
    if question.set != "shoppers" or not question.answers:
        return {}
    figures = {"rouge_l": max(rouge_l(said.text, one) for one in question.answers)}
    return figures | ({"raw_rouge_l": max(rouge_l(own.text, one) for one in question.answers)} if own else {})


def _likeness(question: Question, text: str, records: Sequence[Record]) -> dict[str, float]:
    if question.set == "attribute":
        evidence = records[0].content if records else ""
        right = attribute_accuracy(
            text, question.accepted, others=question.others, items=question.items, title=question.title,
            evidence=evidence,
        )  # fmt: skip
        return {"attribute_accuracy": right}
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


def _unsupported(question: Question, answer: Answer, sources: Sequence[Record]) -> dict[str, float]:
    """Whether an answer holds a number, name or quotation that its sources do not, looked up anew in the whole records.

    A refusal or a list of products is the finder's, and claims nothing of a product.
    """
    if answer.mode == "closed-book":
        checked = check_grounding(answer.answer, sources)
        claimed = max(len(checked.unsupported), len(checked.claims))
        figures = {"answers_with_unsupported": float(not checked.grounded)}
        return figures | ({"unsupported_rate": len(checked.unsupported) / claimed} if claimed else {})
    if answer.written_by == "finder" or not sources:
        return {"answers_with_unsupported": 0.0}
    products = [(record.title, [record.content]) for record in sources]
    figures = {"answers_with_unsupported": float(bool(prove(answer.answer, question.question, products)))}
    if own := own_words(answer):
        figures["raw_answers_with_unsupported"] = float(bool(prove(own.text, question.question, products)))
    return figures


def _citations(question: Question, answer: Answer) -> dict[str, float]:
    if question.set in PEOPLE or (question.set == "own" and not question.uids):
        return {}
    cited = [source.uid for source in answer.sources]
    precision, recall = citation_precision(cited, question.uids), citation_recall(cited, question.uids)
    found = {"citation_precision": precision, "citation_recall": recall}
    return {name: value for name, value in found.items() if value is not None}
