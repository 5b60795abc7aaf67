"""A GGUF file becomes the model that it was written from: weights, tokens and chat template."""

from __future__ import annotations

import pytest
import torch
from export_models import export_model

from shelftalker.models import encode_prompt, load_base
from shelftalker.models.gguf_reading import convert_gguf
from shelftalker.models.gguf_writing import write_gguf
from shelftalker.records import Message

TEXTS = (
    "It's 12345 kg,  and costs $49.99!\n\n\tQuanto pesa a luminária?",
    "<|im_end|>\r\n<|begin|> x",
    "日本語 ﬁ",
)
pytestmark = pytest.mark.usefixtures("one_thread")


def there_and_back(loaded, folder, quant="f16"):
    (folder / "back").mkdir()
    write_gguf(loaded, folder / "model.gguf", quant)
    convert_gguf(folder / "model.gguf", folder / "back")
    return load_base(folder / "back", dtype="float32", device="cpu")


@pytest.mark.parametrize("name", ["smollm2", "qwen2.5"])
def test_weights_tokens_and_template_come_back(name, tmp_path):
    loaded = load_base(export_model(name, tmp_path / "model"), dtype="float32", device="cpu")
    back = there_and_back(loaded, tmp_path)
    before, after = loaded.model.state_dict(), back.model.state_dict()
    assert before.keys() == after.keys()
    for key, weight in before.items():
        assert torch.equal(weight.bfloat16().float(), after[key]), key
    assert back.model.config.rms_norm_eps == loaded.model.config.rms_norm_eps
    for text in TEXTS:
        assert back.tokenizer(text)["input_ids"] == loaded.tokenizer(text)["input_ids"]
    asked = (Message("system", "Be brief."), Message("user", "What is it?"))
    assert encode_prompt(back.tokenizer, asked) == encode_prompt(loaded.tokenizer, asked)


def test_letters_with_their_accents_apart_are_one_token_as_in_the_original_qwen2(tmp_path):
    loaded = load_base(export_model("qwen2.5", tmp_path / "model"), dtype="float32", device="cpu")
    tokenizer = there_and_back(loaded, tmp_path).tokenizer
    assert tokenizer("lumina\u0301ria")["input_ids"] == tokenizer("luminária")["input_ids"]


@pytest.mark.parametrize("tied", [True, False])
def test_a_matrix_that_is_there_twice_is_kept_once(tied, tmp_path):
    """As in Qwen's own files: the embedding, and the same again for the output in other roundings."""
    loaded = load_base(export_model("qwen2.5", tmp_path / "model"), dtype="float32", device="cpu")
    model = loaded.model
    model.config.tie_word_embeddings = False
    spread = 0.01 if tied else 2.0
    finer = model.lm_head.weight.detach().half().float()
    coarse = finer + spread * finer.std() * torch.randn(finer.shape, generator=torch.Generator().manual_seed(1))
    model.model.embed_tokens.weight = torch.nn.Parameter(coarse)
    back = there_and_back(loaded, tmp_path).model
    assert back.config.tie_word_embeddings is tied
    assert torch.equal(back.lm_head.weight, finer.bfloat16().float())
    assert torch.equal(back.model.embed_tokens.weight, back.lm_head.weight) is tied


def test_other_files_are_refused(tmp_path):
    loaded = load_base(export_model("qwen3", tmp_path / "model"), dtype="float32", device="cpu")
    with pytest.raises(ValueError, match="not a Llama or a Qwen2"):
        there_and_back(loaded, tmp_path)
