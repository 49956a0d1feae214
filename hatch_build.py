"""Compiles the messages: at every build and install, and by hand with `python hatch_build.py`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    except ImportError:  # by hand, where only khata's own dependencies are installed
        BuildHookInterface = object

ROOT = Path(__file__).resolve().parent


def compile_catalogs(root: Path = ROOT) -> list[Path]:
    """Write khata.mo beside every khata.po under `root`; return the files written."""
    sys.path.insert(0, str(root))  # while building, khata is not installed
    try:
        from khata.i18n.catalogs import compiled
    finally:
        sys.path.remove(str(root))
    written = []
    for source in sorted((root / "khata" / "i18n" / "locales").glob("*/LC_MESSAGES/khata.po")):
        target = source.with_suffix(".mo")
        fresh = compiled(source.read_bytes())
        if not target.exists() or target.read_bytes() != fresh:
            half = target.with_suffix(".mo.new")
            half.write_bytes(fresh)
            half.replace(target)  # a khata that is running meanwhile reads the old one or the new one
            written.append(target)
    return written


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version, build_data
        compile_catalogs(Path(self.root))


if __name__ == "__main__":
    compile_catalogs()
