"""From a translator's .po to the .mo that is read; the build hook and a tree without .mo files both use it."""

import re
from io import BytesIO
from pathlib import Path
from typing import Final
from zlib import crc32

LOCALES: Final = Path(__file__).parent / "locales"
"""One folder a language, `<language>/LC_MESSAGES/khata.po`."""

MADE_FROM: Final = "made-from"
"""A message that the compiler adds: the fingerprint of the .po, by which an outdated .mo is recognised."""


MESSAGES: Final = "messages"
"""Another: how many messages the .po has; the .mo itself never says."""

CHECKED_BY: Final = "checked-by"
"""And the speaker who has read all of it: the line X-Checked-By of the .po's header, which Babel drops."""


def fingerprint(source: bytes) -> str:
    """Eight hex digits that change with the contents of a .po."""
    return f"{crc32(source):08x}"


def compiled(source: bytes) -> bytes:
    """The bytes of the .mo for the bytes of a .po. Loads Babel."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalog = read_po(BytesIO(source), abort_invalid=True)
    messages = sum(1 for message in catalog if message.id and message.string)
    catalog.add(MADE_FROM, fingerprint(source))
    catalog.add(MESSAGES, str(messages))
    if checked := re.search(rb'^"X-Checked-By: *(.*?) *\\n"$', source, re.MULTILINE):
        catalog.add(CHECKED_BY, checked[1].decode())
    target = BytesIO()
    write_mo(target, catalog)
    return target.getvalue()
