"""A gateway under load for as long as `--soak` says, before upstreams that fail: what has to be true is checked at the end."""
