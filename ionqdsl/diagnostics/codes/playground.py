"""Diagnostics of the playground."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

PLAYGROUND: tuple[Code, ...] = (
    Code(
        "QC1150",
        "the playground does not understand the request: {reason}",
        """The page asks its server with a small JSON object, and something else arrived. Either another program is
talking to the port, or the page is older than the server.""",
        helps=("load the page again",),
    ),
    Code(
        "QC1151",
        "the program is too long for the playground: {size:,} characters, and {limit:,} are looked at while you type",
        """The playground checks, compiles and plays the whole program after every pause in typing, so it keeps to
programs that a person writes by hand. Longer ones are the command's.""",
        helps=("use `ionqdsl check FILE` and `ionqdsl run FILE` for programs of any length",),
    ),
    Code(
        "QC1152",
        "the playground includes no files",
        """A page in a browser should not reach files of the computer. Started with a file, `ionqdsl playground FILE`,
the playground includes what lies in that file's folder and below; started without one it includes nothing, except for
its own examples, which include what lies beside them.""",
        helps=("start it with a file of that folder: `ionqdsl playground FILE`",),
    ),
    Code(
        "QC1153",
        "circuit `{circuit}` is too large for the playground: it has {size:,} {unit}, and {limit:,} {what} here",
        """What is shown while you type must be there at once, so circuits above a few thousand gates are not compiled,
and circuits above fourteen qubits are not played. With noise the limit is lower, since every gate can go wrong. Nothing
is wrong with the program: the commands have no such limits.""",
        helps=("use `ionqdsl run FILE`, which takes its time",),
    ),
    Code(
        "QC1154",
        "the playground stopped after {seconds} s without an answer",
        """Checking, compiling and playing a program must be done within a few seconds here, because it happens again at
every change. What takes longer is stopped, and the page stays usable.""",
        helps=("use `ionqdsl run FILE`, which takes its time", "make the program smaller"),
    ),
    Code(
        "QC1155",
        "something in ionqdsl went wrong: {kind}",
        """This is a bug of ionqdsl, not of the program. The playground goes on with the next change. Running the same
program with the command shows more, and a report with the program helps to mend it.""",
        helps=("run the program with `ionqdsl run FILE -v` to see where",),
    ),
)
