"""Take a run away: merged safetensors, GGUF for llama.cpp, a folder for Ollama; each is asked whether it agrees."""

from shelftalker.export.folder import BARS, Exported, Quant, Target, export, require_agreement

__all__ = ["BARS", "Exported", "Quant", "Target", "export", "require_agreement"]
