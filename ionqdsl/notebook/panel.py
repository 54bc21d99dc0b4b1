"""Sliders for the parameters of a cell: a movement runs the program again with the new values.

Takes a cell and returns a widget of ipywidgets. A slider at 0.3 means `--set theta=0.3`, also if the shape of the
program depends on it. The variable of the results follows the sliders; that of the program keeps its parameters open.
"""

from __future__ import annotations

from html import escape
from typing import Any

from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.diagnostics.extras import require
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.svg import SvgText
from ionqdsl.notebook.cells import Cell, played
from ionqdsl.playground import sliders
from ionqdsl.python.program import Program


def panel(cell: Cell, program: Program, shell: Any) -> Any:
    """The sliders above the pictures. Raises UsageError without ipywidgets, and the errors of the program."""
    require("notebook")
    import ipywidgets  # late: an extra

    opened = sliders.opened(Source(cell.text), program)
    rows = [row for row in sliders.sliders(program, opened, {}) if row["name"].partition("[")[0] not in cell.values]
    controls = {row["name"]: _slider(ipywidgets, row) for row in rows}
    view = ipywidgets.HTML()

    def shown() -> str:
        values = {name: float(control.value) for name, control in controls.items()}
        return _shown(cell, sliders.texts(program, values), shell)

    def show(_: object) -> None:
        try:
            view.value = shown()
        except (CompileError, UsageError) as error:
            error.names_flags = True
            view.value = f"<pre>{escape(str(error))}</pre>"

    for control in controls.values():
        control.observe(show, names="value")
    view.value = shown()  # an error at the first values is raised, so that *Run All* ends
    return ipywidgets.VBox([*controls.values(), view])


def _slider(ipywidgets: Any, row: dict[str, Any]) -> Any:
    """A slider with the range that the page gives it; a parameter that counts moves in whole steps."""
    kind = ipywidgets.IntSlider if row["step"] == 1 else ipywidgets.FloatSlider
    number = int if row["step"] == 1 else float
    low, high, value, step = (number(row[key]) for key in ("low", "high", "value", "step"))
    name = f"{row['name']} {row['unit']}".strip()
    shape = {"style": {"description_width": "initial"}, "layout": {"width": "480px"}}
    return kind(value=value, min=low, max=high, step=step, description=name, **shape)


def _shown(cell: Cell, moved: dict[str, str], shell: Any) -> str:
    """The pictures as HTML. Raises the errors that the program has at these values; then there are no results."""
    if cell.words.results:
        shell.user_ns[cell.words.results] = None
    results, views = played(cell, cell.program(moved))
    if cell.words.results:
        shell.user_ns[cell.words.results] = results
    return "".join(f"<div>{view}</div>" if isinstance(view, SvgText) else f"<p>{escape(view)}</p>" for view in views)
