"""Patterns in one automaton: read, compiled once, scanned once a text. Guards say what; this package says how."""
