"""The file's schema, letter by letter: triggers that are gone, tables that were added, texts that were changed."""

from __future__ import annotations

from khata.store.sqlite.readonly import Standing
from khata.store.sqlite.schema import APPLICATION_ID, OBJECTS, USER_VERSION
from khata.verifying.verdict import Fault

_KINDS = {name: text.split(maxsplit=2)[1].lower() for name, text in OBJECTS.items()}
_PRAGMAS = {"application_id": APPLICATION_ID, "user_version": USER_VERSION, "encoding": "UTF-8"}


def schema_faults(standing: Standing) -> list[Fault]:
    """Codes: missing_, altered_ and extra_ with table, trigger, index or view; wrong_ with the pragma's name."""
    codes: list[str] = []
    found: set[str] = set()
    for kind, name, text in standing.objects:
        if name in OBJECTS and name not in found and _KINDS[name] == kind:
            found.add(name)
            if text != OBJECTS[name]:
                codes.append(f"altered_{kind}")
        else:
            codes.append(f"extra_{kind}")
    codes += [f"missing_{_KINDS[name]}" for name in OBJECTS if name not in found]
    codes += [f"wrong_{name}" for name, value in _PRAGMAS.items() if standing.pragmas[name] != value]
    if standing.pragmas["journal_mode"] == "wal":
        # Its newest pages lie in a second file, which nobody copies; khata itself never writes so.
        codes.append("wrong_journal_mode")
    return [Fault("schema", None, code) for code in codes]


def readable(standing: Standing) -> bool:
    """Whether the two tables are what they must be, so that reading them runs nothing but a read."""
    texts = {name: text for kind, name, text in standing.objects if kind == "table"}
    return all(texts.get(name) == OBJECTS[name] for name in ("event", "detail"))
