"""Checks whether two circuits give the same results: the bits of all qubits in order, and of every register.

Takes two circuits and a contract and returns a `Verdict`, with an example of a difference. Registers are matched by
name, in any order. An OpenQASM program has no order of its qubits, only measured bits: if one of the two is such a
program, qubits are matched by the registers that read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ionqdsl.ir.circuit import FlatCircuit, Readout
from ionqdsl.record import changed
from ionqdsl.simulation.results import qubit_names
from ionqdsl.verify import STATE_QUBITS, Verdict, equivalent
from ionqdsl.verify.alignment import active, on_active
from ionqdsl.verify.counterexample import replayed
from ionqdsl.verify.findings import SHOWN, Counterexample
from ionqdsl.verify.sampling import bound, sampled

OPENQASM = "openqasm"
"""The format whose programs define results only by the bits they measure."""

Slots = Sequence[int | None]


class ComparedRegister(NamedTuple):
    """A register of both circuits, or several as one: the qubits that its slots read in each."""

    name: str
    mine: Slots
    other: Slots


MOST_SHOWN = 8
"""Most slots of a register that are listed one by one."""

MOST_SLOTS = 60
"""Most bits of an outcome that registers read together."""


def compared(a: FlatCircuit, b: FlatCircuit, preserve: str, forms: tuple[str, str] = ("qc", "qc")) -> Verdict:
    """Whether the results of two circuits are the same; `forms` are the formats they were read from."""
    if preserve == "registers" or a.is_dynamic or b.is_dynamic:
        return _whole(a, b, preserve if OPENQASM not in forms else "registers")
    mine, others = dict(a.readout), dict(b.readout)
    if OPENQASM in forms and not (mine and others):
        return _one_sided(a, b, preserve, forms)
    if shape := _other_shape(a, b):
        return Verdict(False, "registers", shape)
    if OPENQASM not in forms:
        verdict = _whole(a, b, preserve)
        return verdict if mine == others or verdict.equal is False else _read(a, b, preserve, verdict)
    if mine == others and a.width == b.width:
        verdict = _whole(a, b, preserve)
        if verdict.equal or _reads_all(a):
            return verdict
    return _read(a, b, preserve, None)


def _whole(a: FlatCircuit, b: FlatCircuit, preserve: str) -> Verdict:
    return replayed(equivalent(a, b, preserve), a, b, preserve)


def _one_sided(a: FlatCircuit, b: FlatCircuit, preserve: str, forms: tuple[str, str]) -> Verdict:
    """One circuit has no registers; OpenQASM then measures nothing, other formats all qubits in order."""
    silent = forms[0] if not a.readout else forms[1]
    registers = a.readout or b.readout
    plain = (*range(a.width),)
    if registers and silent != OPENQASM and [slots for _, slots in registers] != [plain]:
        return Verdict(False, "registers", _other_shape(a, b))
    verdict = _whole(a, b, preserve)
    if not registers or silent != OPENQASM:
        return verdict
    left = f"{_listed(registers)}, since the other program measures nothing"
    return changed(verdict, unchecked="; ".join(filter(None, (verdict.unchecked, left))))


def _listed(registers: Sequence[Readout]) -> str:
    names = ", ".join(f"`{name}`" for name, _ in registers)
    return f"register{'s' * (len(registers) > 1)} {names}"


def _other_shape(a: FlatCircuit, b: FlatCircuit) -> str:
    """The difference of the registers apart from the qubits they read: names, lengths, empty slots."""
    mine, others = dict(a.readout), dict(b.readout)
    for name in (*mine, *others):
        if name not in mine or name not in others:
            where = "first" if name in mine else "second"
            return f"the {where} has a register `{name}` and the other has not"
        if [slot is None for slot in mine[name]] != [slot is None for slot in others[name]]:
            return _reads(name, a, b)
    return ""


def _reads(name: str, a: FlatCircuit, b: FlatCircuit) -> str:
    """The qubits a register reads in both circuits; of a long register, its first slot that differs."""
    slots, others = dict(a.readout)[name], dict(b.readout)[name]
    if len(slots) != len(others) and max(len(slots), len(others)) > MOST_SHOWN:
        return f"register `{name}` has {len(slots)} slots against {len(others)}"
    if len(slots) <= MOST_SHOWN:
        return f"register `{name}` reads {_slots(a, slots)} against {_slots(b, others)}"
    place = next((k for k, pair in enumerate(zip(slots, others, strict=True)) if pair[0] != pair[1]), 0)
    pair = _slots(a, slots[place : place + 1]), _slots(b, others[place : place + 1])
    return f"slot {place} of register `{name}` reads {pair[0]} against {pair[1]}"


def _slots(circuit: FlatCircuit, slots: Slots) -> str:
    names = qubit_names(circuit)
    return ", ".join("_" if slot is None else names[slot] for slot in slots) or "nothing"


def _reads_all(circuit: FlatCircuit) -> bool:
    return {slot for _, slots in circuit.readout for slot in slots if slot is not None} == {*range(circuit.width)}


def _read(a: FlatCircuit, b: FlatCircuit, preserve: str, whole: Verdict | None) -> Verdict:
    """The verdict on registers of one shape; `whole` is that on all bits, if they count as well."""
    width = max(a.width, b.width)
    a, b = _widened(a, width), _widened(b, width)
    places = _matched(a, b)
    verdict = None
    if places is not None:
        moved = b.replace(rows=[op.on(places) for op in b.rows], inputs=None)
        verdict = _whole(a, moved, preserve)
        if verdict.equal:
            return _with(whole, verdict) if whole else verdict
    example = _example(a, b)
    mine, others = dict(a.readout), dict(b.readout)
    name = example.register if example else next((n for n in mine if mine[n] != others[n]), next(iter(mine)))
    said = _reads(name, a, b)
    if example is not None:
        return Verdict(False, "registers", said, values=None, example=example)
    if verdict is not None and verdict.equal is False and (whole is not None or _reads_all(a)):
        return changed(verdict, checked=f"{said}: {verdict.checked}")
    if preserve == "outcomes" and _is_small(a, b) and len(_together(a, b).mine) <= MOST_SLOTS:
        seen = Verdict(True, "distribution", "the outcomes of the registers from |0...0>")
        return _with(whole, seen) if whole else seen
    return Verdict(None, "none", "nothing", f"{said}, and from |0...0> no difference was found")


def _with(whole: Verdict, read: Verdict) -> Verdict:
    """The verdict on all bits, combined with that on the registers."""
    remark = "" if whole.unchecked == read.unchecked else read.unchecked
    return changed(whole, equal=whole.equal, unchecked="; ".join(filter(None, (whole.unchecked, remark))))


def _widened(circuit: FlatCircuit, width: int) -> FlatCircuit:
    return circuit if circuit.width == width else circuit.replace(width=width, wires=circuit.wires, inputs=None)


def _matched(a: FlatCircuit, b: FlatCircuit) -> list[int] | None:
    """Maps each qubit of `b` to the one of `a` that the same slots read, others in order; None if these conflict."""
    others = dict(b.readout)
    matches: dict[int, int] = {}
    for name, slots in a.readout:
        for mine, other in zip(slots, others[name], strict=True):
            if mine is not None and other is not None and matches.setdefault(other, mine) != mine:
                return None
    taken = set(matches.values())
    if len(taken) < len(matches):
        return None
    rest = iter([qubit for qubit in range(a.width) if qubit not in taken and qubit in matches])
    return [matches[q] if q in matches else q if q not in taken else next(rest) for q in range(a.width)]


def _is_small(a: FlatCircuit, b: FlatCircuit) -> bool:
    return len(active(a, b)) <= STATE_QUBITS


def _example(a: FlatCircuit, b: FlatCircuit) -> Counterexample | None:
    """From |0...0>, the register and the outcome whose probability differs most; None if none does."""
    symbols = tuple(dict.fromkeys((*a.symbols, *b.symbols)))
    points = sampled(symbols, len(a) + len(b)) if symbols else [None]
    others = dict(b.readout)
    best: Counterexample | None = None
    for point in points:
        one, other = (bound(c, point) if point is not None else c for c in (a, b))
        values = {} if point is None else {name: float(value) for name, value in point.values.items()}
        if not _is_small(a, b):
            return _slot_by_slot(one, other, values)
        best = best or _differing(one, other, [ComparedRegister(n, slots, others[n]) for n, slots in a.readout], values)
        best = best or _differing(one, other, [_together(a, b)], values)
    return best


def _together(a: FlatCircuit, b: FlatCircuit) -> ComparedRegister:
    """All registers as one; of slots that read the same in both circuits only the first."""
    others, place = dict(b.readout), active(a, b)
    pairs = [pair for name, slots in a.readout for pair in zip(slots, others[name], strict=True)]
    seen = [*dict.fromkeys((mine, other) for mine, other in pairs if mine in place or other in place)]
    name = ", ".join(name for name, _ in a.readout)
    return ComparedRegister(name, [mine for mine, _ in seen], [other for _, other in seen])


def _differing(
    a: FlatCircuit, b: FlatCircuit, registers: Iterable[ComparedRegister], values: Mapping[str, float]
) -> Counterexample | None:
    """The register and its outcome with the largest difference."""
    best: Counterexample | None = None
    for name, mine, other in registers:
        if len(mine) > MOST_SLOTS:
            continue
        first, second = _distribution(a, mine), _distribution(b, other)
        gap, bits = max((abs(first.get(bits, 0.0) - second.get(bits, 0.0)), bits) for bits in {**first, **second})
        if gap > max(SHOWN, best.distance if best else 0):
            shares = first.get(bits, 0.0), second.get(bits, 0.0)
            best = Counterexample("0" * a.width, bits, shares, None, values, gap, gap, name)
    return best


def _slot_by_slot(a: FlatCircuit, b: FlatCircuit, values: Mapping[str, float]) -> Counterexample | None:
    """The same for single slots of wide circuits, if few qubits are in the past of those they read."""
    from ionqdsl.verify.simulated import PREPARED, marginal

    zeros, others = [PREPARED["0"]] * a.width, dict(b.readout)
    for name, slots in a.readout:
        for place, (mine, other) in enumerate(zip(slots, others[name], strict=True)):
            if mine is None or other is None:
                continue
            marginals = marginal(a, zeros, mine), marginal(b, zeros, other)
            if marginals[0] is None or marginals[1] is None or abs(marginals[0] - marginals[1]) <= SHOWN:
                continue
            outcome, gap = "." * place + "1" + "." * (len(slots) - place - 1), abs(marginals[0] - marginals[1])
            return Counterexample("0" * a.width, outcome, (marginals[0], marginals[1]), None, values, gap, gap, name)
    return None


def _distribution(circuit: FlatCircuit, slots: Slots) -> dict[str, float]:
    """The distribution of slots from |0...0>, by bit string."""
    import numpy as np

    from ionqdsl.simulation.simulate import probabilities

    small, _, place = on_active(circuit, circuit)
    result = probabilities(small)
    number = np.arange(len(result))
    key = np.zeros(len(result), dtype=np.int64)
    for slot in slots:
        bit = (number >> (small.width - 1 - place[slot])) & 1 if slot in place else 0
        key = 2 * key + bit
    keys, where = np.unique(key, return_inverse=True)
    shares = np.bincount(where, weights=result)
    return {format(k, f"0{len(slots)}b"): float(share) for k, share in zip(keys.tolist(), shares, strict=True)}
