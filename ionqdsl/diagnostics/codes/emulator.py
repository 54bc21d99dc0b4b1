"""Diagnostics of the emulator, and of whatever else listens on this computer."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

EMULATOR: tuple[Code, ...] = (
    Code(
        "QC0990",
        "`ionqdsl {extra}` needs packages that are not installed: {names}",
        """The emulator and the playground are web services on your own computer, the language server speaks the
editors' protocol. They are made of well-kept libraries that nothing else in ionqdsl needs, so these are extras, named
like the command that needs them.""",
        helps=("install them with `pip install 'ionqdsl[{extra}]'`",),
    ),
    Code(
        "QC0991",
        "`{text}` is no fault the emulator knows: {reason}",
        """A fault is written `KIND@METHOD PATH:WHICH`: what goes wrong, with which requests, and with which of them,
counted from 1. `503@POST /jobs:2` answers the second submission with 503, `accept-drop@POST /jobs` creates the job and
closes the connection without a word, `429(3)@GET /jobs/*:25%` tells a quarter of the questions for a job to come back
in 3 seconds.

docs/emulator.md has the table of all kinds.""",
        helps=("examples: `503@POST /jobs:2`, `accept-drop@POST /jobs`, `slow(2)@GET /jobs/*`",),
    ),
    Code(
        "QC0992",
        "port {port} is in use",
        """Only one program can listen on a port. Another emulator or playground may still be running, or another
service has that number.

Without `--port` ionqdsl takes any port that is free and says which.""",
        helps=("choose another with `--port`, or leave it out to get a free one",),
    ),
    Code(
        "QC0993",
        "ionqdsl cannot listen on 127.0.0.1:{port}: {reason}",
        """Opening the port failed, for the reason the system gives. Ports below 1024 are reserved for the system; some
containers and sandboxes forbid listening altogether.""",
        helps=("choose a port from 1024 to 65535, or leave `--port` out",),
    ),
    Code(
        "QC0994",
        "the emulator cannot keep its jobs in `{path}`: {reason}",
        """With `--data` the emulator keeps jobs and sessions in the file emulator.sqlite3 of that folder, so that they
are still there when it is started again. The folder is made if it is missing; it must be writable, and the file must be
one the emulator wrote.

Without `--data` everything is kept in memory and is gone when the emulator ends.""",
        helps=("name another folder, or leave `--data` out",),
    ),
    Code(
        "QC0995",
        "the server did not start within {seconds} s",
        """The server runs in a thread of the program and listens after a fraction of a second. It did not, which means
that the computer is very busy or that something stopped the thread; its own message is printed above.""",
        helps=("try again; if it happens every time, run the command in a terminal to see its messages",),
    ),
)
