"""Finds payloads in what a tool is told to do: shell commands, SQL, templates and paths that do what nobody asked for."""

from collections.abc import Mapping
from typing import ClassVar, Literal, get_args

from lockgate.core.guard import Guard, GuardConfig, On
from lockgate.guards.code import paths, shell, sql, templates
from lockgate.patterns.kinds import Kind, Kinds

Language = Literal["shell", "sql", "template", "path"]
Severity = Literal["high", "medium"]
TABLES: Mapping[Language, tuple[tuple[float, str], ...]] = {
    "shell": shell.ROWS,
    "sql": sql.ROWS,
    "template": templates.ROWS,
    "path": paths.ROWS,
}
LEAST: Mapping[Severity, float] = {"high": 0.9, "medium": 0.6}


class plugin(GuardConfig, frozen=True, tag="code"):
    """Settings of the guard against payloads."""

    status = "stable"
    posture = "both"
    on: ClassVar[tuple[On, ...]] = ("tool_arguments",)

    find: tuple[Language, ...] = get_args(Language)
    """What is looked for."""

    severity: Severity = "high"
    """From where on: `high` has no other use, `medium` has some."""

    allow: tuple[str, ...] = ()
    """Payloads that are none, taken literally."""

    def build(self) -> Guard:
        if not self.find:
            raise ValueError("`find` leaves nothing to look for")
        least = LEAST[self.severity]
        kinds = [
            Kind(f"code_{language}", expression, confidence, caseless=True)
            for language in dict.fromkeys(self.find)
            for confidence, expression in TABLES[language]
            if confidence >= least
        ]
        allowed = frozenset(self.allow)
        return Kinds(kinds, known=allowed.__contains__ if allowed else None)
