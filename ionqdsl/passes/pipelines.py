"""Which passes run for each set of gates and level, in which order, and why; and the level of a compilation."""

from __future__ import annotations

from typing import NamedTuple

from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import AS_WRITTEN, Target
from ionqdsl.passes.approximate import approximate
from ionqdsl.passes.context import LatePass, PassFunction
from ionqdsl.passes.expand_pauliexp import expand_pauliexp
from ionqdsl.passes.expand_phase import expand_phase
from ionqdsl.passes.gather_blocks import gather_blocks
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.translate_native import translate_native
from ionqdsl.record import record


@record
class Pass:
    """A pass in a pipeline: its function, the reason for its place, and whether it must not make a circuit cost more.

    A `candidate` does the same work plainly. If the pass saves no two-qubit gate, or the circuit is small, both run and
    the cheaper result stays.
    """

    run: PassFunction
    reason: str
    optimises: bool = False
    candidate: PassFunction | None = None

    @property
    def name(self) -> str:
        """The function's name, which is its file's."""
        return self.run.__name__


PULSES = LatePass("choose_native")
_NATIVE_FIRST = Pass(
    translate_native,
    "first, so that later passes see only qis gates and the target's own; a circuit of the target's gates stays",
)
_PAULIEXP = Pass(expand_pauliexp, "before the passes for the gates that it expands to, some of them controlled")
_CONTROLS = Pass(
    gather_controls, "after expand_pauliexp, for its rows; then only one-qubit gates have several controls"
)
_RELEASE = Pass(
    LatePass("release_controls"),
    "after gather_controls, for pairs of its cnots; before wide gates break, for fewer controls",
)
_UNSEEN = Pass(
    LatePass("drop_unseen_phases"),
    "before wide gates break: a flip that may be wrong by a phase breaks into fewer interactions",
)
_APPROXIMATE = Pass(approximate, "before rows merge, so that rows made adjacent merge too; only if errors are allowed")

_TO_QIS = (
    _NATIVE_FIRST,
    _PAULIEXP,
    _CONTROLS,
    _APPROXIMATE,
    Pass(expand_phase, "last: the other passes leave phases of controls, and the service has no phase gate"),
)

_BREAK = Pass(
    LatePass("break_wide_gates"),
    "once only one-qubit gates have several controls; each phase gate it makes is one interaction",
)
_TO_FEW_CONTROLS = (
    _NATIVE_FIRST,
    _PAULIEXP,
    _CONTROLS,
    _RELEASE,
)
_CHOOSE = Pass(PULSES, "once gates have at most one control, since such a gate is one interaction")
_FOLD = Pass(LatePass("fold_angles"), "last: angles in range stay as written, and a pinned row out of range is refused")
ROUTE_ROWS = Pass(
    LatePass("route_rows"), "before gates become pulses, because the swaps do too; only if pairs are not connected"
)
ROUTE = Pass(LatePass("route"), "after the two-qubit gates have become few; only if pairs are not connected")
_TO_NATIVE = (_NATIVE_FIRST, _PAULIEXP, _CONTROLS, _BREAK, _APPROXIMATE, ROUTE_ROWS, _CHOOSE, _FOLD)
_MERGE = Pass(
    LatePass("merge_interactions", "interactions.use_interactions"),
    "once every row is one interaction; writes native rows itself",
    candidate=PULSES,
)
_RESYNTHESISE = Pass(
    LatePass("resynthesise"),
    "like merge_interactions, with fewer interactions for each pair of qubits, or by a quick synthesis",
    candidate=PULSES,
)
_OPTIMISE_QIS = Pass(
    LatePass("optimise_qis"), "once the circuit is exact in qis gates: it goes through the interaction form", True
)
_SEARCH = Pass(
    LatePass("search"), "like resynthesise, with more candidates, improved until the effort is spent", candidate=PULSES
)

_BLOCKS = Pass(gather_blocks, "after all passes that write rows, so that each verbatim block is in one piece")

PIPELINES: dict[tuple[str, int], tuple[Pass, ...]] = {
    ("qis", 0): (*_TO_QIS, _BLOCKS),
    ("qis", 1): (*_TO_QIS, _OPTIMISE_QIS, _BLOCKS),
    ("qis", 2): (*_TO_QIS, _OPTIMISE_QIS, _BLOCKS),
    ("qis", 3): (*_TO_QIS, _OPTIMISE_QIS, _BLOCKS),
    ("native", 0): (*_TO_NATIVE, _BLOCKS),
    ("native", 1): (*_TO_FEW_CONTROLS, _BREAK, _APPROXIMATE, _MERGE, ROUTE, _FOLD, _BLOCKS),
    ("native", 2): (*_TO_FEW_CONTROLS, _UNSEEN, _BREAK, _APPROXIMATE, _RESYNTHESISE, ROUTE, _FOLD, _BLOCKS),
    ("native", 3): (*_TO_FEW_CONTROLS, _UNSEEN, _BREAK, _APPROXIMATE, _SEARCH, ROUTE, _FOLD, _BLOCKS),
}
"""The target's gateset and the level -> the passes, in order."""

SMALL = 300
"""The most rows of a circuit for which a candidate always runs."""

DEFAULT_LEVELS = {"qis": 0, "native": 2}


class Level(NamedTuple):
    """How hard a circuit is optimised, and why."""

    number: int
    why: str


def level_of(circuit: FlatCircuit, target: Target, options: Options) -> Level:
    """The level of a circuit: the one asked for, else 0 if its pulses are the target's, else the target's default."""
    if target is AS_WRITTEN:
        return Level(0, "no machine is named")
    if options.level is not None:
        return Level(options.level, "asked for")
    if target.gateset == circuit.gateset == "native" and is_written_for(circuit, target):
        return Level(0, "written in the target's own gates: pulses mean pulses")
    return Level(DEFAULT_LEVELS[target.gateset], f"the default for {target.name}")


def is_written_for(circuit: FlatCircuit, target: Target) -> bool:
    """Whether all gates of a circuit are the target's own native ones."""
    return all(op.gate in NOT_GATES or (op.gate in target.gates and not op.controls) for op in circuit.patterns)
