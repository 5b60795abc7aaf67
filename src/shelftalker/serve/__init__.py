"""Serve a run: the OpenAI-compatible API, the plain one, and the chat page."""

from shelftalker.serve.app import create_app
from shelftalker.serve.server import serve

__all__ = ["create_app", "serve"]
