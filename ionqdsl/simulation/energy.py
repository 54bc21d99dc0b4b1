"""Computes mean values and energies of circuits: exactly from the state, or from shots in the bases they need.

Takes a circuit whose parameters all have values and an operator, and perhaps the rules of an energy: constraints with a
penalty, and the fraction of the best outcomes to average over. Returns an `Expectation` with its groups. The local
simulator plays the circuits; a noise model needs a function that compiles them for its machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Operator
from ionqdsl.ir.options import AUTO
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import draws, simulate
from ionqdsl.simulation.chunks import evolve
from ionqdsl.simulation.engines import MAX_QUBITS
from ionqdsl.simulation.grouping import TermGroup, diagonal_group, grouped, identity_of, measured_in, qubitwise
from ionqdsl.simulation.observables import Expectation, GroupMean
from ionqdsl.simulation.results import LEFT, Probabilities, Result
from ionqdsl.simulation.rules import PLAIN, Rules

Numbers = NDArray[np.float64]
Compiled = Callable[[FlatCircuit], FlatCircuit]

SLACK = 1e-9
"""A constraint holds up to this part of the sum of its coefficients: the sums are rounded."""


def expectation(
    circuit: FlatCircuit,
    operator: Operator,
    shots: int | None = None,
    seed: int | None = None,
    noise: NoiseModel | None = None,
    compiled: Compiled | None = None,
    rules: Rules = PLAIN,
    engine: str = AUTO,
) -> Expectation:
    """The mean of an operator in the final state of a circuit; with `rules`, the value of an energy.

    Without `shots` it is exact: from the state, or with noise from density matrices. With them, each group of terms is
    measured in its basis with a share of the shots that is proportional to its standard deviation, which the simulator
    knows (with noise, to the root of the sum of the squares of its coefficients).

    Let e(x) be the sum of a group's terms for the outcome x, where the first group has all products of Z and adds the
    penalty to e(x) if x violates a constraint. The value is the sum over the groups of the mean of e over the `alpha`
    of the distribution where e is lowest, and of the identity's coefficient.

    Raises CompileError as `simulate.state`, and QC0435 for fewer shots than groups.
    """
    if noise is None and simulate.choice_of(circuit, 0, engine=engine).engine == "statevector":
        simulate.check(circuit, states=3)
    if shots is None and noise is None and rules.is_plain:
        return Expectation(*simulate.bounded_mean(circuit, operator, engine))
    groups = groups_of(circuit, operator, rules)
    identity = identity_of(operator)
    machine = _Machine(circuit, noise, compiled, engine)
    if shots is None:
        return total(identity, [machine.exact(group, rules) for group in groups])
    shares = shared(shots, machine.deviations(groups, rules))
    chance = draws.generator(seed)
    measured = [machine.sampled(group, rules, n, chance) for group, n in zip(groups, shares, strict=True)]
    return total(identity, measured)


MAX_VALUE = 1e150
"""The largest value of an outcome, whose square, and the sum of many, is a float."""


def repeated(
    circuit: FlatCircuit, operator: Operator, rules: Rules, shots: int | None, seed: int | None = None
) -> Expectation:
    """As `expectation` without noise, each group measured in a product basis, and with all the shots."""
    groups, machine = groups_of(circuit, operator, rules, is_product=True), _Machine(circuit, None, None)
    chance = draws.generator(seed)
    if shots is None:
        return total(identity_of(operator), [machine.exact(group, rules) for group in groups])
    return total(identity_of(operator), [machine.sampled(group, rules, shots, chance) for group in groups])


def groups_of(
    circuit: FlatCircuit, operator: Operator, rules: Rules, is_product: bool = False
) -> tuple[TermGroup, ...]:
    """The groups that are measured; only the mean of an operator may take entangled bases, unless `is_product`.

    Raises QC0670 for values whose squares no float holds.
    """
    size = sum(abs(float(factor)) for _, factor in operator.terms) + rules.penalty
    if size > MAX_VALUE:
        raise fail("QC0670", size=f"{size:.3g}")
    if rules.is_plain and not is_product:
        return grouped(operator, circuit.width, sum(len(op.qubits) == 2 for op in circuit.rows if op.gate != BARRIER))
    groups = qubitwise(operator, circuit.width)
    if rules.has_penalty and not (groups and set(groups[0].basis or "") <= {"Z"}):
        return (diagonal_group(circuit.width), *groups)
    return groups


def total(identity: float, groups: Sequence[GroupMean]) -> Expectation:
    """The sum of the groups' means, which are independent."""
    errors = [group.error for group in groups]
    error = math.hypot(*[one for one in errors if one is not None]) if None not in errors else None
    return Expectation(math.fsum([identity, *(group.value for group in groups)]), error, tuple(groups))


def shared(shots: int, deviations: Sequence[float]) -> list[int]:
    """Shots for each group, in proportion to the standard deviations: the smallest error of the sum (Neyman).

    Each group has two, or one if there are not enough. Raises QC0435 for fewer shots than groups.
    """
    least = 2 if shots >= 2 * len(deviations) else 1
    if shots < max(1, len(deviations)):
        raise fail("QC0435", None, shots=shots, groups=len(deviations))
    if shots > simulate.MOST_SHOTS:
        raise fail("QC0972", limit=simulate.MOST_SHOTS)
    weights = list(deviations) if any(deviations) else [1.0] * len(deviations)
    spare, whole = shots - least * len(weights), math.fsum(weights)
    quotas = [spare * weight / whole for weight in weights]
    result = [least + int(quota) for quota in quotas]
    by_rest = sorted(range(len(quotas)), key=lambda place: (int(quotas[place]) - quotas[place], place))
    for place in by_rest[: shots - sum(result)]:
        result[place] += 1
    return result


class _Machine:
    """The local machine with one circuit: the ideal state is computed once, for all bases.

    Of a circuit that measures or resets before the end, or for another engine, each basis is a run of its own.
    """

    def __init__(
        self, circuit: FlatCircuit, noise: NoiseModel | None, compiled: Compiled | None, engine: str = AUTO
    ) -> None:
        self.circuit, self.noise, self.compiled, self.engine = circuit, noise, compiled, engine
        has_state = noise is None and not circuit.is_dynamic and circuit.width <= MAX_QUBITS
        has_state = has_state and engine in (AUTO, "statevector")
        self.state = simulate.state(circuit) if has_state else None

    def exact(self, group: TermGroup, rules: Rules) -> GroupMean:
        values = outcome_values(group, rules, self.circuit.width)
        return _group_mean(group, *tail(values, self._distribution(group), rules.alpha), None)

    def deviations(self, groups: Sequence[TermGroup], rules: Rules) -> list[float]:
        """The standard deviation of one shot of each group."""
        if self.state is None:
            return [group.spread or rules.penalty for group in groups]
        width = self.circuit.width
        pairs = ((outcome_values(group, rules, width), self._distribution(group)) for group in groups)
        return [math.sqrt(tail(values, shares, rules.alpha)[1]) for values, shares in pairs]

    def sampled(self, group: TermGroup, rules: Rules, shots: int, chance: np.random.Generator) -> GroupMean:
        outcomes, times = self._counts(group, shots, chance)
        values = outcome_values(group, rules, self.circuit.width, outcomes)
        mean, variance = tail(values, times / shots, rules.alpha)
        return _group_mean(group, mean, variance, shots)

    def _distribution(self, group: TermGroup) -> Numbers:
        if self.state is None:
            result = simulate.run(self._native(group), 0, None, self.noise, True, self.engine).final
            if isinstance(result.probabilities, Probabilities):
                return np.array(result.probabilities.vector)
            dense = np.zeros(1 << self.circuit.width)
            for bits, share in result.probabilities.items():
                dense[int(bits or "0", 2)] = share
            return dense
        states = self.state.copy().reshape(1, -1)
        evolve(states, group.rows)
        distribution: Numbers = np.square(states[0].real) + np.square(states[0].imag)
        return distribution

    def _counts(self, group: TermGroup, shots: int, chance: np.random.Generator) -> tuple[NDArray[np.int64], Numbers]:
        """The outcomes seen, as indices, and how often."""
        if self.state is None:
            seed = int(chance.integers(2**63))
            counts = simulate.run(self._native(group), shots, seed, self.noise, False, self.engine).final.counts
            kind = np.int64 if self.circuit.width < 63 else object
            outcomes = np.array([int(bits or "0", 2) for bits in counts], dtype=kind)
            return outcomes, np.array([*counts.values()], dtype=float)
        outcomes, times = np.unique(draws.drawn(self._distribution(group), chance.random(shots)), return_counts=True)
        return outcomes, times.astype(float)

    def _native(self, group: TermGroup) -> FlatCircuit:
        circuit = measured_in(self.circuit.replace(registers=()), group.rows)
        is_plain = self.compiled is None or (self.noise is None and circuit.is_dynamic)
        return circuit if is_plain else self.compiled(circuit)  # type: ignore[misc]


def group_mean(group: TermGroup, rules: Rules, result: Result) -> GroupMean:
    """The mean of a group from the result of its circuit, whichever machine ran it.

    Frequencies that the service has mitigated are treated as if they had been counted.
    """
    result = result.ordered(LEFT)
    total = sum(result.counts.values())
    shares = {bits: count / total for bits, count in result.counts.items()} if total else dict(result.probabilities)
    outcomes = np.array([int(bits or "0", 2) for bits in shares], dtype=np.int64 if result.qubits < 63 else object)
    values = outcome_values(group, rules, result.qubits, outcomes)
    mean, variance = tail(values, np.array([*shares.values()]), rules.alpha)
    return _group_mean(group, mean, variance, None if result.is_exact else total or result.shots)


def _group_mean(group: TermGroup, mean: float, variance: float, shots: int | None) -> GroupMean:
    """A group's mean, with the variance of one shot; that of counts is corrected for their own mean."""
    error: float | None = 0.0
    if shots is not None:
        error = math.sqrt(variance / (shots - 1)) if shots > 1 else None
    return GroupMean(group.terms, group.basis, mean, error, variance, shots, group.two_qubit_gates)


def tail(values: Numbers, shares: Numbers, alpha: float) -> tuple[float, float]:
    """The mean of the lowest `alpha` of a distribution, and the variance of its estimate times the number of shots.

    The last value counts in part. With the quantile v the variance is that of max(v - e, 0) / alpha, to first order
    in 1/shots; for alpha = 1 it is that of e itself. Rockafellar and Uryasev, J. Risk 2, 21 (2000); as an energy:
    Barkoutsos et al., Quantum 4, 256 (2020).
    """
    if alpha < 1:
        order = np.argsort(values, kind="stable")
        below = np.cumsum(shares[order])
        last = min(int(np.searchsorted(below, alpha * below[-1])), len(order) - 1)
        quantile = values[order[last]]
        missing = np.maximum(quantile - values, 0) / alpha
        mean = float(quantile - shares @ missing)
    else:
        missing, mean = values, float(shares @ values)
    center = float(shares @ missing)
    return mean, max(0.0, float(shares @ (missing - center) ** 2))


def outcome_values(group: TermGroup, rules: Rules, qubits: int, outcomes: NDArray[Any] | None = None) -> Numbers:
    """The sum of a group's terms for outcomes, as indices with q[0] the most significant bit (all of them by default).

    The group of the Z basis adds the penalty where a constraint is violated.
    """
    if outcomes is None:
        outcomes = np.arange(2**qubits)
    values = np.zeros(len(outcomes))
    for product, factor in group.diagonal.terms:
        mask = sum(1 << qubits - 1 - qubit for _, qubit in product)
        values += float(factor) * (1.0 - 2.0 * _parities(outcomes, mask))
    if rules.has_penalty and group.basis is not None and set(group.basis) <= {"Z"}:
        values += rules.penalty * ~feasible(rules, qubits, outcomes)
    return values


def _parities(outcomes: NDArray[Any], mask: int) -> NDArray[Any]:
    if outcomes.dtype == object:  # more bits than a machine word has
        return np.array([(outcome & mask).bit_count() & 1 for outcome in outcomes])
    odd: NDArray[Any] = np.bitwise_count(outcomes & mask) & 1
    return odd


def feasible(rules: Rules, qubits: int, outcomes: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether outcomes satisfy every constraint; x[i] is the bit of q[i]."""

    def bit(qubit: int) -> Numbers:
        return (outcomes >> qubits - 1 - qubit & 1).astype(float)

    holds = np.ones(len(outcomes), dtype=bool)
    for square, line, most in (*(((), *linear) for linear in rules.linear), *rules.quadratic):
        left = sum((factor * bit(i) for i, factor in enumerate(line) if factor), np.zeros(len(outcomes)))
        size = math.fsum(map(abs, line)) + abs(most)
        for i, row in enumerate(square):
            size += math.fsum(map(abs, row))
            for j, factor in enumerate(row):
                if factor:
                    left += factor * bit(i) * bit(j)
        holds &= left <= most + SLACK * size
    return holds
