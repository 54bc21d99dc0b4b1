"""Diagnostics about external checkers that the verifier uses."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

EXTERNAL: tuple[Code, ...] = (
    Code(
        "QC1160",
        "a checker that is not installed might be able to compare `{first}` and `{second}`",
        """ionqdsl compares circuits by simulating them, and wide ones rotation by rotation, by the strings of their
rotations and by sums over paths. If that decides nothing, or could only compare random states, it uses mqt.qcec, if
installed. That checker works with
decision diagrams and the ZX calculus, which can often handle adders and other arithmetic that was rebuilt as a whole.
It is used for the contracts `unitary`, `permuted` and `measurement`.""",
        helps=("install it: `pip install 'ionqdsl[{extra}]'`",),
        severity="note",
    ),
    Code(
        "QC1161",
        "the compiled circuit `{circuit}` differs from its source {checked} (contract {preserve})",
        """`--verify` could not decide by itself and used mqt.qcec, which reports a state that the program and the
compiled circuit treat differently. ionqdsl has not confirmed this, because its own checks got stuck. If it is true, it
is a bug in the compiler, never in your program. Nothing was written.""",
        helps=("report it, with the program and the options", "compile with `-O 2` meanwhile"),
    ),
)
