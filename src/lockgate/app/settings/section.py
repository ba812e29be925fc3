"""What every part of the file is made of: strict Structs, and the names that tie parts together."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from lockgate.core.name import Name

__all__ = ["ModelName", "Name", "Settings"]

ModelName = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$", description="A model's name, as clients write it.")
]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the file. Unknown keys are errors."""

    advice: ClassVar[str] = ""
    """What belongs here, said to somebody who wrote something that is not a mapping."""
    hidden: ClassVar[bool] = False
    """What was found here may be a secret, and is not repeated."""
