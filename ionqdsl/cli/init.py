"""Starts a project: two first programs and a settings file.

Writes bell.qc, h2.qc and ionqdsl.toml into a folder. It asks nothing and overwrites nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ionqdsl.cli.files import typed
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic
from ionqdsl.ir.files import cannot_write, write
from ionqdsl.playground.places import examples

if TYPE_CHECKING:
    import argparse

BELL = """\
# bell.qc: two qubits that always agree.
#
#   ionqdsl run bell.qc                          runs it on this computer and shows a histogram
#   ionqdsl compile bell.qc                      prints the request for IonQ
#   ionqdsl submit bell.qc --backend simulator   sends it to IonQ; needs a key in IONQ_API_KEY

job {
  shots = 1000  # how often the circuit runs
}

qubit q[2]  # q[0] and q[1], both start as 0

h q[0]           # q[0] is now 0 or 1 with equal chances
cnot q[0], q[1]  # q[1] follows q[0]

# All qubits are measured at the end. Things to try:
#   rx(0.3turn) q[0]            # angles take deg, turn or rad
#   ctrl @ z q[0], q[1]         # any gate can be controlled
#   register both = q[0:2]      # names a group of measured qubits
"""

SETTINGS = """\
# ionqdsl.toml: settings for the programs in this folder and below. Flags and the programs themselves take precedence.

# target = "forte"              # qis, a kind of machine, or the name of a backend
# level = 2                     # optimisation, 0 to 3
# preserve = "measurement"      # unitary, permuted, measurement, outcomes, registers
# backend = "simulator"         # where `submit` sends jobs; `run` stays on this computer and compiles for it
# shots = 1000
# noise = "aria-1"              # noise model of a simulator
# format = "table"              # form of results: histogram, table, csv or json
# api_key_file = "~/.ionq/key"  # a file that only you can read; never the key itself
"""


def files() -> dict[str, str]:
    """The texts of the files by name; the energy is the example of that name."""
    energy = examples()["h2"].read_text(encoding="utf-8").replace("examples/h2.qc", "h2.qc")
    return {"bell.qc": BELL, "h2.qc": energy, "ionqdsl.toml": SETTINGS}


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `init`."""
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="the folder; created if needed (.)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Writes the files that do not exist yet."""
    folder = arguments.folder
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
    written = []
    for name, text in files().items():
        path = os.path.normpath(os.path.join(folder, name))
        if os.path.lexists(path):
            terminal.report([Diagnostic("QC0807", facts={"path": path})])
        else:
            write(path, text)
            written.append(path)
    for path in written:
        terminal.data(path)
    bell = os.path.normpath(os.path.join(folder, "bell.qc"))
    terminal.say(f"next: ionqdsl run {typed(bell)}")
    terminal.answer(files=written)
    return 0
