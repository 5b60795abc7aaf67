"""The compiled kernels against the same in the framework's own operations, and what happens without a compiler."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from shelftalker.train.lean.kernels import Heads, RowsOfHeads, TorchKernels, Workspace
from shelftalker.train.lean.native import native_kernels, open_kernels

HEADS = Heads(kv=2, group=3, width=16)
QUERIES, COLUMNS = 6 * 16, (6 + 2 + 2) * 16


@pytest.fixture(scope="module")
def native():
    found = native_kernels()
    if found is None:
        pytest.skip("no C compiler here")
    return found


@pytest.fixture
def work():
    return Workspace()


def random(*shape, seed=0, scale=1.0):
    """bf16 values and the same ones in fp32."""
    made = (torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * scale).bfloat16()
    return made, made.float()


def close(found, exact, roundings=1):
    """`exact` to within so many roundings to bf16 (8 bits), in the worst place."""
    torch.testing.assert_close(found.float(), exact.float(), rtol=roundings * 2**-8, atol=roundings * 2**-8 * 0.05)


def place(lengths, prefix):
    """Rows in packed tokens, with another row before them."""
    starts = np.cumsum([5, *lengths])
    longest = max(lengths)
    pads = np.full((len(lengths), longest), starts[-1])
    for row, length in enumerate(lengths):
        pads[row, :length] = np.arange(length) + starts[row]
    return RowsOfHeads(
        torch.from_numpy(starts.astype(np.int32)), torch.from_numpy(pads.ravel()), longest, prefix, int(starts[-1])
    )


PLACES = [place([7, 3, 9], 0), place([7, 3, 9], 4), place([1], 0), place([33, 33], 5)]


def angles(at):
    turn = torch.outer(torch.arange(at.prefix + at.longest), torch.linspace(1, 0.01, HEADS.width // 2))
    return turn.cos().contiguous(), turn.sin().contiguous()


def test_rms(native, work):
    x, wide = random(9, 200)
    weight, _ = random(200, seed=1)
    grad, wide_grad = random(9, 200, seed=2)
    total, wide_total = random(9, 200, seed=3)
    out, inverse = native.rms(x, weight, 1e-5, work)
    exact, exact_inverse = TorchKernels().rms(wide, weight, 1e-5, work)
    close(out, exact)
    torch.testing.assert_close(inverse, exact_inverse, rtol=1e-5, atol=0)
    back = native.rms_backward(grad, x, weight, inverse, total.clone())
    close(back, TorchKernels().rms_backward(wide_grad, wide, weight, exact_inverse, wide_total), 2)


def test_swiglu(native, work):
    both, wide = random(11, 2 * 70, scale=4)
    grad, wide_grad = random(11, 70, seed=1)
    close(native.swiglu(both, work), TorchKernels().swiglu(wide, work))
    found = native.swiglu_backward(grad, both.clone(), work)
    for one, other in zip(found, TorchKernels().swiglu_backward(wide_grad, wide, work), strict=True):
        close(one, other)


def test_extreme_gates_stay_finite(native, work):
    both = torch.tensor([[-3e4, -100.0, 100.0, 3e4, 1.0, 1.0, 1.0, 1.0]]).bfloat16()
    out = native.swiglu(both, work)
    torch.testing.assert_close(out.float(), torch.tensor([[0.0, 0.0, 100.0, both[0, 3].float()]]), rtol=0, atol=1e-30)


@pytest.mark.parametrize("at", PLACES, ids=["rows", "continued rows", "one token", "equal rows"])
def test_heads_there_and_back(native, work, at):
    packed, wide = random(at.end + 2, COLUMNS)
    cosine, sine = angles(at)
    found = native.split(packed, cosine, sine, at, HEADS, work)
    exact = TorchKernels().split(wide, cosine, sine, at, HEADS, work)
    close(found[0], exact[0])
    for one, other in zip(found[1:], exact[1:], strict=True):
        close(one[:, :, at.prefix :], other[:, :, at.prefix :])
    grads = [random(*part.shape, seed=4 + i) for i, part in enumerate(exact)]
    into, into_wide = torch.zeros_like(packed), torch.zeros_like(wide)
    native.split_backward(*(g[0] for g in grads), cosine, sine, at, HEADS, into)
    TorchKernels().split_backward(*(g[1] for g in grads), cosine, sine, at, HEADS, into_wide)
    close(into, into_wide)
    outputs, wide_outputs = random(at.end + 2, QUERIES, seed=9)
    laid_out = native.to_heads(outputs, at, HEADS, work)
    torch.testing.assert_close(laid_out.float(), TorchKernels().to_heads(wide_outputs, at, HEADS, work))
    again = torch.zeros_like(outputs)
    native.to_tokens(laid_out, at, HEADS, again)
    real = slice(int(at.starts[0]), at.end)
    assert torch.equal(again[real], outputs[real])


@pytest.mark.parametrize(("queries", "group", "first"), [(1, 3, 0), (9, 1, 0), (40, 3, 13)])
def test_softmax(native, queries, group, first):
    scores, wide = random(6, queries * group, first + queries, scale=6)
    grad, wide_grad = random(6, queries * group, first + queries, seed=1)
    chances = native.softmax(scores.clone(), 0.3, group, first)
    exact = TorchKernels().softmax(wide, 0.3, group, first)
    close(chances, exact)
    places = first + torch.arange(queries * group) // group
    hidden = torch.arange(first + queries) > places[:, None]
    assert (chances[:, hidden] == 0).all()
    back = native.softmax_backward(chances, grad.clone(), 0.3, group, first)
    close(back, TorchKernels().softmax_backward(chances.float(), wide_grad, 0.3, group, first), 2)
    assert (back[:, hidden] == 0).all()


@pytest.mark.parametrize(("tokens", "columns", "rank"), [(1, 1, 1), (7, 64, 16), (130, 200, 4), (33, 65, 100)])
def test_outer_sum(native, tokens, columns, rank):
    left, wide_left = random(tokens, columns + 9)
    right, wide_right = random(tokens, rank + 3, seed=1)
    out = torch.randn(columns, rank)
    expected = out + 0.5 * wide_left[:, 5 : columns + 5].t() @ wide_right[:, 2 : rank + 2]
    turned = out.t().clone(memory_format=torch.contiguous_format)
    for into in (out, turned.t()):
        native.outer_sum(left[:, 5 : columns + 5], right[:, 2 : rank + 2], into, 0.5)
        torch.testing.assert_close(into, expected, rtol=1e-5, atol=1e-4)


def test_cross_entropy(native):
    logits, wide = random(7, 1003, scale=5)
    targets = torch.arange(7) * 100
    losses, grad = native.cross_entropy(logits.clone(), targets)
    exact_losses, exact_grad = TorchKernels().cross_entropy(wide, targets)
    torch.testing.assert_close(losses, exact_losses, rtol=1e-5, atol=1e-5)
    close(grad, exact_grad)


def test_the_library_is_compiled_once(native, tmp_path, monkeypatch):
    monkeypatch.setenv("SHELFTALKER_CACHE", str(tmp_path))
    assert open_kernels().kernels is not None
    (library,) = (tmp_path / "native").iterdir()  # nothing half made lies beside it
    made = library.stat().st_mtime_ns
    assert open_kernels().kernels is not None
    assert library.stat().st_mtime_ns == made


def compilers(folder: Path, script: str | None) -> Path:
    folder.mkdir()
    if script is not None:
        (folder / "cc").write_text(f"#!{shutil.which('sh')}\n{script}\n")
        (folder / "cc").chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("script", "told"),
    [(None, "no C compiler"), ("exit 1", "cc failed"), ("exit 0", "cc failed")],
    ids=["none", "broken", "writes nothing"],
)
def test_without_a_working_compiler_there_are_none_and_it_says_why(script, told, tmp_path, monkeypatch):
    monkeypatch.setenv("SHELFTALKER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(compilers(tmp_path / "bin", script)))
    opened = open_kernels()
    assert opened.kernels is None
    assert told in opened.why_not
    assert not list((tmp_path / "cache").rglob("*.so"))


def test_a_damaged_library_is_made_again(native, tmp_path, monkeypatch):
    monkeypatch.setenv("SHELFTALKER_CACHE", str(tmp_path / "whole"))
    assert open_kernels().kernels is not None
    (library,) = (tmp_path / "whole" / "native").iterdir()
    # in another folder: what is loaded once from a path is not read again
    damaged = tmp_path / "damaged" / "native" / library.name
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(library.read_bytes()[:100])
    monkeypatch.setenv("SHELFTALKER_CACHE", str(tmp_path / "damaged"))
    assert open_kernels().kernels is not None
    assert damaged.stat().st_size == library.stat().st_size


def test_they_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("SHELFTALKER_NATIVE", "0")
    opened = open_kernels()
    assert opened.kernels is None
    assert "SHELFTALKER_NATIVE" in opened.why_not


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SHELFTALKER_CACHE", str(tmp_path / "file"))
    opened = open_kernels()
    assert opened.kernels is None
    assert opened.why_not
