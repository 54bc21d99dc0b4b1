"""The colours and the type of everything that is drawn: pictures, reports, plots, the playground and the site.

Each colour has a value for light and for dark pages; text keeps a contrast of 4.5 to 1 with `paper` and `code`, lines
one of 3 to 1. `declared` returns them as CSS custom properties.
"""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """One colour, as `#rrggbb`, on a light and on a dark page."""

    light: str
    dark: str


COLOURS = {
    "ink": Colour("#1b1f24", "#e6e9ee"),  # text
    "quiet": Colour("#57606a", "#9aa4b2"),  # text that explains other text
    "paper": Colour("#ffffff", "#14171c"),
    "code": Colour("#f6f8fa", "#1b2026"),  # the ground of code
    "edge": Colour("#d0d7de", "#353c47"),  # rules and borders that only decorate
    "line": Colour("#6b7280", "#8b94a3"),  # wires, and the outlines of gates and controls
    "accent": Colour("#0b5cad", "#8ec5ff"),  # links, focus, the arrows of Bloch vectors, the first curve
    "one": Colour("#f3f4f6", "#2a2f37"),  # gates on one qubit
    "two": Colour("#dbeafe", "#1e3a5f"),  # gates on several qubits, and bars
    "pauli": Colour("#fde3e1", "#5a2630"),  # kinds of gates on one qubit: x, y and z; others without an angle;
    "fixed": Colour("#ebe4fd", "#3b2f63"),  # those with one; measurements, resets and waits
    "turn": Colour("#dcf3e3", "#1c4630"),
    "read": Colour("#e4e7eb", "#333a45"),
    "pinned": Colour("#fef3c7", "#4a3b10"),  # gates in verbatim blocks
    "keyword": Colour("#7a3ecf", "#d2a8ff"),  # of programs, as the three below
    "number": Colour("#0a5d3a", "#7ee2a8"),
    "string": Colour("#953800", "#ffb27a"),
    "error": Colour("#b3261e", "#ff9d94"),
    "warning": Colour("#8a5a00", "#f0c04f"),
}

SERIES = ("accent", "string", "number", "keyword", "warning", "error", "quiet", "ink")
"""The colours of curves, in this order."""

SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'


def declared(names: tuple[str, ...] = tuple(COLOURS), selector: str = ":root") -> str:
    """A rule that declares colours as `--name`, and one that declares them again where the system is dark."""
    light, dark = (values(names, is_dark) for is_dark in (False, True))
    return f"{selector} {{ {light} }}\n@media (prefers-color-scheme: dark) {{ {selector} {{ {dark} }} }}"


def values(names: tuple[str, ...] = tuple(COLOURS), is_dark: bool = False) -> str:
    """The declarations alone: `--ink: #1b1f24; ...`."""
    return " ".join(f"--{name}: {COLOURS[name].dark if is_dark else COLOURS[name].light};" for name in names)
