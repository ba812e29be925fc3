"""The front door of the data plane: HTTP in, HTTP out."""
