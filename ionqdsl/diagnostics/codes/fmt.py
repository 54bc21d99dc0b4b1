"""Diagnostics about formatting and fixing programs."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

FMT: tuple[Code, ...] = (
    Code(
        "QC1045",
        "this is a bug in ionqdsl: formatting would have changed the program, so nothing was written",
        """The formatter reads its own result before it writes it, and checks that all tokens and comments are still
there. This time they were not. The file is unchanged; every command except `fmt` works with it as before.""",
        helps=("please report it with the file, or the smallest part that still shows the bug",),
    ),
    Code(
        "QC1046",
        "not formatted: the file has syntax errors",
        """Formatting rearranges lines, statements and blocks. With a broken statement or bracket their boundaries are
unknown, and a guess could change the meaning of the program, so the whole file stays as it is. Errors of other kinds,
such as unknown names or wrong units, do not prevent formatting.""",
        helps=("correct the errors above, then format again",),
        example="qubit q[2]\nh q[0\n",
        fixed="qubit q[2]\nh q[0]\n",
        severity="note",
    ),
    Code(
        "QC1048",
        "this is a bug in ionqdsl: the corrected program would have errors, so nothing was written",
        """`lint --fix` checks the corrected program before it replaces the old text. This time it had errors. The file
is unchanged; `lint` without `--fix` works as before.""",
        helps=("please report it with the file, or the smallest part that still shows the bug",),
    ),
    Code(
        "QC1047",
        "there are no programs in `{folder}`",
        """A folder means every `.qc` file in it and its subfolders, except in hidden folders. This folder has none. To
use a file with another ending, name the file itself.""",
        helps=("name the files, or another folder",),
    ),
    Code(
        "QC1049",
        "`{path}` is {format}, and `{verb}` reads `.qc` programs only",
        """Programs in other formats can be checked, compiled, drawn and run, but formatting and linting apply to `.qc`
programs only. `convert` makes one, which keeps the form of an OpenQASM program.""",
        helps=("convert it first: `ionqdsl convert {path} --to qc -o {stem}.qc`",),
    ),
)
