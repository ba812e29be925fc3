"""`lockgate audit receipt` and `verify-receipt`: what a client can prove of its own request."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from lockgate.app.commands.audit_proofs import RequestId
from lockgate.app.commands.audit_verify import Folder, PublicKey, data_of, public_keys
from lockgate.app.options import ConfigFile, existing, refuse
from lockgate.audit.segments import FOLDER

ReceiptFile = Annotated[Path, typer.Argument(metavar="FILE", help="The receipt, or the header's value.")]


def add(group: typer.Typer) -> None:
    group.command("receipt", help="Print the receipt of a request, streams included.")(receipt)
    group.command("verify-receipt", help="Check a receipt, without the log.")(verify_receipt)


def receipt(request_id: RequestId, folder: Folder = None, config: ConfigFile = None) -> None:
    """The request asked for one with `x-lockgate-receipt: 1`, or `audit.hashes` is on."""
    from lockgate.audit.reading import Wanted, read  # noqa: PLC0415
    from lockgate.audit.receipt import made  # noqa: PLC0415
    from lockgate.audit.signing import signers  # noqa: PLC0415

    data = data_of(folder, config)
    try:
        found = next(read(folder or data / FOLDER, Wanted(kind="outcome", request_id=request_id)), None)
        if found is None:
            refuse(f"there is no outcome of a request {request_id!r}")
        print(made(found.record, signers(data)), end="")
    except (OSError, ValueError) as error:
        refuse(str(error))


def verify_receipt(
    file: ReceiptFile,
    request: Annotated[Path | None, typer.Option("--request", help="The body that was sent.")] = None,
    response: Annotated[Path | None, typer.Option("--response", help="The body that came.")] = None,
    public_key: PublicKey = None,
    config: ConfigFile = None,
) -> None:
    """Prints what is proven."""
    from lockgate.audit.receipt import NAMES, checked  # noqa: PLC0415

    try:
        known = public_keys(public_key, Path() if public_key else data_of(None, existing(config)))
        found = checked(file.read_text(encoding="utf-8"), known)
        for path, name in ((request, "asked"), (response, "answered")):
            if path is not None and hashlib.sha256(path.read_bytes()).hexdigest() != getattr(found, name):
                refuse(f"bad: {path} is not what was {name}")
    except OSError as error:
        refuse(f"cannot read {error.filename}: {error.strerror}", 2)
    except ValueError as error:
        refuse(f"bad: {error}")
    for name in NAMES:
        print(f"{name:<9} {getattr(found, name)}")
