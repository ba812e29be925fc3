"""`lockgate demo`: a story told with real requests, for somebody who has two minutes."""

from lockgate.app.demo.tell import run

__all__ = ["run"]
