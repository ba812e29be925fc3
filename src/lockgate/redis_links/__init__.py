"""Connections to Redis or Valkey, for every store that has a twin there."""
