"""The layers of the package, from the bottom up: which module may import which. test_layers.py checks them,
generate/pages.py makes the map of docs/architecture.md from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "ionqdsl"

ORDER = """
record
nesting garbage
diagnostics
settings workers
ir: angle arguments characterization contracts habits keywords input_permutation | files plain_rows targets
    | symbols gates notation options rounding | circuit | job matrices operators symbolic | sweep unwinding | points
algebra: compiled | deferral elementary numbered_rows paulis rotations suzuki
    | string_groups weyl
    | free_fermions instantiation interactions modifiers pulses
    | numeric_forms | circuit_forms
language: grammars step_budget comments marks numbering syntax values
    | actions brackets effort expectations readable recover structure | automaton slips | lark_parser statement_forms
    | faults | calls comparison lines ratios | parse | bits excerpts functions
    | data evaluate lexemes library recursion standard
    | includes layout measurements | one_line | lower | edited_file familiar | gate_operands naming reformat vocabulary
    | check
simulation: draws estimate frames grouping memory observables open_circuits readout rules statevector
    | pauli_sums results tableaus
    | chunks site_gates | branch_states noise | branches | stabilisers chains | engines | simulate
    | energy families | gradient
emit verify
passes: cliffords cost defer drop_barriers drop_unread error_budget read_at_end reuse | context native report
    | approximate break_wide_gates choose_native expand_pauliexp expand_phase fold_angles gather_blocks gather_controls
    routing translate_native verified | route_rows | interactions | rotations triples | barriers local_search
    | release_controls | networks | drop_unseen_phases resynthesise | route search | optimise_qis
    | machine_checks pipelines prepare | examine | compilations | passes
read
batch exchange
pipeline
formats linter
accept mitigation
cloud
emulator
describe: colouring handbook highlight pictures samples stats | costs | reference
testing: judging | suite | reports
lsp
python: branching calls choices fluent units | means measuring progress | running | included | builder | noisy program
variational: history problem | shifts | templates | evaluators service | minimize
api
playground
notebook
cli
"""
"""A line is a floor: its modules import those of lower floors. Rooms of one floor do not know each other.

`package: a b | c` has floors of its own, from left to right. Its `__init__.py` stands below them, or where its name is.
"""


_LINES = ORDER.replace("\n    ", " ").split("\n")[1:-1]


def _floors() -> dict[str, tuple[int, int]]:
    found = {}
    for floor, line in enumerate(_LINES):
        package, colon, inside = line.partition(":")
        if not colon:
            found |= dict.fromkeys(line.split(), (floor, 0))
            continue
        found[package] = (floor, -1)
        for inner, names in enumerate(inside.split("|")):
            found |= {package if name == package else f"{package}.{name}": (floor, inner) for name in names.split()}
    return found


FLOORS = _floors()
"""The floor of every room, and the floor within its package."""


def name_of(path: Path) -> str:
    """A module's name within the package, "" for the package itself."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(module: str) -> str:
    """The room a module belongs to: itself, or the package that stands in `ORDER` as a whole."""
    parts = module.split(".")
    return next((name for size in (2, 1) if (name := ".".join(parts[:size])) in FLOORS), parts[0])


def opening(module: str) -> str:
    """The first sentence of a module's docstring."""
    quotes = '"""'
    text = MODULES[module].read_text(encoding="utf-8")
    assert text.startswith(quotes), module  # parsing the whole text would take most of the time of `make generate`
    return " ".join(text.split(quotes)[1].split("\n\n")[0].split())


def listing() -> str:
    """The map: every module with its first sentence, in the order of the floors."""
    with_floors = {line.partition(":")[0] for line in _LINES if ":" in line}
    rows = [row for name in FLOORS for row in _rows(name, is_open=name not in with_floors)]
    return "\n".join(["| module | |", "|---|---|", *rows]) + "\n"


def _rows(name: str, is_open: bool = True) -> Iterator[str]:
    """The row of a module, and those of the modules in a package."""
    is_package = MODULES[name].name == "__init__.py"
    shown = "`" + name.rpartition(".")[2] + ("/`" if is_package else ".py`")
    yield f"| {'&nbsp;&nbsp;&nbsp;&nbsp;' * name.count('.')}{shown} | {opening(name)} |"
    if is_package and is_open:
        for inner in MODULES:
            if inner.rpartition(".")[0] == name:
                yield from _rows(inner)
