"""Holds the results of several circuits as one object: a list, a lookup by name, a table, a plot.

Takes the results in the order of the circuits, with the values of parameters if the circuits are points of a sweep.
It computes nothing in advance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ionqdsl.diagnostics import Diagnostic, UsageError, fail
from ionqdsl.diagnostics.visible import visible
from ionqdsl.emit.bars import largest, shares
from ionqdsl.ir.arguments import whole
from ionqdsl.ir.circuit import Operator
from ionqdsl.simulation.frames import frame
from ionqdsl.simulation.results import Result

if TYPE_CHECKING:
    from ionqdsl.simulation.observables import Expectation  # it loads the parser
    from ionqdsl.simulation.readout import Calibration

One = TypeVar("One", covariant=True)

_SHOWN = 20
"""The number of results that a notebook lists."""

_OUTCOMES = 4
"""The number of outcomes that are listed of each."""


class Results(Sequence[One], Generic[One]):
    """The results of a list, a sweep or a program, in its order.

    `results[0]`, `results[1:3]` and `results["bell"]` choose some of them. `points` are the values of the parameters at
    each result of a sweep, otherwise empty. If there is exactly one result, `counts`, `probabilities`, `registers` and
    `expectation` are its own; if there are several they raise UsageError.
    """

    def __init__(
        self, results: Iterable[One], points: Sequence[Mapping[str, float]] = (), names: Sequence[str] = ()
    ) -> None:
        self._results, self._names = tuple(results), tuple(names)
        self.points = tuple(map(dict, points)) if any(points) else ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the circuits or energies; a result without a name has its position."""
        return self._names or tuple(str(getattr(result, "name", number)) for number, result in enumerate(self._results))

    def __len__(self) -> int:
        return len(self._results)

    def __iter__(self) -> Iterator[One]:
        return iter(self._results)

    @overload
    def __getitem__(self, index: int | str) -> One: ...
    @overload
    def __getitem__(self, index: slice) -> Results[One]: ...

    def __getitem__(self, index: int | str | slice) -> One | Results[One]:
        if isinstance(index, slice):
            return Results(self._results[index], self.points[index], self._names[index])
        if isinstance(index, str):
            names = self.names
            if index in names:
                return self._results[names.index(index)]
            close = get_close_matches(index, names, 1)
            facts: dict[str, Any] = {"suggestion": close[0]} if close else {"names": names}
            raise UsageError([Diagnostic("QC0875", facts={"name": index, **facts})])
        return self._results[whole(index, "the position of a result")]

    def __eq__(self, other: object) -> bool:
        """Also equal to a list or tuple of the same results."""
        if not isinstance(other, Results | list | tuple):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None  # numpy leaves comparisons to this class: it is no array of its items

    # --- the only result -----------------------------------------------------------------------------------------

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts, if there is one result."""
        return self._only("counts").counts

    @property
    def probabilities(self) -> Mapping[str, float]:
        """The probabilities, if there is one result."""
        return self._only("probabilities").probabilities

    @property
    def registers(self) -> dict[str, dict[str, int] | dict[str, float]]:
        """The registers, if there is one result."""
        return self._only("registers").registers

    @property
    def value(self) -> float:
        """The energy, if there is one result and it is an energy."""
        only = self._alone("value")
        if isinstance(only, Result) or not hasattr(only, "value"):
            raise UsageError([Diagnostic("QC0877", facts={"kind": "counts of a circuit", "name": "value"})])
        return float(only.value)

    def expectation(self, operator: str | Operator | Mapping[str, float]) -> Expectation:
        """The mean value of an operator, if there is one result; see `Result.expectation`."""
        return self._only("expectation(...)").expectation(operator)

    def merged(self) -> Result:
        """One result for equal circuits, such as twirled ones: counts added, probabilities averaged by shots.

        Raises UsageError for results of different qubits or registers.
        """
        results = [result for result in self._results if isinstance(result, Result)]
        kinds = {(result.qubits, result.slots, result.bit_order) for result in results}
        if len(kinds) != 1 or len(results) < len(self):
            raise UsageError([Diagnostic("QC1186", facts={"count": len(kinds)})])
        counts: Counter[str] = Counter()
        shares: Counter[str] = Counter()
        is_counted = all(result.counts for result in results)
        shots = sum(result.shots or 0 for result in results)
        for result in results:
            counts.update(result.counts if is_counted else {})
            weight = (result.shots or 0) / shots if shots else 1 / len(results)
            for bits, share in result.probabilities.items():
                shares[bits] += share * weight  # type: ignore[assignment]
        if is_counted and not all(result.is_exact for result in results):
            shares = Counter({bits: count / shots for bits, count in counts.items()})
        return replace(
            results[0],
            shots=shots or results[0].shots,
            counts=dict(sorted(counts.items())),
            is_exact=all(result.is_exact for result in results),
            probabilities=dict(sorted(shares.items())),
        )

    def mitigated(self, calibration: Calibration) -> Results[Result]:
        """Each result with readout errors corrected; see `Result.mitigated`."""
        return Results([_counted(one, "mitigated(...)").mitigated(calibration) for one in self._results], self.points)

    def _only(self, name: str) -> Result:
        return _counted(self._alone(name), name)

    def _alone(self, name: str) -> Any:
        if len(self._results) != 1:
            raise UsageError([Diagnostic("QC0876", facts={"count": len(self), "name": name})])
        return self._results[0]

    # --- showing them --------------------------------------------------------------------------------------------

    def to_pandas(self) -> Any:
        """A pandas DataFrame with a row for every outcome of all qubits and of every register.

        The columns are those of `--format csv`, and one for every parameter of a sweep after the circuit's name. The
        register of all qubits has an empty name; counts are missing where nothing was counted. A result that is not a
        table of outcomes, such as an energy, is one row with its `value`. Raises UsageError without pandas.
        """
        heads = [
            {"circuit": name, **(self.points[number] if self.points else {})} for number, name in enumerate(self.names)
        ]
        return frame(zip(heads, self._results, strict=True))

    def plot(self, axes: Any = None) -> Any:
        """Draws them with matplotlib, on `axes` or on new ones, and returns the axes.

        A sweep over one parameter becomes a curve for each frequent outcome, other results become groups of bars.
        Raises UsageError without matplotlib.
        """
        from ionqdsl.emit import plot as matplotlib

        outcomes = [result for result in self._results if isinstance(result, Result)]
        if not outcomes or len(outcomes) < len(self):
            raise fail("QC1181")
        return matplotlib.plot_several(outcomes, self.points, axes)

    def __repr__(self) -> str:
        count, names = len(self), [*self.names[:4], *(["..."] if len(self) > 4 else [])]
        listed = ", ".join(name[:40] for name in names)
        return visible(f"<{count:,} result{'s' * (count != 1)}: {listed}>" if count else "<no results>")

    def _repr_html_(self) -> str:
        """A table for notebooks: the most frequent outcomes of each result, of at most twenty."""
        parameters = list(dict.fromkeys(name for point in self.points for name in point))
        heads = "".join(f"<th>{escape(head)}</th>" for head in ("circuit", *parameters, "shots", "outcomes"))
        lines = []
        for number, (name, result) in enumerate(zip(self.names[:_SHOWN], self._results, strict=False)):
            point = self.points[number] if self.points else {}
            cells = [name, *(f"{point[one]:.6g}" if one in point else "" for one in parameters), *_cells(result)]
            lines.append(f"<tr>{''.join(f'<td>{escape(visible(cell))}</td>' for cell in cells)}</tr>")
        more = f"<p>and {len(self) - _SHOWN:,} more</p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>{more}"


def _counted(result: Any, name: str) -> Result:
    """A result that has counts or probabilities. Raises UsageError for an energy or another number."""
    if not isinstance(result, Result):
        raise UsageError([Diagnostic("QC0877", facts={"kind": "a number, such as an energy", "name": name})])
    return result


def _cells(result: Any) -> tuple[str, str]:
    """The shots and the most frequent outcomes of a result."""
    if not isinstance(result, Result):
        return "", str(result)[:80]
    shots = f"{result.shots:,}" if result.counts and result.shots else "exact" if result.is_exact else ""
    return shots, frequent(result)


def frequent(result: Result) -> str:
    """The most frequent outcomes of a result with their shares, in one line."""
    joint = shares(result)
    keys = largest(joint, _OUTCOMES)
    more = [f"{len(joint) - len(keys):,} more"] if len(joint) > len(keys) else []
    return ", ".join([*(f"{key}: {joint[key]:.1%}" for key in keys), *more])
