"""The figures that a long run measured: for the table of `make torture`."""

from __future__ import annotations

from collections.abc import Callable

Figures = Callable[[str], None]
"""Takes one line of the table."""
