"""`lockgate approvals`: what flow rules hold until a person says yes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from lockgate.app.noted import noted
from lockgate.app.options import AsJson, ConfigFile, existing, refuse, refuse_all
from lockgate.app.outline import outline
from lockgate.core.duration import seconds
from lockgate.stores.approvals import ApprovalFiles

ApprovalId = Annotated[str, typer.Argument(metavar="ID", help="As the refusal and `approvals list` show it.")]


def add(app: typer.Typer) -> None:
    group = typer.Typer(help="What flow rules hold until somebody approves: list, grant, deny.", no_args_is_help=True)
    group.command("list", help="Show what waits.")(waiting)
    group.command("grant", help="Say yes, for a while.")(grant)
    group.command("deny", help="Say no, or take a yes back.")(deny)
    app.add_typer(group, name="approvals")


def waiting(json: AsJson = False, config: ConfigFile = None) -> None:
    """One line for each question, the oldest first. What was said is not in it."""
    questions = ApprovalFiles(_data(config)).waiting()
    if json:
        print(msgspec.json.encode(questions).decode())
        return
    for each in questions:
        when = datetime.fromtimestamp(each.asked, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        who = each.user or each.key_id
        print(f"{each.id}  {when}  rule {each.rule}  tool {each.tool}  team {each.team}  {who}")


def grant(
    approval: ApprovalId,
    for_: Annotated[str, typer.Option("--for", metavar="10m", help="How long it holds.")] = "10m",
    config: ConfigFile = None,
) -> None:
    """The conversation may use the tools of this rule from now on: its client asks again."""
    try:
        length = seconds(for_)
    except ValueError as error:
        refuse(f"--for: {error}", 2)
    data = _data(config)
    if not ApprovalFiles(data).grant(approval, length, "command line"):
        refuse(f"nobody asks for {approval!r}: see `lockgate approvals list`")
    noted(data, "approval_granted", approval=approval, length=for_)
    print(f"{approval} is granted for {for_}")


def deny(approval: ApprovalId, config: ConfigFile = None) -> None:
    """It may be asked for again."""
    data = _data(config)
    if not ApprovalFiles(data).deny(approval):
        refuse(f"nobody asks for {approval!r}: see `lockgate approvals list`")
    noted(data, "approval_denied", approval=approval)
    print(f"{approval} is denied")


def _data(config: Path | None) -> Path:
    there = outline(existing(config))
    if there.problems:
        refuse_all(there.problems)
    return there.data
