"""Builds, reads and edits circuits in Python.

Takes numbers, parameters and qubits, and makes rows of the gate table. A method that adds something changes the circuit
and returns it; every other method returns a new circuit. Calls are checked as strictly as in the language; the compiler
itself reads standard gates and operators (calls.py). Nothing is optimised here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial as partial_of
from operator import index as index_of
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, overload

from ionqdsl.algebra import modifiers
from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.rendering import filled
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.arguments import Point, mapping_of, refused, shown, text_of, whole
from ionqdsl.ir.circuit import BARRIER, MAX_OPERATIONS, MAX_QUBITS, NOT_GATES, Op, Operator, Step, shared
from ionqdsl.ir.circuit import FlatCircuit as Rows
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.options import Options
from ionqdsl.ir.symbols import exact
from ionqdsl.python import choices, measuring
from ionqdsl.python.calls import angle_of, operator_of, rows_of, signature_of, wrong_call
from ionqdsl.python.fluent import AngleLike, GateMethods, Qubits
from ionqdsl.python.included import called
from ionqdsl.record import record

if TYPE_CHECKING:
    from numpy import complex128
    from numpy.typing import NDArray

    from ionqdsl.describe.stats import Stats
    from ionqdsl.emit.svg import SvgText
    from ionqdsl.ir.sweep import Sweep
    from ionqdsl.simulation.gradient import Gradient
    from ionqdsl.simulation.observables import Expectation
    from ionqdsl.verify import Verdict

OperatorLike = str | Operator | Mapping[str, float]
"""A sum of Pauli products: text in the language, an Operator, or letters with coefficients."""

MAX_WIDTH = 1_000_000
"""Widest picture, in pixels."""

Piece = tuple[list[tuple[Op, Span | None]], Angle]
"""Rows with their origins, ready to be added, and their global phase."""


@record(frozen=False)
class Circuit(measuring.MeasureMethods, GateMethods):
    """A circuit with a method for every gate, in OpenQASM's order of arguments: parameters, then qubits.

    `Circuit(2).h(0).cnot(0, 1)`; `gateset="native"` takes native gates instead. Plain numbers are radians in qis gates
    and turns in native ones, kept exactly as written (0.1 is 1/10); an `Angle` such as `45 * deg`, a parameter or a
    sympy expression may replace any of them. Negative qubits count from the end. `declared` are names of parameters
    that may be bound even if no gate uses them (any longer). `compiled` holds the options with which `compile` made the
    circuit, until it is edited.
    """

    declared: tuple[str, ...] = ()
    compiled: Options | None = None

    def __post_init__(self) -> None:
        if _is_plain(self.width, self.gateset, self.name):
            return
        role = "the number of qubits"
        self.width = _index(self.width, role)
        if not 0 <= self.width <= MAX_QUBITS:
            raise fail("QC0881", role=role, wanted=f"from 0 to {MAX_QUBITS}", given=str(self.width)[:60])
        if text_of(self.gateset, "the gateset") not in NAMES:
            raise fail("QC0881", role="the gateset", wanted='"qis" or "native"', given=shown(self.gateset))
        text_of(self.name, "the name")

    @classmethod
    def of(cls, circuit: Rows, declared: Iterable[str] = (), compiled: Options | None = None) -> Self:
        """The compiler's circuit with these methods; rows are copied, so that either circuit can change."""
        origins = list(circuit.origins) if isinstance(circuit.origins, list) else circuit.origins
        fields = (circuit.width, circuit.name, circuit.gateset, list(circuit.rows), origins)
        named = circuit.registers, circuit.phase, circuit.wires, circuit.inputs
        return cls(*fields, *named, tuple(dict.fromkeys(declared)), compiled)

    def replace(self, **changes: Any) -> Self:
        """An independent copy with other fields; a copy with other rows counts as edited."""
        if "rows" in changes:
            return super().replace(**{"compiled": None} | changes)
        return super().replace(**{"rows": [*self.rows], "origins": [*self.origins]} | changes)

    # --- adding ------------------------------------------------------------------------------------------------------

    def gate(
        self, name: str, *arguments: Any, controls: Qubits = (), include: str | None = None, **parameters: Any
    ) -> Self:
        """Adds any gate by its name: parameters, then qubits, then keywords. Raises CompileError.

        `include` names the `.qc` file that defines it, such as "std/fourier.qc": registers are lists of qubits.
        """
        if include is not None:
            call = called(include, text_of(name, "the gate"), self.gateset, arguments, parameters)
            return self._take(self._piece(name, call.rows, call.phase, call.operands, controls))
        signature = signature_of(text_of(name, "the gate"), self.gateset)
        unknown = set(parameters) - set(signature.parameters[signature.required :])
        if len(arguments) != signature.required + signature.operands or unknown:
            raise wrong_call(signature, len(arguments), unknown)
        values: list[Any] = [*arguments[: signature.required]]
        values += [parameters.get(name) for name in signature.parameters[signature.required :]]
        rows, phase = rows_of(name, self.gateset, values)
        return self._take(self._piece(name, rows, phase, arguments[signature.required :], controls))

    def pauliexp(
        self,
        time: AngleLike,
        operator: str | Operator | Mapping[str, float],
        *qubits: Qubits,
        steps: int = 0,
        controls: Qubits = (),
    ) -> Self:
        """Adds exp(-i time operator): the operator as text (`"0.5*X[0]*X[1] + Z[0]"`) or as `{"XX": 0.5, "ZI": 1}`.

        Indices and letter positions count the qubits given here. Terms that do not commute need `steps`.
        """
        signature_of("pauliexp", self.gateset)
        operands = [qubit for group in qubits for qubit in self._qubits(group)]
        form = operator_of(operator, len(operands), steps)
        op = Op("pauliexp", tuple(range(len(operands))), (angle_of(time, "number", "the time"),), operator=form)
        return self._take(self._piece("pauliexp", [op], ZERO, operands, controls))

    def gphase(self, angle: AngleLike, controls: Qubits = ()) -> Self:
        """Multiplies the state by e^{i angle}, in radians; with controls this is a phase gate on them."""
        return self._take(self._piece("gphase", (), angle_of(angle), (), controls))

    def append(self, other: Rows, qubits: Qubits | None = None, controls: Qubits = ()) -> Self:
        """Adds another circuit's gates and phase, its qubit i on `qubits[i]`, without registers of qubits."""
        return self._take(self._circuit(other, qubits, controls))

    def insert(self, index: int, other: Rows, qubits: Qubits | None = None, controls: Qubits = ()) -> Self:
        """Adds another circuit before row `index`, otherwise like `append`."""
        return self._take(self._circuit(other, qubits, controls), whole(index, "the row"))

    def verbatim(self, other: Rows, qubits: Qubits | None = None) -> Self:
        """Adds another circuit as a block that the optimiser leaves exactly as written.

        A qis circuit also takes a native block if the target has its gates. Blocks inside it become part of this one.
        """
        return self._take(self._circuit(other, qubits, (), is_block=True))

    def _circuit(self, other: Rows, qubits: Qubits | None, controls: Qubits, is_block: bool = False) -> Piece:
        """Another circuit as a piece of this one, with block numbers that continue from here."""
        choices.warn_of_part(other)
        fits = _circuit_of(other).gateset == self.gateset or (is_block and self.gateset == "qis")
        if other.rows and not fits:
            raise fail("QC0887", inner=other.gateset, outer=self.gateset, block="verbatim" if not is_block else None)
        if other.is_dynamic:
            self.registers = measuring.joined(self, other)
        places = range(min(self.width, other.width)) if qubits is None else self._qubits(qubits)
        if len(places) != other.width:
            raise fail(
                "QC0892", name=other.name, width=other.width, given=self.width if qubits is None else len(places)
            )
        last = max((op.pinned for op in self.rows), default=0)

        def numbered(op: Op) -> Op:
            if op.gate == BARRIER or not (is_block or op.pinned):
                return op
            return op._replace(pinned=last + (1 if is_block else op.pinned))

        rows = [numbered(op) for op in other.rows]
        singles = [int(place) for place in places]
        return self._piece(other.name, rows, other.phase, singles, controls, other.origins)

    def _piece(
        self,
        name: str,
        rows: Sequence[Op],
        phase: Angle,
        operands: Sequence[Any],
        controls: Qubits,
        origins: Sequence[Span | None] = (),
    ) -> Piece:
        """Rows applied to operands and under controls, which turn the phase into a gate.

        Operands that are lists are walked in parallel; single qubits next to them repeat.
        """
        ahead = self._qubits(controls)
        if ahead:
            measuring.refuse(rows, name, "controlled")
        if ahead and any(op.gate not in NOT_GATES and GATES[op.gate].gateset == "native" for op in rows):
            raise fail("QC0894")
        groups = [self._qubits(operand) for operand in operands]
        lengths = {
            len(group)
            for group, qubits_of_group in zip(groups, operands, strict=True)
            if type(qubits_of_group) is not int and isinstance(qubits_of_group, Iterable)
        }
        if len(lengths) > 1:
            raise fail("QC0898", gate=name, lengths=" and ".join(map(str, sorted(lengths))))
        pairs: list[tuple[Op, Span | None]] = []
        times = lengths.pop() if lengths else 1
        for step in range(times):
            placed = tuple([group[step % len(group)] for group in groups])
            if len(set(ahead + placed)) < len(ahead + placed):
                raise fail("QC0885", gate=name, qubit=Counter(ahead + placed).most_common(1)[0][0])
            for position, op in enumerate(rows):
                on = tuple([placed[index] for index in op.qubits])
                row = shared(BARRIER, on)
                if op.gate != BARRIER:
                    places = op.pinned, op.operator, op.slot, op.when
                    row = shared(op.gate, ahead + on, op.angles, len(ahead) + op.controls, *places)
                pairs.append((row, origins[position] if origins else None))
            if ahead and phase:
                pairs.append((modifiers.controlled_phase(ahead, phase), None))
        return pairs, phase * times if phase and not ahead else ZERO

    def _take(self, piece: Piece, index: int | None = None) -> Self:
        pairs, phase = piece
        self._edit([op for op, _ in pairs], is_first=index is None)
        place = slice(len(self.rows), None) if index is None else slice(index, index)
        self.rows[place] = [op for op, _ in pairs]
        self.origin_list()[place] = [origin for _, origin in pairs]
        if phase:
            self.phase += phase
        return self

    def _qubit(self, qubit: SupportsIndex) -> int:
        index: int = qubit if type(qubit) is int else _index(qubit)
        if not -self.width <= index < self.width:
            raise fail("QC0886", qubit=index, width=self.width, indices=range(self.width))
        return index % self.width

    def _qubits(self, qubits: Qubits) -> tuple[int, ...]:
        if type(qubits) is int:
            return (self._qubit(qubits),)
        if isinstance(qubits, Iterable) and getattr(qubits, "shape", None) != ():
            return tuple(map(self._qubit, qubits))
        return (self._qubit(qubits),)  # type: ignore[arg-type]  # or an array without dimensions

    # --- reading and editing -----------------------------------------------------------------------------------------

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...

    def __getitem__(self, index: int | slice) -> Step | Self:
        """Returns a row, or for a slice a circuit of its rows, without the global phase and the registers."""
        if isinstance(index, slice):
            rows = self.rows[index]
            kept = measuring.without_lost(self.registers, rows, is_whole=False)
            return self.replace(rows=rows, origins=self.origins[index], phase=ZERO, registers=kept)
        return super().__getitem__(whole(index, "the number of a row"))

    def __delitem__(self, index: int | slice) -> None:
        rows = list(self.rows)
        del rows[index]
        kept = measuring.without_lost(self.registers, rows, is_whole=True)
        self._edit([], is_first=False)
        self.rows, self.registers = rows, kept
        del self.origin_list()[index]

    def __add__(self, other: Rows) -> Self:
        """A new circuit: this one, then the other."""
        return self.copy().append(other)

    def copy(self) -> Self:
        """An independent circuit with the same rows."""
        return self.replace()

    __copy__ = copy

    def inverse(self) -> Self:
        """The circuit that undoes this one."""
        measuring.refuse(self.rows, self.name, "inverted")
        choices.warn_of_part(self)
        pairs = []
        phase = -self.phase
        for op, origin in zip(reversed(self.rows), reversed(self.origins), strict=True):
            rows, extra = ([op], ZERO) if op.gate == BARRIER else modifiers.power(op, -1)
            pairs += [(row, origin) for row in rows]
            phase += extra
        return self.with_rows(pairs, phase=phase)

    def power(self, exponent: AngleLike) -> Self:
        """The circuit repeated `exponent` times; a fractional exponent takes the principal power of a single gate."""
        times = exact(exponent, "the exponent")
        measuring.refuse(self.rows, self.name, "repeated")
        if len(self.rows) == 1 and not self.phase and self.rows[0].gate != BARRIER:
            rows, phase = modifiers.power(self.rows[0], times)
            return self.with_rows([(row, self.origins[0]) for row in rows], phase=phase)
        if times != int(times):
            raise fail("QC0895", count=len(self.rows), exponent=float(times))
        base, count = (self, int(times)) if times >= 0 else (self.inverse(), -int(times))
        if len(self.rows) * count > MAX_OPERATIONS:
            raise fail("QC0501", limit=MAX_OPERATIONS)
        result = base.replace(rows=[], origins=[], phase=base.phase * count)
        for _ in range(count):
            pairs, _phase = result._circuit(base, None, ())
            result._take((pairs, ZERO))
        return result

    def controlled(self, controls: int = 1) -> Self:
        """The circuit under `controls` control qubits, which become its first qubits."""
        controls = whole(controls, "the number of controls", 0)
        measuring.refuse(self.rows, self.name, "controlled")
        shifted = tuple((name, tuple(q if q is None else q + controls for q in slots)) for name, slots in self.readout)
        empty = self.replace(
            width=self.width + controls, rows=[], origins=[], phase=ZERO, wires=(), registers=shifted, inputs=None
        )
        return empty.append(self, range(controls, controls + self.width), range(controls))

    # --- parameters --------------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of parameters without a value, in order of first use."""
        return symbolic.parameters(self)

    def bind(
        self, values: Mapping[Any, Any] | None = None, /, *, partial: bool = True, simplify: bool = False, **named: Any
    ) -> Self:
        """The circuit with values for parameters: `bind(theta=0.3)`, `bind({"th[0]": 0.3})`, `bind(th=[0.3, 0.4])`.

        Numbers are radians for a parameter of a qis gate and turns for one that was written in a native gate. With
        `partial=False` all parameters need values. A compiled circuit stays one for its machine, its angles brought
        into range. `simplify` compiles it again, which pays if a value makes a gate vanish. Raises CompileError.
        """
        bound = symbolic.bind(
            self, {**mapping_of(values, "the values"), **named}, partial=partial, declared=self.declared
        )
        return self._fitted(bound, simplify)

    def sweep(self, values: Mapping[Any, Any] | None = None, /, *, simplify: bool = False, **named: Any) -> Sweep[Self]:
        """The circuit at many points: `sweep(theta=numpy.linspace(0, 3.14, 1000))`, a sequence of bound circuits.

        `simplify` as for `bind`: each point is compiled again when it is asked for.
        """
        from ionqdsl.ir.sweep import sweep

        is_plain = self.compiled is None and not simplify
        given = {**mapping_of(values, "the values"), **named}
        return sweep(self, given, self.declared, None if is_plain else partial_of(self._fitted, simplify=simplify))

    def _fitted(self, bound: Self, simplify: bool) -> Self:
        """The bound circuit, fitted to the machine this circuit was compiled for."""
        if simplify and self.compiled is None:
            raise fail("QC0630", name=self.name)
        if self.compiled is None:
            return bound
        from ionqdsl.pipeline import fitted

        return type(self).of(fitted(bound, self.compiled, simplify), bound.declared, self.compiled)

    # --- meaning -----------------------------------------------------------------------------------------------------

    def unitary(self) -> NDArray[complex128]:
        """The matrix, shape (2**n, 2**n), for q[0] (x) q[1] (x) ..., including the global phase."""
        from ionqdsl.simulation import simulate

        return simulate.unitary(self)

    def state(self) -> NDArray[complex128]:
        """The state from |0...0>, shape (2**n,); q[0] is the most significant bit of the index."""
        from ionqdsl.simulation import simulate

        return simulate.state(self)

    def probabilities(self) -> Mapping[str, float]:
        """The exact distribution of the measured bits, by bit string with q[0] leftmost; zeros are left out.

        Outcomes of measurements before the end follow the qubits.
        """
        from ionqdsl.simulation import simulate
        from ionqdsl.simulation.results import Probabilities

        if self.is_dynamic:
            return simulate.run(self, 0, exact=True).probabilities
        return Probabilities(simulate.probabilities(self), self.width)

    def expectation(
        self,
        operator: OperatorLike,
        shots: int | None = None,
        *,
        at: Point | None = None,
        seed: int | None = None,
        noise: str | None = None,
        engine: str = "auto",
    ) -> Expectation:
        """The mean of a Hamiltonian in the final state, exact or from `shots`, with its standard error.

        The operator is text such as "0.5*X[0]*X[1] + Z[0]" or "ZZI + 0.5*XII", `{"ZZI": 1}`, or an Operator such as
        `program.hamiltonians["h2"]`. `at` gives values to open parameters, by name or in the order of `parameters`.
        Shots are shared among the bases that the terms need. `noise` is a model such as "aria-1". `engine` is as for
        `ionqdsl.run`. Raises CompileError and UsageError.
        """
        from ionqdsl.python import means
        from ionqdsl.python.choices import engine_of

        return means.expectation(self, operator, shots, at, seed, noise, engine_of(engine))

    def gradient(
        self, operator: OperatorLike, at: Point, *, shots: int | None = None, seed: int | None = None
    ) -> Gradient:
        """The derivatives of the mean of a Hamiltonian with respect to all parameters, at a point.

        Exact without shots (adjoint method); with `shots` for each mean, from shifted angles. The
        operator and the point are those of `expectation`. Raises CompileError and UsageError.
        """
        from ionqdsl.python import means

        return means.gradient(self, operator, at, shots, seed)

    def equivalent(self, other: Rows, preserve: str = "measurement") -> Verdict:
        """Whether the other circuit gives the same results under a contract; see `ionqdsl.equivalent`."""
        from ionqdsl.verify.registers import compared

        return compared(self, _circuit_of(other), preserve)

    def stats(self) -> Stats:
        """Qubits, gates by name, two-qubit gates, pulses and depth."""
        from ionqdsl.describe.stats import stats

        return stats(self)

    def draw(self, width: int = 80) -> str:
        """The circuit drawn with characters, folded to `width` columns."""
        from ionqdsl.emit.drawing import drawing

        return drawing(self, whole(width, "the width", 1))

    def svg(self, width: int = 960) -> SvgText:
        """The circuit drawn as an `<svg>` element, folded to `width` pixels."""
        from ionqdsl.emit.svg import SvgText, svg

        return SvgText(svg(self, whole(width, "the width", 1, MAX_WIDTH)))

    _repr_svg_ = svg  # notebooks show it

    def bloch(self, width: int = 960) -> SvgText:
        """Each qubit's Bloch vector at the end, as an `<svg>` element. Parameters need values; errors as in `run`."""
        from ionqdsl.describe.pictures import spheres

        return spheres(self, whole(width, "the width", 1, MAX_WIDTH))

    def amplitudes(self, width: int = 640, most: int = 32) -> SvgText:
        """The final state as an `<svg>` element: bars, coloured by phase, of the `most` probable basis states."""
        from ionqdsl.describe.pictures import state_bars

        return state_bars(self, whole(width, "the width", 1, MAX_WIDTH), whole(most, "the number of states", 1))

    def to_qiskit(self) -> Any:
        """The circuit as a Qiskit QuantumCircuit; slot i of a register is bit i. Raises CompileError."""
        from ionqdsl.exchange import to_library

        return to_library("qiskit", self)

    def to_cirq(self) -> Any:
        """The circuit as a Cirq Circuit; Cirq must be installed. Raises CompileError.

        A register is a key whose qubit i is slot i, or, if several measurements write it, one key for each: `s[0]`.
        """
        from ionqdsl.exchange import to_library

        return to_library("cirq", self)

    def __str__(self) -> str:
        """The circuit as a `.qc` program."""
        from ionqdsl.emit import qc

        return qc.text(self)

    def __repr__(self) -> str:
        sizes = {"width": self.width, "gates": sum(op.gate not in NOT_GATES for op in self.rows)}
        return f"<{self.gateset} circuit {self.name!r}: {filled('{width:qubit}, {gates:gate}', sizes)}>"


def _is_plain(width: Any, gateset: Any, name: Any) -> bool:
    """Whether the fields of a circuit are right as they are, which is almost always so."""
    is_text = type(gateset) is type(name) is str
    return type(width) is int and 0 <= width <= MAX_QUBITS and is_text and gateset in NAMES


def _circuit_of(value: Any) -> Rows:
    if isinstance(value, Rows):
        return value
    raise refused("the circuit", "a circuit", value)


def _index(number: Any, role: str = "a qubit") -> int:
    """An integer of Python or numpy: unlike for shots, a float is more likely a mistake than a number of qubits."""
    try:
        if not isinstance(number, bool):
            return index_of(number)
    except TypeError:
        pass
    raise fail("QC0881", role=role, wanted="a whole number", given=shown(number))
