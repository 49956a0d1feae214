"""The lines of an exported log that are not events, as somebody else's file may have them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SeqField = Annotated[int, Field(ge=1, lt=2**53)]


class DetailLine(BaseModel):
    """The free text of one entry: `salt` in hex, `body` as text (in hex where `form` is not 0)."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    entry: SeqField
    salt: str
    body: str
    form: Annotated[int, Field(ge=0, lt=2**53)] = 0


class HeadLine(BaseModel):
    """The last line: the hash of the last entry (64 hex), and how many there are."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    head: str
    size: SeqField
