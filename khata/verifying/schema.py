"""The file's schema, held against what every book has."""

from __future__ import annotations

from khata.store.sqlite.readonly import Standing
from khata.store.sqlite.schema import OBJECTS, amiss
from khata.verifying.verdict import Fault


def schema_faults(standing: Standing) -> list[Fault]:
    """The codes of store/sqlite/schema.py, and `wrong_journal_mode`."""
    codes = amiss(standing.objects, standing.pragmas)
    if standing.pragmas["journal_mode"] == "wal":
        # Its newest pages lie in a second file, which nobody copies; khata itself never writes so.
        codes.append("wrong_journal_mode")
    return [Fault("schema", None, code) for code in codes]


def readable(standing: Standing) -> bool:
    """Whether the two tables are what they must be, so that reading them runs nothing but a read."""
    texts = {name: text for kind, name, text in standing.objects if kind == "table"}
    return all(texts.get(name) == OBJECTS[name] for name in ("event", "detail"))
