"""Draws circuits with characters, folded to a width.

Takes a circuit and returns lines of text: one line per qubit with gates in time order from left to right, and lines
between them that join qubits. Gates that must not be changed (`verbatim`) are in square brackets.
"""

from __future__ import annotations

from ionqdsl.emit.placement import (
    BARRIER_MARK,
    BOX,
    CONTROL,
    SWAP,
    TARGET,
    WAIT,
    Layout,
    Mark,
    PlacedGate,
    folds,
    layout,
    left_out,
    part,
)
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.record import changed

_SYMBOLS = {CONTROL: "●", TARGET: "⊕", SWAP: "╳", BARRIER_MARK: "░"}
_ASCII = str.maketrans({
    "─": "-", "│": "|", "┼": "+", "●": "@", "⊕": "X", "╳": "x", "░": ":", "√": "v", "†": "'", "…": "~",
    "→": ">", "µ": "u", "·": "*", "⟨": "<", "⟩": ">",
})  # fmt: skip

MOST_ROWS = 2000
"""Rows drawn by default: few readers look further."""


def drawing(circuit: FlatCircuit, width: int = 80, unicode: bool = True, most: int | None = MOST_ROWS) -> str:
    """The drawing, without a final newline; lines are at most `width` long unless a single column is wider."""
    plan = layout(circuit, most)
    if not unicode:
        plan = _spelled(plan)
    if not plan.wires:
        return "(no qubits)"
    margin = max(map(len, plan.wires)) + 2
    by_column = _by_column(plan)
    sizes = [max(len(_text(piece, mark)) for piece in column for mark in piece.marks) + 2 for column in by_column]
    last = max(len(output) + 2 * bool(output) for output in plan.outputs) + 1
    blocks = []
    for first, stop in folds(sizes, width - margin - 1, last):
        shown = part(plan, first, stop)
        if not shown.wires:  # many wires, none with a gate
            continue
        names = [f"{name}: ".rjust(margin) for name in shown.wires]
        lines = _block(_by_column(shown)[first:stop], sizes[first:stop], names)
        if stop == plan.columns:
            for wire, output in enumerate(shown.outputs):
                lines[2 * wire] += f" → {output}" if output else ""
        blocks.append("\n".join(line.rstrip() for line in lines))
    if rest := left_out(plan):
        blocks.append(rest)
    text = "\n\n".join(blocks)
    return text if unicode else text.translate(_ASCII)


def _spelled(plan: Layout) -> Layout:
    """A layout with `pi` for π: as this is longer, the columns must be as wide."""
    pieces = (
        piece._replace(marks=tuple(mark._replace(text=mark.text.replace("π", "pi")) for mark in piece.marks))
        for piece in plan.pieces
    )
    return changed(plan, pieces=tuple(pieces))


def _by_column(plan: Layout) -> list[list[PlacedGate]]:
    columns: list[list[PlacedGate]] = [[] for _ in range(plan.columns)]
    for piece in plan.pieces:
        columns[piece.column].append(piece)
    return columns


def _block(columns: list[list[PlacedGate]], sizes: list[int], names: list[str]) -> list[str]:
    """The lines of some columns: even ones are wires, odd ones are between them."""
    lines = [names[number // 2] if number % 2 == 0 else " " * len(names[0]) for number in range(2 * len(names) - 1)]
    for pieces, size in zip(columns, sizes, strict=True):
        cells = [("─" if number % 2 == 0 else " ") * size for number in range(len(lines))]
        for piece in pieces:
            _draw(piece, cells, size)
        for number, cell in enumerate(cells):
            lines[number] += cell
    return [line + "─" if number % 2 == 0 else line for number, line in enumerate(lines)]


def _draw(piece: PlacedGate, cells: list[str], size: int) -> None:
    middle = (size - 1) // 2
    is_joined = piece.marks[0].kind not in (BARRIER_MARK, WAIT)
    for number in range(2 * piece.top, 2 * piece.bottom + 1):
        if is_joined:
            line = "┼" if number % 2 == 0 else "│"
            cells[number] = cells[number][:middle] + line + cells[number][middle + 1 :]
    for mark in piece.marks:
        text, number = _text(piece, mark), 2 * mark.wire
        start = (size - len(text)) // 2 if len(text) > 1 else middle
        cells[number] = "─" * start + text + "─" * (size - start - len(text))
        below = mark.wire + 1
        if mark.kind == BARRIER_MARK and any(other.wire == below for other in piece.marks):
            cells[number + 1] = " " * middle + _SYMBOLS[BARRIER_MARK] + " " * (size - middle - 1)


def _text(piece: PlacedGate, mark: Mark) -> str:
    if mark.kind == WAIT:
        return f"⟨{mark.text}⟩" if mark.text else "⟨⟩"
    if mark.kind == BOX:
        return f"[{mark.text}]" if piece.op.pinned else mark.text
    return _SYMBOLS[mark.kind]
