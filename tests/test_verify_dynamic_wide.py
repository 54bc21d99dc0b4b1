"""Wide circuits with measurements and resets: compilation is proven right, and changes of a circuit are found.

`IONQDSL_WIDE=300` compiles three hundred programs in place of two.
"""

import os
import random
from collections.abc import Iterator

import dynamic_programs
import pytest
from reading import lowered

from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import MEASURE, NOT_GATES, RESET, FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.pipeline import load, transpile
from ionqdsl.verify import equivalent
from ionqdsl.verify.lives import endings, lives
from ionqdsl.verify.registers import compared

PROGRAMS = int(os.environ.get("IONQDSL_WIDE", "2"))
FIRST = int(os.environ.get("IONQDSL_SEED", "0"))


# --- compiled circuits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(FIRST, FIRST + PROGRAMS))
@pytest.mark.parametrize("preserve", ["unitary", "measurement", "outcomes", "registers"])
def test_compiled_circuits_are_proven(seed: int, preserve: str) -> None:
    """`--verify` raises InternalError for a difference. Level 2 may use |0> in ways that leave it undecided."""
    level, target = (seed + len(preserve)) % 3, ("forte", "aria")[seed % 2]
    for is_clifford in (False, True):
        program, _ = load(Source(dynamic_programs.wide_text(seed, is_clifford=is_clifford), "t.qc"))
        reports = transpile(program, Options(target, level=level, preserve=preserve, verify=True))[2]
        verdict = reports[0].verdict
        assert verdict is not None
        may_be_open = level == 2 and (not is_clifford or preserve == "outcomes")  # a prepared pair is not Clifford
        assert verdict.equal or (may_be_open and verdict.equal is None), verdict
        if verdict.equal:
            assert verdict.method in ("rotations", "stabilisers", "distribution")


def test_frames_are_kept_across_measurements_and_resets() -> None:
    """In gates of a machine, a turn about z before a measurement or a reset shifts the phases of pulses after it."""
    head = "qubit q[22]\nregister m[22]\n" + "".join(
        f"ry(0.7) q[{k}]; zz(0.4) q[{k}], q[{(k + 1) % 22}]\n" for k in range(22)
    )
    reset = ["", "reset q[{0}];"]
    middle = "".join(f"rz(0.3) q[{k}]; m[{k}] = measure q[{k}]; {reset[k % 2].format(k)}\n" for k in range(22))
    tail = "".join(f"ry(0.9) q[{k}]; xx(0.6) q[{k}], q[{(k + 1) % 22}]\n" for k in range(22))
    program, _ = load(Source(head + middle + tail, "t.qc"))
    for preserve in ("unitary", "measurement", "outcomes"):
        verdict = transpile(program, Options("forte", level=0, preserve=preserve, verify=True))[2][0].verdict
        assert verdict is not None
        assert (verdict.equal, verdict.method) == (True, "rotations"), preserve


WIDE = "qubit q[24]\nregister m[24]\nry(0.7) q\n" + "".join(
    f"zz(0.4) q[{k}], q[{k + 1}]; ry(0.3) q[{k}]\n" for k in range(23)
)
ALL = "".join(f"m[{k}] = measure q[{k}]\n" for k in range(24))


@pytest.mark.parametrize(
    ("one", "other", "preserve", "equal"),
    [
        ("rz(0.3) q[4]; cz q[4], q[5]\n" + ALL + "h q[4]\n", ALL + "h q[4]\n", "measurement", True),
        ("rz(0.3) q[4]; cz q[4], q[5]\n" + ALL + "h q[4]\n", ALL + "h q[4]\n", "unitary", True),
        (ALL + "rz(0.3) q[4]; h q[4]\n", ALL + "h q[4]\n", "unitary", True),
        (ALL + "ry(0.3) q[4]\n", ALL, "measurement", False),
        (ALL + "reset q[3]; zz(0.4) q[3], q[4]; h q[4]\n", ALL + "reset q[3]; rz(0.4) q[4]; h q[4]\n", "measurement",
         True),
        (ALL + "h q[3]; reset q[3]; h q[3]\n", ALL + "reset q[3]; h q[3]\n", "unitary", True),
        (ALL + "if m[2] { ry(0.4) q[3] }\n", ALL + "if not m[2] { ry(0.4) q[3] }\n", "measurement", False),
        (ALL + "if m[2] { ry(0.4) q[3] }\n", ALL + "if m[2] { ry(0.1) q[3]; ry(0.3) q[3] }\n", "unitary", True),
    ],
)  # fmt: skip
def test_rewrites_of_wide_circuits(one: str, other: str, preserve: str, equal: bool) -> None:
    verdict = compared(lowered(WIDE + one), lowered(WIDE + other), preserve)
    assert verdict.equal is equal


@pytest.mark.parametrize("preserve", ["measurement", "outcomes", "registers"])
def test_a_difference_that_is_allowed_is_none(preserve: str) -> None:
    """As for circuits narrow enough for their whole distribution: an approximation is not called a fault."""
    one, other = (lowered(WIDE + gate + ALL + "h q[0]\n") for gate in ("", "ry(0.0002) q[0]\n"))
    assert equivalent(one, other, preserve, inputs=range(24)).equal is False
    assert equivalent(one, other, preserve, inputs=range(24), allowed=0.05).equal is not False


def test_lives_of_qubits() -> None:
    circuit = lowered(
        "qubit a, b\nregister m[2]\nh a\nm[0] = measure a\ncnot a, b\nreset b\n"
        "if not m[0] { x b }\nm[1] = measure a\nh a\n"
    )
    assert [[slot and slot.place for slot in ends] for ends in endings(circuit)] == [[0, 1], [None]]
    form = lives(circuit, "measurement")
    assert form.circuit.width == 5
    assert form.circuit.rows == [
        Op("h", (0,)),
        Op("cnot", (2, 1)),
        Op("x", (0,)),
        Op("x", (0, 4), controls=1),
        Op("x", (0,)),
        Op("h", (3,)),
    ]
    borders = form.borders
    assert borders.measured == {0, 2, 3, 4}  # two outcomes, and both qubits at the end
    assert (borders.forgotten, borders.zeros) == ({1}, {4})
    assert dict(borders.before) == {2: 0, 3: 2, 4: 1}


# --- changes are found -----------------------------------------------------------------------------------------------


def mutants(circuit: FlatCircuit, seed: int) -> Iterator[tuple[str, FlatCircuit]]:
    """A gate changed, an outcome in another slot, a condition inverted, a reset left out."""
    draw = random.Random(seed)
    rows = circuit.rows

    def having(place: int, *new: Op) -> FlatCircuit:
        changed = [*rows[:place], *new, *rows[place + 1 :]]
        return circuit.replace(rows=changed, origins=[None] * len(changed))

    turns = [place for place, op in enumerate(rows) if op.gate in ("ry", "rx", "xx") and not op.when]
    place = draw.choice(turns)
    yield "gate", having(place, rows[place]._replace(angles=(rows[place].angles[0] + Angle(0.07),)))
    first, second = draw.sample([place for place, op in enumerate(rows) if op.gate == MEASURE], 2)
    moved = [*rows]
    moved[first], moved[second] = (
        rows[first]._replace(slot=rows[second].slot),
        rows[second]._replace(slot=rows[first].slot),
    )
    if all(slot not in (rows[first].slot, rows[second].slot) for op in rows for slot, _ in op.when):
        yield "slot", circuit.replace(rows=moved)
    place = draw.choice([place for place, op in enumerate(rows) if op.when])
    yield (
        "condition",
        having(place, rows[place]._replace(when=tuple([(slot, 1 - bit) for slot, bit in rows[place].when]))),
    )
    yield "reset", having(draw.choice([place for place, op in enumerate(rows) if op.gate == RESET]))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("preserve", ["unitary", "measurement", "outcomes", "registers"])
def test_every_change_is_found(seed: int, preserve: str) -> None:
    """The registers alone may be too wide to decide, and do not see anything after the measurement of a pair."""
    circuit = lowered(dynamic_programs.chain_text(seed))
    assert equivalent(circuit, circuit, preserve).equal is True
    found = {}
    for kind, changed in mutants(circuit, seed):
        verdict = equivalent(circuit, changed, preserve, inputs=range(circuit.width))
        if preserve == "registers" and is_late(circuit, changed):
            assert verdict.equal is True, kind
            continue
        assert verdict.equal is not True, kind
        found[kind] = verdict.equal is False
    assert all(found.values()) if preserve != "registers" else any(found.values()) or len(found) < 2, found


def is_late(circuit: FlatCircuit, changed: FlatCircuit) -> bool:
    """Whether the first change is after the measurement of its pair: in these programs pairs meet only at the end."""
    pairs = zip(circuit.rows, changed.rows, strict=False)
    place = next(place for place, (one, other) in enumerate(pairs) if one != other)
    pair = circuit.rows[place].qubits[0] // 2
    return any(op.gate == MEASURE and op.qubits[0] // 2 == pair for op in circuit.rows[:place])


@pytest.mark.parametrize("seed", range(6))
def test_clifford_circuits_are_decided_both_ways(seed: int) -> None:
    """Without a gate, with two slots exchanged, or without a reset: on a few qubits the distributions say which.

    The wide circuit is six copies of the small one, and one of them is changed.
    """
    small = lowered(dynamic_programs.wide_text(seed, 4, 2, is_clifford=True))
    for changed in _without_a_row(small, seed):
        far = dynamic_programs.far(dynamic_programs.distribution(small), dynamic_programs.distribution(changed))
        wide, other = _copies([small] * 6), _copies([small, small, changed, small, small, small])
        verdict = equivalent(wide, other, "outcomes")
        assert verdict.equal is (far < 1e-7)
        assert verdict.method in ("stabilisers", "distribution")
        everywhere = equivalent(wide, other, "measurement", inputs=range(wide.width))
        narrow = equivalent(small, changed, "measurement", inputs=range(small.width))
        assert everywhere.equal is narrow.equal


def _without_a_row(circuit: FlatCircuit, seed: int) -> Iterator[FlatCircuit]:
    draw = random.Random(seed)
    for kind in (NOT_GATES - {MEASURE}, None):
        places = [k for k, op in enumerate(circuit.rows) if (op.gate in kind if kind else op.gate not in NOT_GATES)]
        if places:
            left = draw.choice(places)
            rows = [op for place, op in enumerate(circuit.rows) if place != left]
            yield circuit.replace(rows=rows, origins=[None] * len(rows))


def _copies(circuits: list[FlatCircuit]) -> FlatCircuit:
    """Circuits next to each other, each with its own register."""
    width = circuits[0].width
    rows: list[Op] = []
    registers = []
    for number, circuit in enumerate(circuits):
        names = {slot: slot._replace(register=f"m{number}") for slot in circuit.slots}
        rows += [
            op._replace(qubits=tuple([number * width + q for q in op.qubits]), slot=op.slot and names[op.slot])
            for op in circuit.rows
        ]
        registers.append((f"m{number}", tuple([names[slot] for slot in circuit.slots])))
    return FlatCircuit(width * len(circuits), rows=rows, origins=[None] * len(rows), registers=tuple(registers))
