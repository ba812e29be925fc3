"""Errors: the same at every path of OpenAI's API."""

from lockgate.dialects.openai_chat.problem import found, read, render, status

__all__ = ["found", "read", "render", "status"]
