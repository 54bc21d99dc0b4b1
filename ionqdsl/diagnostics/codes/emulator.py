"""Diagnostics about the emulator and other servers on this computer."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

EMULATOR: tuple[Code, ...] = (
    Code(
        "QC0990",
        "packages for {purpose} are not installed: {names}",
        """The emulator and the playground are web services on your own computer, the language server speaks the
protocol of editors, and sliders are widgets of Jupyter. They need libraries that nothing else in ionqdsl needs, so
these are extras. `ionqdsl doctor` lists all extras, and which packages are missing.""",
        helps=("install them with `pip install 'ionqdsl[{extra}]'`",),
    ),
    Code(
        "QC0991",
        "the emulator does not know the fault `{text}`: {reason}",
        """A fault is written `KIND@METHOD PATH:WHICH`: the kind of fault, the requests it affects, and optionally which
of these, counted from 1. `503@POST /jobs:2` answers the second submission with 503, `accept-drop@POST /jobs` creates
the job and closes the connection without an answer, `429(3)@GET /jobs/*:25%` tells a quarter of the requests for a job
to try again in 3 seconds.

docs/emulator.md lists all kinds.""",
        helps=("examples: `503@POST /jobs:2`, `accept-drop@POST /jobs`, `slow(2)@GET /jobs/*`",),
    ),
    Code(
        "QC0992",
        "port {port} is in use",
        """Only one program can listen on a port. Another emulator or playground may still be running, or another
service uses the port.

Without `--port` ionqdsl chooses a free port and prints it.""",
        helps=("choose another with `--port`, or leave it out to get a free one",),
    ),
    Code(
        "QC0993",
        "ionqdsl cannot listen on 127.0.0.1:{port}: {reason}",
        """The system refused to open the port, for the reason shown. Ports below 1024 are reserved; some containers and
sandboxes forbid listening altogether.""",
        helps=("choose a port from 1024 to 65535, or leave `--port` out",),
    ),
    Code(
        "QC0994",
        "the emulator cannot store its jobs in `{path}`: {reason}",
        """With `--data` the emulator stores jobs and sessions in the file emulator.sqlite3 of that folder, so that they
survive a restart. It creates the folder if it is missing; the folder must be writable, and an existing file must come
from the emulator.

Without `--data` everything is kept in memory and lost when the emulator ends.""",
        helps=("name another folder, or leave `--data` out",),
    ),
    Code(
        "QC0995",
        "the server did not start within {seconds} s",
        """The server runs in a thread of the program and normally listens after a fraction of a second. Either the
computer is very busy, or the thread stopped; its own message is printed above.""",
        helps=("try again; if it happens every time, run the command in a terminal to see its messages",),
    ),
)
