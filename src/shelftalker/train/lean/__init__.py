"""The fast path: Llama-shaped models with a plain LoRA, their layers computed by hand."""

from shelftalker.train.lean.engine import LeanEngine, lean_engine

__all__ = ["LeanEngine", "lean_engine"]
