"""`lockgate audit verify`, `checkpoint` and `rotate-keys`: the chains, the signed tree, and their keys."""

import time
from pathlib import Path
from typing import Annotated

import typer

from lockgate.app.noted import noted
from lockgate.app.options import ConfigFile, existing, refuse, refuse_all
from lockgate.app.outline import outline
from lockgate.audit import key_file
from lockgate.audit.note import Verifier, verifier
from lockgate.audit.segments import FOLDER

Folder = Annotated[Path | None, typer.Argument(metavar="DIR", help="The log; else `audit` in the data folder.")]
PublicKey = Annotated[
    str | None,
    typer.Option("--public-key", metavar="KEY", help="Public keys, or a file of them, instead of the data folder's."),
]
Witness = Annotated[Path | None, typer.Option("--witness", metavar="FILE", help="Checkpoints that a witness kept.")]


def add(group: typer.Typer) -> None:
    group.command("verify", help="Check the whole log. 0 only when it is as it was written.")(verify)
    group.command("checkpoint", help="Sign how far the log reaches now, when no gateway runs.")(checkpoint)
    group.command("rotate-keys", help="Make new keys of the chain and of the checkpoints.")(rotate_keys)


def verify(
    folder: Folder = None, public_key: PublicKey = None, witness: Witness = None, config: ConfigFile = None
) -> None:
    """Prints the first bad line of each chain, with its file and number."""
    from lockgate.audit.verify import Trust, unsigned  # noqa: PLC0415
    from lockgate.audit.verify import verify as check  # noqa: PLC0415

    data = data_of(folder, config)
    place = folder or data / FOLDER
    if folder is not None and not folder.is_dir():
        refuse(f"there is no folder {folder}", 2)
    try:
        keys = key_file.known(data)
        known = public_keys(public_key, data)
    except (OSError, ValueError) as error:
        refuse(str(error))
    if not keys and not known:
        refuse(f"there are no keys in {data}: give the public ones with --public-key", 2)
    verdict = check(place, Trust(keys, known, witness))
    late = unsigned(place, verdict, time.time()) if known else None
    for bad in (*verdict.bad, *([late] if late else ())):
        print(f"bad: {bad}")
    if verdict.bad or late:
        raise typer.Exit(1)
    if not verdict.writers:
        refuse(f"there is no log in {place}")
    print(f"good: {verdict.records} records of {verdict.writers} writers, {verdict.size} bytes")
    if not keys:
        print("the seals were not checked, for the keys of the chain are not here")
        print(f"what {verdict.records - verdict.covered} records say that are not in the signed tree is not proven")
    some = "" if verdict.signed == verdict.leaves else f" of {verdict.leaves}"
    print(f"{verdict.covered} of them are in the signed tree; {verdict.signed}{some} leaves of it are signed")


def checkpoint(config: ConfigFile = None) -> None:
    """What killed writers left is covered by their next start."""
    from lockgate.audit.notary import LATEST, Notary  # noqa: PLC0415
    from lockgate.audit.signing import signers  # noqa: PLC0415

    data = data_of(None, config)
    try:
        notary = Notary(data / FOLDER, signers(data))
    except (OSError, ValueError) as error:
        refuse(str(error))
    notary.tick()
    if notary.problem:
        refuse(notary.problem)
    latest = data / FOLDER / LATEST
    if not latest.exists():
        refuse("there is nothing to sign yet")
    print(latest.read_text(encoding="utf-8"), end="")


def rotate_keys(config: ConfigFile = None) -> None:
    """The old ones go on verifying. A running gateway takes the new ones at its next start."""
    from lockgate.audit import signing  # noqa: PLC0415

    data = data_of(None, config)
    try:
        key = key_file.rotate(data)
        signing.rotate(data)
    except (OSError, ValueError) as error:
        refuse(str(error))
    noted(data, "audit_keys_rotated", chain=key.id, public=signing.verifiers(data)[-1].text())
    print(f"chain   {key.id}")
    print(f"public  {signing.verifiers(data)[-1].text()}")


def data_of(folder: Path | None, config: Path | None) -> Path:
    """The data folder: the log's parent, or what the configuration says."""
    if folder is not None:
        return folder.absolute().parent
    there = outline(existing(config))
    return refuse_all(there.problems) if there.problems else there.data


def public_keys(given: str | None, data: Path) -> list[Verifier]:
    """Those that were given, or the data folder's own. `ValueError` for what is none."""
    from lockgate.audit.signing import verifiers  # noqa: PLC0415

    if given is None:
        return list(verifiers(data))
    path = Path(given)
    text = path.read_text(encoding="utf-8") if "+" not in given or path.exists() else given
    return [verifier(line) for line in text.splitlines() if line.strip()]
