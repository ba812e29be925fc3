"""`lockgate audit prove` and `verify-proof`: one record, proven to somebody who has only the public key."""

from pathlib import Path
from typing import Annotated

import typer

from lockgate.app.commands.audit_verify import Folder, PublicKey, data_of, public_keys
from lockgate.app.options import ConfigFile, existing, refuse
from lockgate.audit.segments import FOLDER

RequestId = Annotated[str, typer.Argument(metavar="ID", help="The request's id.")]
ProofFile = Annotated[Path, typer.Argument(metavar="FILE", help="What `prove` printed.")]


def add(group: typer.Typer) -> None:
    group.command("prove", help="Print a proof that a request's record is in the signed log.")(prove)
    group.command("verify-proof", help="Check such a proof, without the log.")(verify_proof)


def prove(
    request_id: RequestId,
    folder: Folder = None,
    intent: Annotated[bool, typer.Option("--intent", help="Its intent, not its outcome.")] = False,
    config: ConfigFile = None,
) -> None:
    """It shows this record and no other."""
    from lockgate.audit.proof import NoProof  # noqa: PLC0415
    from lockgate.audit.proof import prove as make  # noqa: PLC0415

    place = folder or data_of(None, config) / FOLDER
    try:
        print(make(place, request_id, "intent" if intent else "outcome"), end="")
    except (NoProof, OSError, ValueError) as error:
        refuse(str(error))


def verify_proof(file: ProofFile, public_key: PublicKey = None, config: ConfigFile = None) -> None:
    """Prints the record that is proven."""
    from lockgate.audit.proof import proven  # noqa: PLC0415

    try:
        known = public_keys(public_key, Path() if public_key else data_of(None, existing(config)))
        print(proven(file.read_text(encoding="utf-8"), known))
    except OSError as error:
        refuse(f"cannot read {error.filename}: {error.strerror}", 2)
    except ValueError as error:
        refuse(f"bad: {error}")
