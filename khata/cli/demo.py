"""A sample shop in a temporary book, from the import to a tampered copy that is caught."""

from __future__ import annotations
