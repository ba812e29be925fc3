"""Ways to choose among the upstreams of a model, a folder for each."""
