"""Tokens, without a gateway around them."""
