"""Diagnostics: formatting programs and correcting them."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

FMT: tuple[Code, ...] = (
    Code(
        "QC1045",
        "this is a bug in ionqdsl: formatting would have changed the program, so nothing was written",
        """The formatted text is read again before it is used, and must have the tokens and the comments of the text it
was made from. Here it had not. The file is untouched; everything but `fmt` works with it as before.""",
        helps=("please report it with the file, or the smallest part of it that still shows this",),
    ),
    Code(
        "QC1046",
        "not formatted: only a text without syntax errors can be",
        """Formatting moves statements to lines and blocks of their own. Where a statement or a bracket is broken nobody
knows what belongs to what, and a guess could change what the program means, so the whole file is left as it is. Errors
of any other kind, such as unknown names or wrong units, do not stand in the way.""",
        helps=("correct the errors above, then format again",),
        example="qubit q[2]\nh q[0\n",
        fixed="qubit q[2]\nh q[0]\n",
        severity="note",
    ),
    Code(
        "QC1048",
        "this is a bug in ionqdsl: the corrected program would have errors, so nothing was written",
        """What `lint --fix` writes is checked as any program is before it takes the place of the old text. Here it had
errors. The file is untouched; `lint` without `--fix` works as before.""",
        helps=("please report it with the file, or the smallest part of it that still shows this",),
    ),
    Code(
        "QC1047",
        "there are no programs in `{folder}`",
        """A folder stands for every file in it and below whose name ends in `.qc`, hidden folders left out. Here there
is none. Files of other names are taken when they are named themselves.""",
        helps=("name the files, or another folder",),
    ),
    Code(
        "QC1049",
        "`{path}` is {format}, and `{verb}` reads `.qc` programs only",
        """Programs in other formats can be checked, compiled, drawn and run, but style and remarks are about the `.qc`
language. `convert` makes a `.qc` program of them, which keeps the form of an OpenQASM program.""",
        helps=("convert it first: `ionqdsl convert {path} --to qc -o {stem}.qc`",),
    ),
)
