"""Makes pandas tables of results: a row for every outcome of all qubits and of every register.

Takes results, or numbers such as energies, each with the first columns of its rows; returns a DataFrame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ionqdsl.diagnostics import Diagnostic, UsageError


def frame(results: Iterable[tuple[Mapping[str, Any], Any]]) -> Any:
    """The DataFrame of results and their first columns. Raises UsageError without pandas."""
    try:
        import pandas
    except ImportError:
        facts = {"what": "a DataFrame", "package": "pandas", "extra": "pandas"}
        raise UsageError([Diagnostic("QC1180", facts=facts)]) from None
    table = pandas.DataFrame([{**head, **row} for head, result in results for row in _rows(result)])
    return table.astype({"count": "Int64"}) if "count" in table else table


def _rows(result: Any) -> Iterator[dict[str, Any]]:
    """The rows of one result; a number is one row with its `value`."""
    if not hasattr(result, "register_counts"):
        error = getattr(result, "error", None)
        yield {"value": getattr(result, "value", None), **({} if error is None else {"error": error})}
        return
    for register, order, bits, count, share in outcome_rows(result):
        yield {"register": register, "order": order, "outcome": bits, "count": count, "probability": share}


class OutcomeRow(NamedTuple):
    """An outcome of a register, or of all qubits if `register` is empty; `shots` is None if nothing was counted."""

    register: str
    order: str
    outcome: str
    shots: int | None
    probability: float


def outcome_rows(result: Any) -> Iterator[OutcomeRow]:
    """The outcomes of a result: of all qubits, then of each register, in the order of their bits."""
    tables = [("", result.order, result.counts, result.probabilities)]
    for name, _ in result.slots:
        counts, probabilities = result.register_counts[name], result.register_probabilities[name]
        tables.append((name, result.register_order(name), counts, probabilities))
    for register, order, counts, probabilities in tables:
        for bits in sorted({*counts, *probabilities}):
            count = counts.get(bits, 0) if result.counts else None
            yield OutcomeRow(register, order, bits, count, probabilities.get(bits, 0.0))
