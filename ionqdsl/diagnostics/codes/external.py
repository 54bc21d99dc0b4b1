"""Diagnostics of the checkers of other makers that the verifier asks."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

EXTERNAL: tuple[Code, ...] = (
    Code(
        "QC1160",
        "another checker might judge `{first}` and `{second}`, and it is not installed",
        """ionqdsl compares circuits by simulating them, and wide ones rotation by rotation. Where that decides nothing,
or nothing but random states were compared, it asks mqt.qcec where that is installed. Decision diagrams and the ZX
calculus, by which that checker works, often know what to do with adders and other arithmetic that was rebuilt as a
whole. It is asked about the contracts `unitary` and `measurement`.""",
        helps=("install it: `pip install 'ionqdsl[{extra}]'`",),
        severity="note",
    ),
    Code(
        "QC1161",
        "the compiled circuit `{circuit}` differs from its source {checked} (contract {preserve})",
        """What `--verify` could not decide was given to mqt.qcec, and it reports a state that the program and the
compiled circuit treat differently. ionqdsl has not confirmed that: its own checks got stuck. If it is so, it is a fault
of the compiler, never of your program, and nothing was emitted.""",
        helps=("report it, with the program and the options", "compile with `-O 2` meanwhile"),
    ),
)
