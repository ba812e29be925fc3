"""Errors: the same at every path of Ollama's API."""

from lockgate.dialects.ollama_chat.problem import BOM, read, render, status

__all__ = ["BOM", "read", "render", "status"]
