"""The pages of the project that go along with what khata hands out: found where it is installed, or in its source."""

from __future__ import annotations

from pathlib import Path

VERIFY_SCRIPT, BY_HAND = "verify.py", "VERIFY.md"
"""A checker of one file that needs no khata; and how everything is checked by hand."""

_PACKAGE = Path(__file__).parent.parent


def page(name: str) -> bytes:
    """A page of docs/, which the build lays into the package. Raises OSError."""
    built = _PACKAGE / "pages_built" / name
    return (built if built.exists() else _PACKAGE.parent / "docs" / name).read_bytes()
