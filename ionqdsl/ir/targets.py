"""Machines and payload profiles, one row each.

`MACHINES` are the kinds of QPU. From them follow `TARGETS`, the gates the compiler may emit for each machine,
`BACKENDS` and `BACKEND_NAMES`, the names the service knows and the settings they accept, and `PUBLISHED`.
`NOISE_MODELS` has the published rates, `PROFILES` the spelling of a payload. Figures: docs.ionq.com (backends, native
gates, simulation with noise models) and the API specification of 30 April 2026; nothing here is measured.
"""

from __future__ import annotations

from fractions import Fraction

from ionqdsl.ir.characterization import Characterization
from ionqdsl.record import record


@record
class Machine:
    """A kind of QPU: its two-qubit gate, whose angle is in [low, 1/4] turns (`low` excluded if it is negative).

    `backends` are the machines of the kind by their numbers, as in `qpu.forte-1`; others of the kind count as well.
    `shots` is a limit of the kind, `published` the published figures of such machines, if any: single machines on
    single days differ. `measures` says that they take measurements and resets in the middle of a circuit.
    """

    name: str
    two_qubit_gate: str
    low: Fraction
    backends: tuple[str, ...]
    qubits: int
    shots: int = 10_000
    retired: bool = False
    published: Characterization | None = None
    measures: bool = False
    connects_all: bool = True  # otherwise a characterization says which pairs of qubits are connected


_ARIA = Characterization(
    "Azure Quantum's page on IonQ's Aria",  # learn.microsoft.com/azure/quantum/provider-ionq, the lower end of T1
    one_qubit=0.9995,
    two_qubit=0.996,
    spam=0.9961,
    one_qubit_seconds=135e-6,
    two_qubit_seconds=600e-6,
    t1_seconds=10.0,
    t2_seconds=1.0,
)
_FORTE = Characterization(
    "the benchmark of IonQ's Forte, arXiv:2308.05071",  # medians; the rates of the noise model forte-1 are these
    one_qubit=1 - 2.0e-4,
    two_qubit=1 - 46.4e-4,
)

MACHINES: tuple[Machine, ...] = (
    Machine("aria", "ms", Fraction(0), ("1", "2"), qubits=25, retired=True, published=_ARIA),
    Machine(
        "forte",
        "zz_native",
        Fraction(-1, 4),
        ("1", "enterprise-1", "enterprise-2", "enterprise-3"),
        qubits=36,
        published=_FORTE,
    ),
    Machine(
        "tempo", "zz_native", Fraction(-1, 4), ("1",), qubits=100, measures=True, connects_all=False
    ),  # ionq.com; qiskit-ionq #263
)

PUBLISHED = {machine.name: machine.published for machine in MACHINES if machine.published is not None}
"""Target -> the published figures of such machines."""


@record
class Target:
    """The gates that passes must produce. Angles of the two-qubit gate are in [low, high] turns, `low` excluded if
    negative. `connects_all` says that these act on any pair of qubits.
    """

    name: str
    gateset: str
    two_qubit_gate: str | None = None
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1, 4)
    connects_all: bool = True

    @property
    def gates(self) -> tuple[str, ...]:
        """Keys of the machine's native gates."""
        if self.gateset == "qis":
            return ()
        return ("gpi", "gpi2", *([self.two_qubit_gate] if self.two_qubit_gate else TWO_QUBIT_GATES), "nop")


TWO_QUBIT_GATES = tuple(dict.fromkeys(machine.two_qubit_gate for machine in MACHINES))

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("qis", "qis"),
        *(
            Target(row.name, "native", row.two_qubit_gate, low=row.low, connects_all=row.connects_all)
            for row in MACHINES
        ),
    )
}


@record
class BackendFamily:
    """A pattern of names, the machine's target (None: takes any gates), its qubits and its own limit of shots.

    `measures` says that it takes measurements and resets in the middle of a circuit.
    """

    pattern: str
    target: str | None
    qubits: int
    shots: int
    is_simulator: bool = False
    retired: bool = False
    measures: bool = False

    def covers(self, name: str) -> bool:
        """Whether a name fits the pattern, whose `*` stands for any end."""
        start = self.pattern.removesuffix("*")
        return name.startswith(start) if start != self.pattern else name == start


BACKENDS: tuple[BackendFamily, ...] = (
    BackendFamily("simulator", None, 29, 1_000_000, is_simulator=True, measures=True),
    *(
        BackendFamily(
            f"qpu.{machine.name}-*",
            machine.name,
            machine.qubits,
            machine.shots,
            retired=machine.retired,
            measures=machine.measures,
        )
        for machine in MACHINES
    ),
)
BACKEND_NAMES = ("simulator", *(f"qpu.{machine.name}-{end}" for machine in MACHINES for end in machine.backends))


@record
class NoiseModel:
    """Depolarizing rates after every one- and two-qubit gate; None if they are not public.

    `readout` is the probability that a qubit's outcome is read as the other one.
    """

    name: str
    target: str | None
    one_qubit: float | None
    two_qubit: float | None
    qubits: int
    readout: float = 0.0

    @property
    def has_errors(self) -> bool:
        """Whether any rate is not 0, or not public."""
        return not self.one_qubit == self.two_qubit == self.readout == 0


NOISE_MODELS: dict[str, NoiseModel] = {
    model.name: model
    for model in (
        NoiseModel("ideal", None, 0.0, 0.0, 29),
        NoiseModel("harmony", None, None, None, 11),
        NoiseModel("harmony-1", None, None, None, 11),
        NoiseModel("harmony-2", None, None, None, 11),
        NoiseModel("aria-1", "aria", 0.0005, 0.0133, 25),
        NoiseModel("aria-2", "aria", 0.0006573333333333332, 0.01856, 25),
        NoiseModel("forte-1", "forte", 0.0002666666666666667, 0.004949333333333333, 29),
        NoiseModel("forte-enterprise-1", "forte", None, None, 29),
    )
}


def noise_of(backend: str) -> NoiseModel:
    """The published model nearest to a QPU: its own, or one of its kind, or one of a machine with the same gates."""
    row = backend_of(backend)
    two_qubit_gate = TARGETS[row.target].two_qubit_gate if row is not None and row.target is not None else None
    known = [model for model in NOISE_MODELS.values() if model.target is not None and model.one_qubit is not None]

    def distance(model: NoiseModel) -> tuple[bool, bool, bool]:
        target = TARGETS[str(model.target)]
        own = row is not None and target.name == row.target
        return backend != f"qpu.{model.name}", not own, target.two_qubit_gate != two_qubit_gate

    return min(known, key=distance)


@record
class PayloadProfile:
    """A profile of the API: the fields of a payload and their limits.

    `compilation` are the settings of the service's compiler that a job may have.
    """

    name: str
    pauliexp: bool  # terms, coefficients and time are sent; otherwise the gate is rewritten
    nop_time: bool
    meaning: str
    max_shots: int = 1_000_000
    debiasing_shots: int = 500
    max_bytes: int = 10_000_000
    max_circuits: int = 5_000
    max_gates: int = 150_000
    compilation: tuple[str, ...] = ("opt", "precision", "gate_basis", "service_version")
    max_metadata: int = 10
    max_metadata_key: int = 40
    max_metadata_value: int = 40_000


PROFILES: dict[str, PayloadProfile] = {
    wire.name: wire
    for wire in (
        PayloadProfile(
            "v0.4",
            pauliexp=False,
            nop_time=False,
            meaning="exactly the schema published on 30 April 2026, and jobs in OpenQASM 3, which came later",
        ),
        PayloadProfile(
            "v0.4-2026-10",
            pauliexp=False,
            nop_time=False,
            meaning="the specification of 1 October 2026, where `service_version` is the only setting of the compiler",
            compilation=("service_version",),
        ),
        PayloadProfile(
            "v0.4-clients",
            pauliexp=True,
            nop_time=True,
            meaning="the fields that IonQ's own client libraries send today",
        ),
    )
}


@record
class JobLimit:
    """A limit that jobs are checked against: its source, and the code that reports it.

    A limit stated by the specification or the service's list of machines is an error; one stated only by older
    documents, guides or other clients is a warning, because the service decides.
    """

    what: str
    source: str
    code: str
    is_stated: bool = True


_SPECIFICATION = "specification of 1 October 2026"
_MACHINES = "the service's list of machines"
_OLD = "guide to the API v0.3; the specification names none"

LIMITS: tuple[JobLimit, ...] = (
    JobLimit("1 to 1,000,000 shots", _SPECIFICATION, "QC0705"),
    JobLimit("10,000 shots on a QPU", "qiskit-ionq and azure-quantum stop there", "QC0757", is_stated=False),
    JobLimit("500 shots for debiasing", _SPECIFICATION, "QC0707"),
    JobLimit("debiasing on a QPU only", "guide to error mitigation", "QC0706", is_stated=False),
    JobLimit("noise on the simulator only", "guide to noise models", "QC0708", is_stated=False),
    JobLimit("a model for every noise", _SPECIFICATION, "QC0709"),
    JobLimit("names of noise models", "guide to noise models; the field is open", "QC0758", is_stated=False),
    JobLimit("names of backends", "the field is open, machines come and go", "QC0702", is_stated=False),
    JobLimit("seeds of 32 bits", _SPECIFICATION, "QC0711"),
    JobLimit("10 metadata keys, the submission's tag among them", _OLD, "QC0714", is_stated=False),
    JobLimit("40 characters in a metadata key", _OLD, "QC0715", is_stated=False),
    JobLimit("40,000 characters in a metadata value", _OLD, "QC0716", is_stated=False),
    JobLimit("qubits of a machine or a noise model", _MACHINES, "QC0721"),
    JobLimit("qubits of the simulator, where no backend is named", _MACHINES, "QC0751", is_stated=False),
    JobLimit("native gates of a machine", _MACHINES, "QC0720"),
    JobLimit("`ms` from 0 to a quarter turn", _OLD, "QC0722", is_stated=False),
    JobLimit("no time for `nop`", _SPECIFICATION, "QC0723"),
    JobLimit("5,000 circuits in a job", _SPECIFICATION, "QC0729"),
    JobLimit("150,000 gates in a job", _SPECIFICATION, "QC0730"),
    JobLimit("10 MB in a request", _SPECIFICATION, "QC0731"),
    JobLimit("settings of the service's compiler that the profile names", _SPECIFICATION, "QC0764"),
    JobLimit("neither noise nor a compiler's settings for quantum functions", _SPECIFICATION, "QC0740"),
)
"""Every limit of the service that is checked before a job is sent."""


def backend_of(name: str) -> BackendFamily | None:
    """The row that a backend name belongs to, None for an unknown name."""
    return next((row for row in BACKENDS if row.covers(name)), None)


def machine_of(target: str | None) -> BackendFamily | None:
    """The kind of machine of a target, by any of its names; None for qis, which is no machine."""
    if target is None:
        return None
    row = backend_of(target)
    return row if row is not None else next((row for row in BACKENDS if row.target == target), None)


ANY_MACHINE = Target("any machine", "native", "zz_native", low=Fraction(-1, 4))
"""Any machine, for work whose result does not depend on the native gates."""

AS_WRITTEN = Target("native", "native")
"""Not a machine: native circuits keep their gates as written."""


def noise_of_record(figures: Characterization, target: str | None, qubits: int) -> NoiseModel | None:
    """The noise of a machine by its measured fidelities; None if neither target nor record says which gates it has.

    A gate on n qubits that is followed by depolarizing of rate r has the average fidelity 1 - r (1 - 1/2^n) (M. A.
    Nielsen, Phys. Lett. A 303, 249 (2002)). All of the error of preparing and reading a qubit counts as a flip of its
    outcome. Waiting is free of noise.
    """
    row = machine_of(target) or machine_of(figures.backend)
    name = row.target if row is not None and row.target is not None else kind_like(figures)
    if name is None or figures.one_qubit is None or figures.two_qubit is None:
        return None
    rates = min(1.0, 2 * (1 - figures.one_qubit)), min(1.0, 4 / 3 * (1 - figures.two_qubit))
    flips = 0.0 if figures.spam is None else 1 - figures.spam
    return NoiseModel(figures.backend or figures.source, name, *rates, qubits, flips)


def kind_like(figures: Characterization | None) -> str | None:
    """The first kind of machine with the native gates of a machine that no row describes."""
    unknown = machine_target(figures)
    gate = None if unknown is None else unknown.two_qubit_gate
    return next((row.name for row in MACHINES if row.two_qubit_gate == gate), None)


def machine_target(figures: Characterization | None) -> Target | None:
    """The target of a machine that no row describes, by the native gates that its record lists; None if it has none."""
    if figures is None or figures.backend is None or backend_of(figures.backend) is not None:
        return None
    like = next((row for row in MACHINES if _SERVICE_NAMES[row.two_qubit_gate] in figures.native_gates), None)
    return None if like is None else Target(figures.backend, "native", like.two_qubit_gate, low=like.low)


_SERVICE_NAMES = {"ms": "ms", "zz_native": "zz"}
"""The key of a two-qubit gate in the gate table, which imports this module's floor -> the service's name of it."""


def choose_target(name: str | None, backend: str | None, gateset: str) -> Target:
    """The target of a circuit: the one a flag names (a row or a backend), the backend's, or the circuit's own gates."""
    for wanted in (name, backend):
        if wanted in TARGETS:
            return TARGETS[wanted]
        row = backend_of(wanted) if wanted else None
        if row is not None and row.target is not None:
            return TARGETS[row.target]
    return AS_WRITTEN if gateset == "native" else TARGETS["qis"]
