"""The audit log: JSON lines, each with the hash of the one before, written off the hot path."""

from lockgate.sinks.jsonl.sink import JsonLines

__all__ = ["JsonLines"]
