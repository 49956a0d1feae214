"""Bytes on the disk: an entry of the book, other page sizes, and what compressed cold segments would save."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from statistics import median

from process import Command, alternately
from shop import WHO, Shop
from table import Results, tell

MOST = 430
PAGES = (4096, 8192, 16384)
COMMITS = 200
SEGMENT = 65_536
BLOCK = 256


def measure(shop: Shop, paged: Shop, folder: Path, results: Results) -> None:
    """The size of `shop`'s book; the page sizes on copies of `paged`, which may be smaller; one segment of `shop`'s."""
    bare = folder / "no-details.khata"
    recorded = _without_details(shop.book, bare, _page_size(shop.book))
    a_row = bare.stat().st_size / recorded
    whole = (
        f"{shop.book.stat().st_size / recorded:.0f} with details, {shop.cache.stat().st_size / recorded:.0f} its views"
    )
    results.add(
        "size on disk, the book without details",
        f"{a_row:.0f} bytes an entry ({whole})",
        f"at most {MOST} bytes",
        met=a_row <= MOST,
    )
    bare.unlink()
    _page_sizes(paged, folder, results)
    _compressed(shop.book, results)


def _page_size(book: Path) -> int:
    connection = sqlite3.connect(book)
    found: int = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    return found


def _without_details(book: Path, to: Path, page_size: int) -> int:
    """Copy the entries alone, in order, as they were added; returns how many."""
    connection = sqlite3.connect(to)
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.execute("ATTACH ? AS book", [str(book)])
    (schema,) = connection.execute("SELECT sql FROM book.sqlite_master WHERE name = 'event'").fetchone()
    connection.execute(schema)
    connection.execute("INSERT INTO main.event SELECT * FROM book.event ORDER BY seq")
    connection.commit()
    count: int = connection.execute("SELECT count(*) FROM main.event").fetchone()[0]
    connection.close()
    return count


def _page_sizes(shop: Shop, folder: Path, results: Results) -> None:
    """The same book with other pages: its size, a commit, a sale and a question."""
    homes = {size: _with_pages(shop, folder, size) for size in PAGES}
    commands: dict[str, Command] = {}
    for size, copy in homes.items():
        commands[f"sale {size}"] = copy.ask("sale", WHO, "450")
        commands[f"balance {size}"] = copy.ask("balance", WHO)
    took = alternately(commands, 15)
    chosen = _page_size(shop.book)
    lines = [
        "| page | bytes an entry, without details | one commit of one entry | `khata sale` | `khata balance NAME` |"
    ]
    lines.append("|---|--:|--:|--:|--:|")
    for size, copy in homes.items():
        bare = folder / f"{size}.khata"
        an_entry = _without_details(copy.book, bare, size)
        bytes_an_entry = bare.stat().st_size / an_entry
        commit = _commit_ms(bare)
        sale, balance = (took[f"{what} {size}"].seconds * 1000 for what in ("sale", "balance"))
        mark = " (khata's)" if size == chosen else ""
        lines.append(f"| {size:,}{mark} | {bytes_an_entry:.1f} | {commit:.2f} ms | {sale:.0f} ms | {balance:.0f} ms |")
        bare.unlink()
        copy.drop()
    results.tables[f"Page sizes, on the book of {shop.entries:,} entries:"] = "\n".join(lines)
    tell("\n".join(lines))


def _with_pages(shop: Shop, folder: Path, size: int) -> Shop:
    """A copy of a home whose book has pages of another size; its views stand there already."""
    home = folder / f"pages-{size}"
    shutil.copytree(shop.home, home)
    copy = Shop(home, shop.file, shop.entries, shop.parties)
    connection = sqlite3.connect(copy.book, isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute(f"PRAGMA page_size = {size}")
    connection.execute("VACUUM")
    connection.close()
    return copy


def _commit_ms(path: Path) -> float:
    """The median of commits that add one entry as a sale does, in one process, to a book without details."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = TRUNCATE", "synchronous = EXTRA", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")
    times = []
    for _ in range(COMMITS):
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        seq, body, digest = connection.execute("SELECT seq, body, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        connection.execute("INSERT INTO event VALUES (?, ?, ?)", (seq + 1, body, digest))
        connection.execute("COMMIT")
        times.append(time.perf_counter() - started)
    connection.close()
    return median(times) * 1000


def _compressed(book: Path, results: Results) -> None:
    """What the last whole segment's bodies would take, framed by their lengths and compressed."""
    try:
        import zstandard
    except ImportError:
        results.note("zstandard is not installed here (`pip install -e '.[bench]'`): no compressed segments.")
        return
    connection = sqlite3.connect(book)
    last = connection.execute("SELECT max(seq) FROM event").fetchone()[0]
    first = max(last - SEGMENT, 0)
    bodies = [body for (body,) in connection.execute("SELECT body FROM event WHERE seq > ? ORDER BY seq", [first])]
    earlier = connection.execute(
        "SELECT body FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 20000", [first]
    ).fetchall()
    connection.close()
    framed = [len(body).to_bytes(4, "big") + body for body in bodies]
    samples = [body for (body,) in earlier] or bodies[:20_000]
    trained = zstandard.train_dictionary(112_640, samples)
    plain = sum(map(len, framed)) / len(framed)
    lines = [
        f"| {len(bodies):,} entries, {plain:.0f} bytes each, zstd level | without a dictionary | with a trained one |",
        "|---|--:|--:|",
    ]
    for what, block in (
        (f"{len(bodies):,} in one piece", len(framed)),
        (f"in blocks of {BLOCK}", BLOCK),
        ("one by one", 1),
    ):
        blocks = [b"".join(framed[at : at + block]) for at in range(0, len(framed), block)]
        for level in (3, 19):
            if level == 19 and block == 1:
                continue
            each = [
                sum(len(compressor.compress(one)) for one in blocks) / len(framed)
                for compressor in (
                    zstandard.ZstdCompressor(level=level),
                    zstandard.ZstdCompressor(level=level, dict_data=trained),
                )
            ]
            lines.append(f"| {what}, {level} | {each[0]:.0f} | {each[1]:.0f} |")
    results.tables["What compressed cold segments would take, in bytes an entry:"] = "\n".join(lines)
    tell("\n".join(lines))
