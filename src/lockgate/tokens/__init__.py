"""Tokens in the place of values, and back: what they look like, who may have which back, and how that is remembered."""
