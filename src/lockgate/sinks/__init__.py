"""Where audit records go, and what counts them. One folder each."""
