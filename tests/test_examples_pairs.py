"""Files of pairs: our own form, CSV, chats and the public sets' formats; bad rows are counted, not fatal."""

from __future__ import annotations

import json

import pytest

from shelftalker.catalog import Catalogue
from shelftalker.errors import InputNotFound, UsageError
from shelftalker.examples import find_subjects, read_pairs, read_subjects
from shelftalker.find import Finder
from shelftalker.records import Message


def lines(path, *rows):
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_row_is_a_question_its_answer_and_a_product(tmp_path):
    row = {"question": " How  heavy? ", "answer": "2 kg.", "uid": "A1", "evidence": ["Weighs 2 kg."]}
    [pair], [file] = read_pairs([lines(tmp_path / "p.jsonl", row)])
    assert (pair.question, pair.answer, pair.language, pair.products) == ("How heavy?", "2 kg.", "en", ("A1",))
    assert (pair.evidence, pair.kind, pair.line) == ((("Weighs 2 kg.",),), "pair", 1)
    assert file.told() == f"{tmp_path / 'p.jsonl'}: 1 pairs"


def test_csv_in_either_language_with_semicolons_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "faq.csv"
    path.write_text(
        '\ufeffPergunta;Resposta;Texto;Evidence\nQual é o peso?;"São 2 kg.";Pesa 2 kg. É azul.;Pesa 2 kg. || É azul.\n',
        encoding="utf-8",
    )
    [pair], _ = read_pairs([path])
    assert (pair.language, pair.text, pair.products, pair.line) == ("pt", "Pesa 2 kg. É azul.", (), 2)
    assert pair.evidence == (("Pesa 2 kg.", "É azul."),)


def test_the_last_two_turns_of_a_chat_are_a_pair_and_those_before_its_history(tmp_path):
    turns = [("system", "Be kind."), ("user", "Is it blue?"), ("assistant", "Yes."), ("user", "How big?"),
             ("assistant", "30 cm.")]  # fmt: skip
    row = {"messages": [{"role": role, "content": text} for role, text in turns], "uid": "A1"}
    [pair], _ = read_pairs([lines(tmp_path / "p.jsonl", row)])
    assert (pair.question, pair.answer, pair.before) == ("How big?", "30 cm.", "Is it blue?")
    assert pair.history == (Message("user", "Is it blue?"), Message("assistant", "Yes."))


def test_bad_rows_are_counted_by_reason_with_the_first_line(tmp_path):
    good = {"question": "How heavy?", "answer": "2 kg.", "uid": "A1"}
    path = lines(
        tmp_path / "p.jsonl", "not json\n", good, {"question": "?", "uid": "A1"}, {"answer": "Yes.", "uid": "A1"}, "\n",
        "[1]\n", {**good, "language": "de"}, {**good, "evidence": 3}, {**good, "history": "x"},
        {"messages": [{"role": "user", "content": "Alone?"}]}, {**good, "uids": ["A1", "A2"], "evidence": ["a"]},
    )  # fmt: skip
    pairs, [file] = read_pairs([path])
    assert len(pairs) == 1
    assert file.bad == {
        "it is no JSON object": (2, 1),
        "it has no answer": (1, 3),
        "it has no question": (1, 4),
        "its language is neither en nor pt": (1, 7),
        "its evidence is neither a text nor a list of texts": (1, 8),
        "its history is no list of turns": (1, 9),
        "its last two turns are no question and answer": (1, 10),
        "it has not one list of evidence for each product": (1, 11),
    }
    assert "2 left out: it is no JSON object (first line 1)" in file.told()


def test_a_file_without_a_usable_row_is_an_error_with_its_fix(tmp_path):
    with pytest.raises(UsageError, match=r"no pair can be used of .*1 left out: it has no answer") as raised:
        read_pairs([lines(tmp_path / "p.jsonl", {"question": "How heavy?"})])
    assert '{"question"' in raised.value.fix
    with pytest.raises(UsageError, match="no pair can be used"):
        read_pairs([lines(tmp_path / "empty.jsonl")])
    with pytest.raises(InputNotFound, match="there is no file of pairs"):
        read_pairs([tmp_path / "none.jsonl"])
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "\xe9"}\n')
    with pytest.raises(UsageError, match="not UTF-8"):
        read_pairs([tmp_path / "latin.jsonl"])


def test_hetpqa_answers_see_other_pieces_of_their_product(tmp_path):
    def row(uid, question, evidence, answer):
        return {"uid": uid, "question": question, "evidence": evidence, "answer": answer, "origin": "hetPQA"}

    path = lines(
        tmp_path / "a.jsonl",
        row("B1", "how big is it?", "it is 30 cm high.", "it is 30 cm high"),
        row("B1", "is it blue?", "color:  { value:blue }", "yes, it is blue."),
        row("B2", "what is it?", "a lamp for a desk", "no information is given about it"),
    )
    pairs, [file] = read_pairs([path])
    assert [pair.answer for pair in pairs] == ["It is 30 cm high", "Yes, it is blue."]
    assert all("it is 30 cm high." in pair.text and "color:  { value:blue }" in pair.text for pair in pairs)
    assert [pair.evidence for pair in pairs] == [(("it is 30 cm high",),), (("color:  { value:blue }",),)]
    assert file.bad == {"its answer is too short, too long or evasive, or its evidence is too long": (1, 3)}


def test_labelled_pieces_are_silence_where_none_answers_and_need_words_where_one_does(tmp_path):
    def row(question, **pieces):
        evidence = [{"text": f"{k}: {{ value:{v[0]} }}", "answers": v[1]} for k, v in pieces.items()]
        return {"question": question, "evidence": evidence, "language": "en", "origin": "semiPQA"}

    attributes = lines(
        tmp_path / "attributes.jsonl",
        row("is it blue?", brand=("acme", False), color=("blue", True)),
        row("is it loud?", brand=("acme", False)),
        row("is it heavy?", weight=("2", True)),
    )
    words = {"data": "color:  { value:Blue }", "text": "It is blue.", "origin": "semiPQA"}
    texts = lines(tmp_path / "texts.jsonl", words)
    pairs, files = read_pairs([attributes, texts])
    assert [(pair.kind, pair.answer) for pair in pairs] == [
        ("pair", "It is blue."), ("unstated", "The record does not say."),
    ]  # fmt: skip
    assert pairs[0].evidence == (("color: { value:blue }",),)
    assert files[0].bad == {"no answer in words stands in it": (1, 3)}
    assert files[1].told().endswith("texts.jsonl: explains other rows")


def test_faquad_answers_are_stretches_of_their_passage(tmp_path):
    row = {"passage": "A UFMS é uma instituição pública.", "question": "O que é a UFMS?", "language": "pt",
           "answers": ["uma instituição pública", "não está"]}  # fmt: skip
    [pair], _ = read_pairs([lines(tmp_path / "f.jsonl", row)])
    assert (pair.answer, pair.evidence, pair.language) == (
        "Uma instituição pública.", (("uma instituição pública",),), "pt",
    )  # fmt: skip


def test_every_public_set_gives_pairs_whose_evidence_stands_in_their_text(sample_data):
    names = ["hetpqa_answers", "hetpqa_evidence", "semipqa_attributes", "semipqa_texts", "faquad"]
    pairs, files = read_pairs([sample_data / "questions" / f"{name}.jsonl" for name in names])
    assert [file.usable > 100 for file in files] == [True, True, True, False, True]
    for pair in pairs:
        assert all(text in pair.text for texts in pair.evidence for text in texts)
        assert pair.answer
        assert pair.question


@pytest.fixture(scope="module")
def catalogue(tiny_catalogue):
    return Catalogue.open(tiny_catalogue)


def row_of(record, **more):
    return {"question": f"What is {record.title}?", "answer": "It is a thing.", "uid": record.uid, **more}


def test_products_are_found_by_uid_by_title_and_by_the_question(catalogue, tmp_path):
    records = catalogue.records("train", limit=3, seed=2)
    by_title = {**row_of(records[1]), "uid": None, "title": records[1].title}
    by_question = {**row_of(records[2]), "uid": None}
    path = lines(tmp_path / "p.jsonl", row_of(records[0]), by_title, by_question, {**row_of(records[0]), "uid": "X99"},
                 row_of(records[0]), {"question": "What is it?", "answer": "A thing."})  # fmt: skip
    subjects, [file] = read_subjects([path], catalogue)
    assert [one.records[0].uid for one in subjects] == [record.uid for record in records]
    assert file.usable == 3
    assert file.bad == {
        "the catalogue does not have its product": (1, 4),
        "it asks the same as a row before it": (1, 5),
        "it names no product, and its question is not about a single one of the catalogue": (1, 6),
    }


def test_products_of_the_other_splits_stay_there(catalogue, tmp_path):
    kept = [catalogue.records(split, limit=1, seed=1)[0] for split in ("train", "validation", "test")]
    subjects, [file] = read_subjects([lines(tmp_path / "p.jsonl", *map(row_of, kept))], catalogue)
    assert [one.split for one in subjects] == ["train", "validation"]
    assert (file.usable, file.kept_back) == (2, 1)
    assert "1 left out: their products are kept for testing" in file.told()


def test_what_the_record_does_not_hold_is_not_learnt(tmp_path, catalogue):
    own = {"text": "A blue lamp.\nIt  weighs 2 kg.", "title": "Lamp"}
    path = lines(
        tmp_path / "p.jsonl",
        {"question": "How heavy?", "answer": "2 kg.", "evidence": "It weighs 2 kg.", **own},
        {"question": "How high is it?", "answer": "It is 77 cm high.", **own},
        {"question": "Is it red?", "answer": "Yes.", "evidence": "It is red.", **own},
        {"question": "Is it sold by Acme?", "answer": "The record does not say.", **own},
    )
    pairs, files = read_pairs([path])
    subjects = find_subjects(pairs, files, catalogue, lambda: Finder.open(catalogue.path))
    assert [one.pair.kind for one in subjects] == ["pair", "unstated"]
    assert subjects[0].pair.evidence == (("It  weighs 2 kg.",),), "as the record has it"
    assert set(files[0].bad) == {
        "its answer has a number, name or quotation that the record lacks, and no evidence is told",
        "its evidence does not stand in the record word for word",
    }
