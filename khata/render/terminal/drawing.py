"""The lines of a table that has been laid out: cells filled up and folded, cursor moves, what goes beneath a row."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from khata.render.terminal.cells import GAP, Laid, LaidRow, Pair, Piece, laid, runs_on
from khata.render.terminal.fitting import ROOM, Plan
from khata.render.text import LEFT_TO_RIGHT_MARK, PART, folded, hung, uncertain, unclosed, visible, width

HANGING: Final = 3
"""Lines of a last cell that hang in its column; a longer one goes on beneath its row, where there is more room."""

BROAD: Final = 48
"""Cells in which many lines read as well as beneath the row."""

WIDE: Final = 1_000_000
"""The cells of a line that has no end."""

_GAP: Final = " " * GAP


class _Placed(NamedTuple):
    """A cell in its place across: where it begins, how wide its place is, its lines."""

    start: int
    wide: int
    right: bool
    lines: Sequence[str]
    cell: Laid


class Drawing(NamedTuple):
    """What draws: the plan, and whether the cursor can be moved and marks of direction are understood."""

    plan: Plan
    moves: bool

    def drawn(self, row: LaidRow | Pair | None) -> Iterator[list[Piece]]:
        """The lines of a row, a pair of texts, or a rule (None)."""
        if row is None:
            yield [Piece("─" * min(self.plan.end, self.plan.page))]
        elif isinstance(row, Pair):
            yield from self.pair(row)
        else:
            yield from self.row(row)

    def texts(self, row: LaidRow | Pair | None) -> list[str]:
        """The lines of a row for a pipe, as text: a year's rows take a fraction of the time that their pieces do."""
        if not isinstance(row, LaidRow) or row.right.text:
            return ["".join([piece.text for piece in line]) + "\n" for line in self.drawn(row)]
        columns, widths = self.plan.columns, self.plan.widths
        texts, end = [], 0
        for index, (text, taken, _, _) in enumerate(row.cells):
            blank = " " * (widths[index] - taken)
            texts.append(f"{blank}{text}" if columns[index].align == "right" else f"{text}{blank}")
            if text:
                end = index + 1
        if end and columns[end - 1].align == "left":
            texts[end - 1] = row.cells[end - 1].text
        return [_GAP.join(texts[:end]) + "\n"]

    def heads(self) -> Iterator[list[Piece]]:
        """The lines above the rows: the heads, folded where they must be, and that of what stands beneath its row."""
        plan = self.plan
        across = [laid(plan.columns[index].head, "bold") for index in plan.across]
        lines = [
            folded(head.text, plan.widths[index], plan.widths[index])
            if head.taken > plan.widths[index]
            else [head.text]
            for index, head in zip(plan.across, across, strict=True)
        ]
        most = max(map(len, lines), default=0)
        placed = [
            self._placed(index, [""] * (most - len(each)) + each, head)  # a head stands right above its column
            for index, each, head in zip(plan.across, lines, across, strict=True)
        ]
        yield from self._side_by_side(placed)
        name = [] if plan.bare is None else [laid(plan.columns[plan.bare].head, "bold")]
        yield from self._beneath([each for each in name if each.text])

    def row(self, row: LaidRow) -> Iterator[list[Piece]]:
        """The lines of a row: what stands side by side, then what goes beneath."""
        plan, cells = self.plan, row.cells
        last = len(cells) - 1 if runs_on(cells, plan.columns) else -1
        placed = [
            self._placed(index, self._lines(index, cells[index]), cells[index])
            for index in plan.across
            if index < len(cells) and index != last and cells[index].text
        ]
        below: list[Laid] = []
        if last >= 0 and cells[last].text:
            on = self._going_on(last, cells[last])
            placed += [on] if on else []
            below = [] if on else [cells[last]]
        below += self._labelled(cells, last)
        if placed and self._hangs_far(placed[-1]):
            tail, rest = self._cut(placed.pop())
            placed += tail
            below = [*rest, *below]
        first = plan.across[0] if plan.across else 0
        unsaid = len(cells) > first and not cells[first].text
        if placed and below and unsaid and self._before(placed) >= plan.indent + below[0].taken + GAP:
            placed.insert(0, _Placed(plan.indent, below[0].taken, right=False, lines=[below[0].text], cell=below[0]))
            below = below[1:]
        lines_across = list(self._side_by_side(placed)) if placed or not below else []
        lines_below = list(self._beneath(below))
        *others, final = [*lines_across, *lines_below] or [[]]
        yield from others
        yield from self._with_right(final, row.right)

    def pair(self, pair: Pair) -> Iterator[list[Piece]]:
        """The lines of a text at the left and one at the right edge."""
        left = pair.left
        lines = [left.text] if self.plan.terminal is None else hung(left.text, self.plan.terminal)
        *others, final = [[Piece(self._marked(line), left.style)] if line else [] for line in lines]
        yield from others
        yield from self._with_right(final, pair.right)

    def _going_on(self, last: int, cell: Laid) -> _Placed | None:
        """The last cell of a short row behind the others; None if there is no room."""
        plan = self.plan
        start = plan.starts[last]
        room = WIDE if plan.terminal is None else plan.terminal - start
        if room >= min(cell.taken, ROOM) and (not plan.beneath or last <= plan.across[-1]):
            lines = folded(cell.text, room, room) if cell.taken > room else [cell.text]
            return _Placed(start, room, right=False, lines=lines, cell=cell)
        return None

    def _before(self, placed: Sequence[_Placed]) -> int:
        """How many cells of the line are empty before the first that is not."""
        first = placed[0]
        return first.start + max(0, first.wide - max(map(width, first.lines))) if first.right else first.start

    def _lines(self, index: int, cell: Laid) -> list[str]:
        room = self.plan.widths[index]
        return folded(cell.text, room, room) if cell.taken > room and self.plan.terminal is not None else [cell.text]

    def _placed(self, index: int, lines: Sequence[str], cell: Laid) -> _Placed:
        plan = self.plan
        return _Placed(plan.starts[index], plan.widths[index], plan.columns[index].align == "right", lines, cell)

    def _hangs_far(self, tail: _Placed) -> bool:
        """Whether a last cell would hang in many short lines far at the right."""
        far = tail.start > (self.plan.terminal or WIDE) * 2 // 5
        return len(tail.lines) > HANGING and far and tail.wide < BROAD

    def _cut(self, tail: _Placed) -> tuple[list[_Placed], list[Laid]]:
        """A long last cell: its first part in its place, if it has parts, the rest for beneath the row."""
        text, style = tail.cell.text, tail.cell.style
        first, between, others = text.partition(f"{PART} ")
        lines = folded(first + PART, tail.wide, tail.wide)
        if not between or len(lines) > HANGING:
            return [], [tail.cell]
        return [tail._replace(lines=lines)], [laid(others, style)]

    def _labelled(self, cells: tuple[Laid, ...], last: int) -> Iterator[Laid]:
        """What goes beneath the row: whom it is about by itself, all others behind their heads."""
        columns, beneath = self.plan.columns, self.plan.beneath
        for place, index in enumerate(beneath):
            if index >= len(cells) or index == last or cells[index].text in ("", "-"):
                continue
            head, cell = columns[index].head, cells[index]
            if not head and place and beneath[place - 1] == index - 1 and columns[index - 1].head:
                continue  # it has been said with the one before it
            side = cells[index + 1].text if self._has_side(index, cells) else ""
            colon = "" if ":" in head else ":"  # in Urdu a head may end in its fact: `دن تک: 30`
            label = f"{visible(head)}{colon} " if head and index != self.plan.bare else ""
            yield laid(f"{label}{cell.text} {side}".rstrip(), cell.style)

    def _has_side(self, index: int, cells: Sequence[Laid]) -> bool:
        columns = self.plan.columns
        said = index + 1 in self.plan.beneath and index + 1 < len(cells)
        return said and bool(columns[index].head) and not columns[index + 1].head

    def _side_by_side(self, placed: Sequence[_Placed]) -> Iterator[list[Piece]]:
        """Lines of cells, each in its place, with a move of the cursor behind text that terminals measure otherwise."""
        for texts in zip_longest(*[each.lines for each in placed]) if placed else [()]:
            pieces: list[Piece] = []
            end, unsure = 0, False
            for each, text in zip(placed, texts, strict=True):
                if not text:
                    continue
                taken = width(text)
                start = each.start + max(0, each.wide - taken) if each.right else each.start
                if pieces:
                    start = max(start, end + GAP)
                if start > end or unsure:
                    pieces.append(Piece(" " * (start - end), None, start if unsure else None))
                pieces.append(Piece(self._marked(text), each.cell.style))
                end, unsure = start + taken, self.moves and uncertain(text)
            yield pieces

    def _beneath(self, items: Sequence[Laid]) -> Iterator[list[Piece]]:
        """Items one after the other, indented; each begins a new line rather than being broken in two."""
        plan = self.plan
        if not items:
            return
        room = max(1, (plan.terminal or WIDE) - plan.indent)
        pieces, taken = [Piece(" " * plan.indent)], 0
        for place, item in enumerate(items):
            more = len(PART) if place < len(items) - 1 else 0
            if taken and taken + 1 + item.taken + more > room:
                yield pieces
                pieces, taken = [Piece(" " * plan.indent)], 0
            lines = folded(item.text + PART * bool(more), room, room)
            for index, line in enumerate(lines):
                if index:
                    yield pieces
                    pieces, taken = [Piece(" " * plan.indent)], 0
                if taken:
                    pieces.append(Piece(" "))
                pieces.append(Piece(self._marked(line), item.style))
                taken += width(line) + bool(taken)
        yield pieces

    def _with_right(self, pieces: list[Piece], right: Laid) -> Iterator[list[Piece]]:
        """A line, and the right-hand text on it, or beneath it where it does not fit."""
        if not right.text:
            yield pieces
            return
        plan = self.plan
        end = sum(width(piece.text) for piece in pieces)
        start = max(0, plan.page - right.taken)
        if plan.terminal is not None and end and start < end + GAP:
            yield pieces
            pieces, end = [], 0
        if plan.terminal is not None and right.taken > plan.terminal:
            for line in folded(right.text, plan.page, plan.page):
                yield [Piece(" " * (plan.page - width(line))), Piece(self._marked(line), right.style)]
            return
        if end:
            start = max(start, end + GAP)
        unsure = self.moves and end and any(uncertain(piece.text) for piece in pieces)
        yield [*pieces, Piece(" " * (start - end), None, start if unsure else None), self._at_right(right)]

    def _at_right(self, right: Laid) -> Piece:
        return Piece(self._marked(right.text), right.style)

    def _marked(self, text: str) -> str:
        """With the mark that keeps what follows in its place."""
        return text + LEFT_TO_RIGHT_MARK if self.moves and unclosed(text) else text
