"""Shows IonQ's machines: status, qubits, queue and fidelities.

  ionqdsl backends                       lists all machines
  ionqdsl backends qpu.forte-1           shows one, with its times and gates
  ionqdsl backends qpu.forte-1 --save F  saves its characterization, for `compile --characterization F`

Fidelities are the medians of the latest characterization. Retired machines are listed only with -v.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ionqdsl.cli.flags import add_key
from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic, JobFailed, ServiceError, UsageError
from ionqdsl.diagnostics.mistakes import wrong_usage

if TYPE_CHECKING:
    import argparse

    from ionqdsl.cloud.answers import Backend, Figures

_HEADS = ("name", "status", "qubits", "queue", "1q", "2q", "spam", "measured")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `backends`."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one backend, such as qpu.forte-1")
    parser.add_argument("--save", metavar="FILE", help="write its characterization; - is standard output")
    add_key(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Lists machines, or describes one."""
    if arguments.save and not arguments.name:
        raise wrong_usage("`--save` needs the name of one backend", usage="ionqdsl backends")
    from ionqdsl.cli.remote import client_of  # late: it imports requests
    from ionqdsl.cloud.machines import full_record

    client = client_of(arguments, terminal)
    machines = [client.backend(arguments.name)] if arguments.name else client.backends()
    if not (arguments.name or terminal.is_verbose):
        machines = [machine for machine in machines if machine.status != "retired"]
    pairs: list[tuple[Backend, Figures | None]] = []
    for machine in machines:
        try:
            measured = client.characterization(machine)
        except (ServiceError, UsageError, JobFailed) as error:
            if arguments.save:
                raise
            facts = {"backend": machine.name, "reason": error.diagnostics[0].message}
            terminal.report([Diagnostic("QC0942", facts=facts)])
            measured = None  # the machine's other properties can still be shown
        pairs.append((machine, measured[0] if measured else None))
        if arguments.save:
            return _save(arguments.save, machine, full_record(machine, measured[1]) if measured else None, terminal)
    terminal.data(_described(*pairs[0]) if arguments.name else _table(pairs))
    terminal.answer(
        backends=[{**asdict(machine), "figures": figures and asdict(figures)} for machine, figures in pairs]
    )
    return 0


def _save(path: str, machine: Backend, record: Mapping[str, Any] | None, terminal: Terminal) -> int:
    from ionqdsl.ir.files import write

    if record is None:
        raise wrong_usage(f"`{machine.name}` has no characterization")
    text = json.dumps(record, indent=2) + "\n"
    if path == "-":
        terminal.data(text)
    else:
        write(path, text)
    terminal.answer(characterization=record, file=path)
    return 0


def _table(machines: list[tuple[Backend, Figures | None]]) -> str:
    rows = [
        (
            machine.name,
            machine.status + (", degraded" if machine.is_degraded else ""),
            "" if machine.qubits is None else str(machine.qubits),
            duration(machine.queue_seconds),
            *(_percent(figures, key) for key in ("1q", "2q", "spam")),
            (figures.date or "")[:10] if figures else "",
        )
        for machine, figures in machines
    ]
    return "\n".join(columns(_HEADS, rows, left=2))


def _described(machine: Backend, figures: Figures | None) -> str:
    facts = [
        ("status", machine.status + (", degraded" if machine.is_degraded else "")),
        ("qubits", machine.qubits),
        ("queue", duration(machine.queue_seconds)),
        ("location", machine.location),
        ("native gates", ", ".join(machine.native_gates)),
        ("gates", ", ".join(machine.gates)),
        ("mitigation", ", ".join(machine.mitigations)),
    ]
    if figures is not None:
        facts += [("measured", (figures.date or "")[:10])]
        facts += [(f"fidelity {key}", f"{100 * value:.4g}%") for key, value in figures.fidelity.items()]
        facts += [(f"time {key}", f"{value:g} s") for key, value in figures.seconds.items()]
        facts += [("pairs", len(figures.connectivity) or None)]
    lines = columns(("", ""), [(name, str(value)) for name, value in facts if value not in (None, "")], left=2)[1:]
    return "\n".join([machine.name, *(f"  {line}" for line in lines)])


def _percent(figures: Figures | None, key: str) -> str:
    value = figures.fidelity.get(key) if figures else None
    return "" if value is None else f"{100 * value:.2f}%"


def duration(seconds: float | None) -> str:
    """A time in a readable unit: `40 s`, `19 min`, `5.2 h`, `3.1 d`."""
    if seconds is None:
        return ""
    for unit, size, limit in (("s", 1, 100), ("min", 60, 100), ("h", 3600, 48)):
        if seconds < limit * size:
            return f"{seconds / size:.0f} {unit}" if unit != "h" else f"{seconds / size:.1f} {unit}"
    return f"{seconds / 86400:.1f} d"
