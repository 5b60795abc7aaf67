"""Shelftalker turns a product catalogue into a model that answers questions about the products."""

__version__ = "0.1.0"
__all__ = ["__version__"]
