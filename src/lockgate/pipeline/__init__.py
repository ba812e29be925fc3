"""The life of a request: one file and one verb each; `serve.py` knows the order."""
