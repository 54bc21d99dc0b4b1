"""Diagnostics of the playground."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

PLAYGROUND: tuple[Code, ...] = (
    Code(
        "QC1150",
        "the playground does not understand the request: {reason}",
        """The page sends its server a small JSON object, but something else arrived. Either another program uses the
port, or the page is older than the server.""",
        helps=("load the page again",),
    ),
    Code(
        "QC1151",
        "the program is too long for the playground: it has {size:,} characters, and the limit is {limit:,}",
        """The playground checks, compiles and plays the whole program after every pause in typing, so it takes only
programs of a length that people write by hand. For longer ones use the command.""",
        helps=("use `ionqdsl check FILE` and `ionqdsl run FILE` for programs of any length",),
    ),
    Code(
        "QC1152",
        "the playground includes no files",
        """A page in a browser should not have access to the files of the computer. Started as `ionqdsl playground
FILE`, the playground can include files of that file's folder and its subfolders. Started without a file it includes
nothing; only its own examples can include the files next to them.""",
        helps=("start it with a file in that folder: `ionqdsl playground FILE`",),
    ),
    Code(
        "QC1153",
        "circuit `{circuit}` is too large for the playground: it has {size:,} {unit}, and {limit:,} {what} here",
        """The playground shows results while you type, so it does not compile circuits of more than a few thousand
gates and does not play circuits of more than twenty qubits, or of fourteen if they have thousands of gates. With noise
the limit is lower, because the simulation has to include the errors of every gate. Nothing is wrong with the program:
the commands have no such limits.""",
        helps=("use `ionqdsl run FILE`, which has no such limit",),
    ),
    Code(
        "QC1154",
        "the playground stopped after {seconds} s without an answer",
        """The playground checks, compiles and plays the program after every change, so this may take a few seconds at
most. Longer work is stopped, and the page stays usable.""",
        helps=("use `ionqdsl run FILE`, which has no such limit", "make the program smaller"),
    ),
    Code(
        "QC1155",
        "something in ionqdsl went wrong: {kind}",
        """This is a bug in ionqdsl, not in the program. The playground continues with the next change. The same program
run with the command shows more; please report the bug with the program.""",
        helps=("run the program with `ionqdsl run FILE -v` to see where",),
    ),
    Code(
        "QC1156",
        "numpy is not there, and without it nothing is compiled or simulated",
        """On a page without a server, the browser loads numpy from Pyodide's site, which did not answer. Everything
that needs no numbers still works: the program is checked, completed and drawn as written.""",
        helps=("load the page again with a connection", "use `ionqdsl run FILE` on a computer"),
    ),
    Code(
        "QC1157",
        "folder `{folder}` holds something else, so the page is not written there",
        """`ionqdsl playground --static FOLDER` writes a page of several files. To overwrite nothing by mistake, the
folder has to be new or empty, or hold a page that the same command wrote before.""",
        helps=("name a new folder",),
    ),
    Code(
        "QC1158",
        "there is no Pyodide in folder `{folder}`: it lacks {missing}",
        """`--pyodide FOLDER` names the unpacked npm package `pyodide`, or a release of it with more packages. Its
files are copied, so that the page loads nothing from elsewhere; numpy is copied too if a wheel of it is there.""",
        helps=(
            "unpack the package there: `npm pack pyodide` and `tar xzf pyodide-*.tgz` make a folder `package`",
            "leave `--pyodide` out: the page then loads Pyodide from its own site",
        ),
    ),
    Code(
        "QC1159",
        "the gate cannot be added there: {reason}",
        """A gate that is dropped on the picture of a circuit becomes a line of the program, after the statement that
made the gate to its left. The page writes no line if it cannot find that statement in the text, for example if another
file or the body of a gate has it.""",
        helps=("write the line in the program",),
    ),
    Code(
        "QC1200",
        "`--pyodide` goes with `--static`, and `--port` without it",
        """Only a page without a server needs Pyodide, because there the browser runs ionqdsl; only the server on this
computer listens on a port.""",
        helps=("write the page with `ionqdsl playground --static FOLDER --pyodide FOLDER`",),
    ),
    Code(
        "QC1201",
        "this is OpenQASM, and the playground takes programs of ionqdsl",
        """The playground checks, draws and runs programs in the language of ionqdsl. It reads OpenQASM 2 and 3 to
translate it: the translation keeps the definitions, loops and comments if the circuit stays the same, and has the plain
gates otherwise. `ionqdsl convert` does the same with files.""",
        helps=("translate it with the button below", "use `ionqdsl convert FILE --to qc`"),
    ),
)
