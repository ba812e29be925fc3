"""`lockgate audit`: is the log as it was written, and what does it say."""

import typer

from lockgate.app.commands import audit_proofs, audit_read, audit_receipts, audit_verify


def add(app: typer.Typer) -> None:
    group = typer.Typer(help="The audit log: verify it, prove it, read it.", no_args_is_help=True)
    audit_verify.add(group)
    audit_read.add(group)
    audit_proofs.add(group)
    audit_receipts.add(group)
    app.add_typer(group, name="audit")
