"""Draws histograms for the terminal.

Takes a `Result` and the width, height and colours of the terminal, and returns text: a header that states the order of
the qubits, a row per outcome, and a block per register. It prints nothing, and only asks the caller's stream whether it
can show block characters (`can_draw`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nlargest

from ionqdsl.diagnostics.visible import visible
from ionqdsl.simulation.results import Result

EIGHTHS = " ▏▎▍▌▋▊▉█"
_BOLD, _DIM, _BAR = "1", "2", "36"
_SHORTEST_BAR = 4


@dataclass(frozen=True)
class _Style:
    width: int
    rows: int
    color: bool
    unicode: bool

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


def can_draw(encoding: str | None) -> bool:
    """Whether a stream of this encoding can show the bars' characters."""
    try:
        f"{EIGHTHS}·…".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def histogram(
    result: Result,
    width: int = 80,
    rows: int = 16,
    color: bool = False,
    unicode: bool = True,
    exact: bool = False,
) -> str:
    """The histogram, without a final newline.

    Shows counts if there are any, or the probabilities with `exact`. Outcomes are in the order of their bit strings if
    they fit into `rows`; otherwise the most frequent come first and one line sums up the rest.
    """
    style = _Style(width, max(1, rows), color, unicode)
    has_counts = bool(result.counts) and not exact
    joint: Mapping[str, float] = result.counts if has_counts else result.probabilities
    shots = f"{result.shots:,} shot{'s' * (result.shots != 1)}" if result.shots else ""
    facts = [shots if has_counts or not result.is_exact else "exact probabilities"]
    facts += [f"noise {result.noise}"] if result.noise else []
    dot = " · " if unicode else ", "
    lines = [
        style.paint(visible(result.name), _BOLD) + style.paint("".join(dot + fact for fact in facts if fact), _DIM)
    ]
    whole = [style.paint(visible(f"order: {result.order}"), _DIM), "", *_block(joint, has_counts, style)]
    blocks = []
    registers = result.registers if has_counts else result.register_probabilities
    for name, outcomes in registers.items():
        title = style.paint(visible(name), _BOLD) + style.paint(f"{dot}order: {result.register_order(name)}", _DIM)
        blocks.append([title, "", *_block(outcomes, has_counts, style)])
    if result.written:  # such a circuit is made for its registers
        blocks.append(whole)
    else:
        lines += whole
    for block in blocks:
        lines += ["", *block]
    return "\n".join(lines)


def _block(outcomes: Mapping[str, float], are_counts: bool, style: _Style) -> list[str]:
    """The rows of one histogram: bits, count, percentage, bar."""
    total = sum(outcomes.values())
    shown = sorted(outcomes.items())
    if len(outcomes) > style.rows:
        shown = nlargest(style.rows, outcomes.items(), key=lambda item: (item[1], [-int(bit) for bit in item[0]]))
    whole = total if are_counts else 1.0
    decimals = 1 if are_counts and total < 10_000 else 2
    table = [
        (bits, f"{value:,}" if are_counts else "", _percentage(value / whole, decimals), value) for bits, value in shown
    ]
    label, count, share = (max((len(str(row[column])) for row in table), default=0) for column in range(3))
    count += 3 if count else 0
    space = max(_SHORTEST_BAR, style.width - (2 + label + count + 3 + share + 2))
    longest = max((value for *_, value in table), default=1)
    lines = [
        f"  {style.paint(bits, _BOLD)}{number:>{count}}   {style.paint(f'{percentage:>{share}}', _DIM)}  "
        + style.paint(_bar(value / longest * space, style.unicode), _BAR)
        for bits, number, percentage, value in table
    ]
    hidden = len(outcomes) - len(shown)
    if hidden:
        rest = _percentage((total - sum(value for *_, value in table)) / whole, decimals)
        dots = "…" if style.unicode else "..."
        lines.append(style.paint(f"  {dots} {hidden:,} more outcome{'s' * (hidden > 1)}, {rest} together", _DIM))
    return lines or [style.paint("  nothing was counted", _DIM)]


def _percentage(share: float, decimals: int) -> str:
    least = 0.1**decimals
    return f"<{least:.{decimals}f}%" if 0 < 100 * share < least / 2 else f"{100 * share:.{decimals}f}%"


def _bar(length: float, unicode: bool) -> str:
    """A bar of a number of characters, to the nearest eighth (ASCII: whole); never invisible."""
    if not unicode:
        return "#" * max(1, round(length))
    whole, eighths = divmod(max(1, round(length * 8)), 8)
    return EIGHTHS[8] * whole + (EIGHTHS[eighths] if eighths else "")
