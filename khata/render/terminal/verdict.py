"""What verification found: each check with its result, and the seal or the first bad entry."""

from __future__ import annotations
