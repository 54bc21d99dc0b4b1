"""Formats the report of a compilation as text and JSON: `--report`, `--show-passes` and the verdict of `--verify`.

Takes the reports of the passes and estimates; returns texts of at most 80 columns, and plain data. passes/cost.py
counts, verify/ judges.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from ionqdsl.cli.tables import columns
from ionqdsl.emit import qc
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PUBLISHED
from ionqdsl.passes import PassReport, Report
from ionqdsl.passes.approximate import droppable
from ionqdsl.passes.cost import Cost, cost_of
from ionqdsl.simulation.estimate import FidelityEstimate, estimate, is_native
from ionqdsl.simulation.results import qubit_names

_WIDTH = 80
_MARGIN = 16
"""Columns for the words at the left of a report."""


def estimated(circuit: FlatCircuit, report: Report, options: Options) -> FidelityEstimate | None:
    """The estimate of a compiled circuit: from the characterization, or from published figures of the target."""
    figures = options.characterization or PUBLISHED.get(report.target)
    return estimate(circuit, figures) if figures is not None and is_native(circuit) else None


# -- the circuit after every pass ----------------------------------------------------------------------------------


def watcher(steps: list[dict[str, str]]) -> Callable[[str, FlatCircuit], None]:
    """A `watch` for pipeline.transpile that records each circuit as lowered, and after each pass that changed it."""
    last: list[FlatCircuit] = []

    def watch(name: str, circuit: FlatCircuit) -> None:
        if not name or circuit.rows != last[-1].rows:
            steps.append({"circuit": circuit.name, "pass": name, "program": qc.text(circuit)})
        last[:] = [circuit]

    return watch


def steps_text(steps: list[dict[str, str]]) -> str:
    """The circuits as programs, each under a comment."""
    parts = []
    for step in steps:
        head = f"# {step['circuit']}, " + (f"after {step['pass']}" if step["pass"] else "as lowered")
        parts.append(f"{head}\n{step['program']}")
    return "\n".join(parts)


# -- reports -------------------------------------------------------------------------------------------------------


def text(
    source: FlatCircuit, result: FlatCircuit, report: Report, worth: FidelityEstimate | None, options: Options
) -> str:
    """The report of a circuit: its cost after each pass, its expected fidelity, and the verdict of the check."""
    head = f"{report.circuit} for {report.target} at -O{report.level}, contract {report.preserve}"
    if not report.passes:
        head = f"{report.circuit}: native gates, sent as they are written"
    lines = [head, "", *("  " + line for line in columns(HEADS, rows(source, report), left=1)), ""]
    for word, said in sayings(source, result, report, worth, options):
        margin = " " * _MARGIN
        lines += textwrap.wrap(
            said, _WIDTH, initial_indent=f"  {word}".ljust(_MARGIN), subsequent_indent=margin, break_on_hyphens=False
        )
    return "\n".join(lines)


HEADS = ("after", "gates", "two-qubit", "turns", "pulses", "depth")


def rows(source: FlatCircuit, report: Report) -> list[tuple[str, ...]]:
    """The rows under HEADS: the circuit as lowered, and after every pass that changed it."""
    before = report.passes[0].before if report.passes else cost_of(source)
    steps = [_row(_name(step), step.rows[1], step.after) for step in report.passes if step.changed or not step.kept]
    return [_row("as lowered", len(source.rows), before), *steps]


def _row(name: str, gates: int, cost: Cost) -> tuple[str, ...]:
    return (name, str(gates), str(cost.two_qubit_gates), f"{cost.angle:.4g}", str(cost.pulses), str(cost.depth))


def _name(step: PassReport) -> str:
    if not step.kept:
        return f"{step.name}: costs more, not kept"
    return f"{step.name}, its candidate {step.candidate}" if step.candidate else step.name


def sayings(
    source: FlatCircuit, result: FlatCircuit, report: Report, worth: FidelityEstimate | None, options: Options
) -> list[tuple[str, str]]:
    """The lines under the table: pairs of a word and its text."""
    busy = {step.name for step in report.passes if step.changed or not step.kept}
    idle = dict.fromkeys(step.name for step in report.passes if step.name not in busy)
    said = [("no change", ", ".join(idle))] if idle else []
    said.append(("level", f"-O{report.level}, {report.why}"))
    if report.passes:
        said.append(("inputs", _inputs(source, report)))
        if report.outputs is not None:
            said.append(("outputs", _outputs(source, report.outputs)))
        spent = f"{report.spent:.4g} spent of {options.approx:g}" if options.approx else "none"
        hint = None if options.approx else droppable(result)
        if hint is not None:
            spent += f"; {hint.flag} would drop {hint.dropped} of {hint.total} two-qubit gates"
        said.append(("approximation", spent))
        said.append(("rounding", f"{_below(report.neglected)} of the {report.negligible:.0e} it may be"))
    if worth is not None:
        said.append(("fidelity", f"{worth.fidelity:.4g} expected: {_factors(worth)}"))
        said.append(("duration", _duration(worth)))
        left_out = f"; without {', '.join(worth.left_out)}" if worth.left_out else ""
        said.append(("figures", worth.source + left_out))
    else:
        said.append(("fidelity", "unknown: there are no figures for these gates"))
    if report.passes:
        said.append(("verified", verdict(report)))
    return said


def _inputs(source: FlatCircuit, report: Report) -> str:
    """The net relabelling, by the names of the program."""
    names = qubit_names(source)
    moved = [f"{names[q]} starts as {names[p]}" for q, p in enumerate(report.inputs or ()) if q != p]
    how = "permuted" if fixes_phases(report.preserve) else "renamed, all are |0>"
    return f"{how}: {', '.join(moved)}" if moved else "as in the program"


def _outputs(source: FlatCircuit, outputs: Sequence[int]) -> str:
    """Where the qubits of the program end."""
    names = qubit_names(source)
    moved = [f"{names[q]} ends on {names[p]}" for q, p in enumerate(outputs) if q != p]
    return f"moved, registers read them there: {', '.join(moved)}"


def _below(bound: float) -> str:
    """The power of ten above a bound, which is not known more precisely."""
    return f"below 1e{math.floor(math.log10(bound)) + 1:03d}" if bound else "none"


def _factors(worth: FidelityEstimate) -> str:
    """The factors of the fidelity that the figures cover."""
    parts = [f"gates {worth.gates:.4g}"]
    if worth.seconds is not None and not {"timing.t1", "timing.t2"} <= set(worth.left_out):
        parts.append(f"idle {worth.idle:.4g}")
    if "fidelity.spam" not in worth.left_out:
        parts.append(f"readout {worth.readout:.4g}")
    return " x ".join(parts) if len(parts) > 1 else "gates alone"


def _duration(worth: FidelityEstimate) -> str:
    if worth.seconds is None or worth.critical_seconds is None:
        return "unknown"
    shot = "" if worth.shot_seconds is None else f"; a whole shot {_time(worth.shot_seconds)}"
    return f"{_time(worth.seconds)} one gate after another, {_time(worth.critical_seconds)} at least{shot}"


def _time(seconds: float) -> str:
    """A time in a readable unit."""
    for unit, size in (("us", 1e-6), ("ms", 1e-3)):
        if seconds < 1000 * size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds:.4g} s"


def verdict(report: Report) -> str:
    """The verdict of `--verify`, and the limits of its check."""
    answer, text = report.verdict, report.text
    if answer is None:
        plain = "no" if report.passes else "nothing was changed"
        return plain if text is None else f"{text.said()}; {plain}"
    unchecked = f"; not checked: {answer.unchecked}" if answer.unchecked else ""
    within = f" within {report.spent:.4g}" if report.spent else ""
    judged = f"{'equal' if answer else 'not judged'}{within if answer else ''}, {answer.checked}{unchecked}"
    return judged if text is None else f"{text.said()}; then {judged}"


def to_json(result: FlatCircuit, report: Report, worth: FidelityEstimate | None, options: Options) -> dict[str, Any]:
    """A report as plain data; pairs are before and after."""
    answer, hint = report.verdict, None if options.approx else droppable(result)
    return {
        "circuit": report.circuit,
        "target": report.target,
        "level": report.level,
        "level_because": report.why,
        "preserve": report.preserve,
        "passes": [
            {
                "name": step.name,
                "gates": list(step.rows),
                "two_qubit_gates": [step.before.two_qubit_gates, step.after.two_qubit_gates],
                "interaction_turns": [step.before.angle, step.after.angle],
                "pulses": [step.before.pulses, step.after.pulses],
                "depth": [step.before.depth, step.after.depth],
                "changed": step.changed,
                "kept": step.kept,
                "candidate": step.candidate or None,
            }
            for step in report.passes
        ],
        "inputs": None if report.inputs is None else list(report.inputs),
        "outputs": None if report.outputs is None else list(report.outputs),
        "approximation": {"allowed": options.approx, "spent": report.spent, "droppable": hint and hint._asdict()},
        "rounding": {"allowed": report.negligible, "spent": report.neglected},
        "estimate": None if worth is None else {name: getattr(worth, name) for name in _FIELDS},
        "text": None if report.text is None else report.text.said(),
        "verified": None if answer is None else answer.equal,
        "checked": None if answer is None else {"done": answer.checked, "not_done": answer.unchecked},
    }


_FIELDS = (
    "fidelity", "gates", "idle", "readout", "seconds", "critical_seconds", "shot_seconds", "left_out", "source",
)  # fmt: skip
