"""The security gateway for large-model APIs. Read `pipeline/serve.py` first: the life of a request, on one screen."""

__version__ = "0.1.0"
