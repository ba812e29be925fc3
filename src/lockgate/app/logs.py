"""The log of every process: one line a message on stderr, secrets taken out of messages and tracebacks, at any level."""

import logging
from collections.abc import Mapping

from lockgate.egress import Redacting, Redactor

LEVEL = "LOCKGATE_LOG_LEVEL"
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def logs(environ: Mapping[str, str]) -> Redactor:
    """Sets the log up; what the redactor is given later is taken out, too. A level that is none is INFO."""
    levels = logging.getLevelNamesMapping()
    level = levels.get(environ.get(LEVEL, "INFO").upper(), logging.INFO)
    redactor = Redactor()
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(logging.Formatter(_FORMAT), redactor))
    logging.basicConfig(level=level, handlers=[handler])
    return redactor
