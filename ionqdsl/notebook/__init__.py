"""Runs programs in notebook cells: `%load_ext ionqdsl`, then `%%qc` above a program.

Takes a cell, and shows pictures of its circuits and of their results. Errors are raised, so that *Run All* ends there;
they look as in the command. Everything runs on this computer; nothing is sent.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.extras import missing
from ionqdsl.diagnostics.mistakes import wrong_usage
from ionqdsl.emit.svg import SvgText
from ionqdsl.notebook.cells import NAME, Cell, is_open, played

USAGE = """Runs a cell as a program: %%qc [PROGRAM [RESULTS]] [flags]

  PROGRAM RESULTS      variables for the program and for its results
  --set NAME=VALUE     binds a parameter
  --sliders            a slider for every parameter; parameters without a value have one anyway
  --shots N, --seed N  counts instead of exact probabilities
  --noise MODEL        the noise of a machine
  --target T, -O N     compiles for a machine; shows and runs the compiled circuits
  --bloch, --state     also shows the Bloch vector of each qubit, and the amplitudes of the final state
"""


def magic(line: str, text: str, shell: Any) -> None:
    """The cell magic; `line` is the text after `%%qc`. Raises CompileError and UsageError."""
    cell = Cell(line, text)
    if cell.words.help:
        print(USAGE)
        return
    program = cell.program()
    if cell.words.program:
        shell.user_ns[cell.words.program] = program
    if cell.words.sliders or (is_open(program) and not missing("notebook")):
        from ionqdsl.notebook import panel  # late: an extra

        shell.display_pub.publish(*shell.display_formatter.format(panel.panel(cell, program, shell)))
        return
    results, views = played(cell, program)
    if cell.words.results:
        shell.user_ns[cell.words.results] = results
    for view in views:
        if isinstance(view, SvgText):
            shell.display_pub.publish(*shell.display_formatter.format(view))
        else:
            print(view)


def load(shell: Any) -> None:
    """Registers the magic with an IPython shell: `%%qc`, and `%qc --help`, since IPython refuses an empty cell."""

    def qc(line: str, cell: str | None = None) -> None:
        try:
            if cell is None and line.split() not in ([], ["--help"]):
                raise wrong_usage("%qc: a program stands below `%%qc`, with two signs, in the same cell", usage=NAME)
            if cell is None:
                print(USAGE)
                return
            magic(line, cell, shell)
        except IonqdslError as error:
            error.names_flags = True
            raise

    qc.__doc__ = USAGE
    shell.register_magic_function(qc, "line_cell", "qc")
