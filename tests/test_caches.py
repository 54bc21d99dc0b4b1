"""Caches: every one is listed here with the reason why its key is complete.

They are found in the syntax trees of the package, so a new one fails until its reason is entered. Then the keys are
attacked: values that are equal in Python and not in the language, objects that are freed while their identity is
remembered, parts that a key omits, the order of calls, and files that change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import ionqdsl

PACKAGE = Path(ionqdsl.__file__).parent

SELF = "a property of one object that nobody changes afterwards"
TEXT = "a function of strings and numbers of one type each, which are the whole key; the result is not changed"
FIXED = "takes no arguments and reads files of the package alone"
ROW = "a row or its angles, whose equality tells floats from exact numbers; the result is only read"
IDENTITY = "rows by identity, which the circuit keeps meanwhile"
KEEPING = "rows by identity, which are kept with facts about them"
LOCAL = "lives for one call, in which all else that counts stays the same"
COLLECTED = "collects results by name: the values are the answer, no work is saved"

KEPT: dict[str, dict[str, str]] = {
    "ir/angle.py": {"_sum_terms:total": COLLECTED},
    "algebra/instantiation.py": {"instantiated_in_step:best": COLLECTED},
    "algebra/circuit_forms.py": {"_kind_of": ROW, "_number:self._numbers": ROW},
    "passes/triples/exact_triples.py": {"_standard": TEXT, "range_of": TEXT},
    "passes/triples/likeness.py": {"_choices": TEXT},
    "passes/triples/known_triples.py": {
        "_meet:self._met": "a unitary to seven digits; its class says only where to look",
        "_exact_form:self._exact": "a unitary to seven digits, and axes; its form is compared with it at each use",
        "_kind:self._kinds": "a unitary to seven digits; its kind says only which structures to try",
        "_values": TEXT,
        "_groups": TEXT,
        "_groups_of": TEXT,
        "_try:self._solved": "a unitary to seven digits; the form is compared with the unitary itself at each use",
    },
    "passes/local_search/search_triples.py": {
        "__call__:self._solved": "a unitary to seven digits; the form is compared with the unitary itself at each use"
    },
    "passes/triples/invariants.py": {"_pattern": TEXT, "_classified": TEXT},
    "passes/triples/blocks.py": {"add:self.axes": COLLECTED, "axes": SELF, "blocks": SELF, "tasks": SELF},
    "ir/symbols.py": {"steps": TEXT, "names": TEXT},
    "batch/__init__.py": {
        "bind_all:plan": LOCAL,
        "_by_template:self._families": "by the identity of families, which the circuits of the batch keep, and the "
        "target",
    },
    "batch/feed_forward.py": {
        "compiled:known": "the rows of a stretch; width, target and options are those of one circuit",
    },
    "python/included.py": {
        "_read_once": "a text that includes a file of the standard library and has all arguments; read only",
    },
    "python/calls.py": {
        "signature_of": TEXT,
        "_standard": "the name of a standard gate; its circuit is read only, arguments are put into copies",
    },
    "ir/characterization.py": {"of_record:values": COLLECTED},
    "language/check.py": {
        "_definitions:circuits": COLLECTED,
        "_definitions:gates": COLLECTED,
    },
    "ir/circuit.py": {"shared": ROW},
    "cli/diff.py": {"_gates:known": KEEPING},
    "cli/flags.py": {"_pairs:result": COLLECTED},
    "cloud/collect.py": {"_states:states": COLLECTED},
    "cloud/database.py": {
        "acquire:_open": "the real path, in this process: a fork closes all, and a file that was replaced is noticed"
    },
    "cloud/keepsake.py": {"_circuit:places": LOCAL},
    "cloud/prices.py": {"_gate": "all that the circuit of one gate is made of, and a row of the targets"},
    "cloud/remote.py": {"_children:listed": COLLECTED},
    "cloud/states.py": {"_with_rows:blank": COLLECTED},
    "cloud/transport.py": {"_key": SELF},
    "cli/report.py": {"of:self._found": "the number of a circuit in a list that is never changed"},
    "emit/openqasm.py": {"_gates:written": ROW},
    "emit/qasm3.py": dict.fromkeys(["add:found", "defined:found", "definitions:found"], COLLECTED),
    "emit/dynamic.py": {"_fault": ROW, "_gates": ROW, "layout:bits": LOCAL, "layout:finals": LOCAL},
    "emit/payload.py": {
        "_frame_text": TEXT,
        "_head:block": COLLECTED,
        "_head:head": COLLECTED,
        "_row_texts:texts": "rows by identity, which the circuits of the program keep, for one gateset and wire",
    },
    "emit/qc.py": {
        "_job_tree:block": COLLECTED,
        "_rows:written": IDENTITY,
        "lines:written": IDENTITY,
    },
    "emit/placement.py": {"layout:after": LOCAL},
    "emit/svg.py": {"_hint:hints": LOCAL},
    "emulator/judging.py": {"validator": TEXT, "validator_of": TEXT},
    "emulator/machine.py": {"_broken": TEXT},
    "emulator/tolerances.py": {"tolerated:fields": COLLECTED},
    "formats.py": {"narrowed:rows_of_op": ROW},
    "ir/gates.py": dict.fromkeys(["is_diagonal", "is_phase", "is_rotation", "phases", "required", "signature"], SELF),
    "algebra/numeric_forms.py": {
        "items": SELF,
        "numbers_of:vars(form)": "the list of items itself, by identity and length: passes make new lists",
    },
    "algebra/interactions.py": {
        "parts_of": ROW,
        "from_rows:known": KEEPING,
    },
    "language/includes.py": {"_read_library": FIXED},
    "language/standard.py": {"_folder": FIXED, "_definitions": FIXED},
    "describe/colouring.py": {"_patterns": FIXED},
    "record.py": {"_assignments": "everything in the code but the names of fields, which are put into copies of it"},
    "verify/path_sum.py": {"_add_term:self.terms": COLLECTED, "add:self.functions": COLLECTED, "kernel:pivots": LOCAL},
    "language/library.py": dict.fromkeys(["_lines", "_source", "standard_signatures", "_definition"], FIXED),
    "language/lower/blocks.py": {
        "_data:chosen": COLLECTED,
        "_settings:seen": COLLECTED,
        "energy_settings:chosen": COLLECTED,
    },
    "language/lower/loops.py": dict.fromkeys(
        ["_is_even:self.even", "repeats:self.same"], "the place of a loop, and only its text is looked at"
    ),
    "language/lower/forms.py": {
        "form_of:expander.forms": "a gate and the units of its arguments, in one gateset and program",
    },
    "language/lower/plain.py": {
        "_argument:self._arguments": "an argument of literals, while `pi` keeps its meaning",
        **dict.fromkeys(
            ["_read_operands:self._registers", "_operands:self._qubits"],
            "the text of operands, while names keep theirs",
        ),
        "_gate_form:self._forms": "a gate and the units of its arguments, in one scope",
        "_numbered:self._numbers": "a gate, the text of operands and the units of arguments, in one scope and block",
    },
    "language/lower/repeated.py": {
        "placed:self._known": "a node by identity, which is kept, in one gateset",
        "placed:self._nodes": "a node by identity, which is kept",
    },
    "language/lower/circuits.py": {
        "repeated": SELF,
        "_define:scope.names": COLLECTED,
        "_lines:odd": "the text of a line of literals, in one scope and block, whose rows add no phase and no block",
        "_place:placed_rows": LOCAL,
    },
    "language/lower/gates.py": {
        "_body:self._known": "the definition, which the library keeps, the real power, arguments by keys.key_of, and "
        "lengths of register operands; the rest is the expander's; errors are not kept, nor is a body used where it "
        "would stand too deep",
        "place:placed_rows": LOCAL,
        "expand:self._rows": "the key of a row of the table without parameters, whose width is the table's",
    },
    "language/syntax/items.py": {"takes_registers": SELF},
    "language/lower/measurements.py": {"measured:self.written": COLLECTED},
    "language/lower/names.py": {"define_globals:names": COLLECTED},
    "language/lower/runs.py": {"run_arguments:arguments": COLLECTED, "run_listed:names": COLLECTED},
    "language/lower/templates.py": {
        "gatesets": SELF,
        **dict.fromkeys(
            ["_controlled:controlled_rows", "_inverse:inverses"], "rows by identity, which the template keeps meanwhile"
        ),
    },
    "lsp/document.py": {
        "_reach:self._reaches": "by name, for one text among certain files; a view of it among others begins anew",
        "_calls": "one text among certain files; a view of it among others begins anew",
        **dict.fromkeys(["_gatesets", "_starts", "definitions", "includes", "loads", "own", "pieces", "shared"], SELF),
        "others": "a document lives as long as its text; a change anywhere makes new ones of those that include it",
        "reach:documents": COLLECTED,
    },
    "lsp/problems.py": {"shown:result": COLLECTED},
    "lsp/hover.py": {"about_gate": TEXT},
    "lsp/constant_values.py": {
        "_scope:known": COLLECTED,
        "named:self.known": "the address of a text and the place of a name in it, for one answer about these texts",
    },
    "lsp/mentions.py": {"mentions_of": TEXT},
    "lsp/outline.py": {"outline:inside": LOCAL},
    "lsp/fragments.py": {"read": TEXT},
    "lsp/tokens.py": {"_packed": TEXT},
    "lsp/workspace.py": {
        "_saved": "a path with the time, size and number of the file it names",
        "open:self.documents": COLLECTED,
        "programs:mains": COLLECTED,
    },
    "ir/notation.py": {
        "number": "typed, so that a float is written as a float",
        "angle": ROW,
    },
    "language/recursion.py": {"circles:places": LOCAL},
    "cli/command_line.py": {"parse_args:values": COLLECTED},
    "language/automaton.py": {"_push:stack.pushed": "the state above a stack, which the stack itself keeps"},
    "language/familiar.py": {"_form:self._known": LOCAL},
    "language/faults.py": {"_parser": FIXED},
    "language/reformat.py": {"_by_itself": TEXT},
    "language/parse.py": {"_parser": FIXED, "_forms": FIXED, "_follower": FIXED, "tables_of": FIXED},
    "language/statement_forms.py": {"read:known": "the text of a line without the words that the function takes"},
    "language/lower/effects.py": {
        "same:self._values": "the name of a value; it is compared with the value of the text before, type by type",
        "_used:self._names": "the first of some nodes by identity; all are kept and compared",
    },
    "passes/context.py": {"function": FIXED},
    "passes/machine_checks.py": {"check_pairs:diagnostics": COLLECTED},
    "ir/plain_rows.py": {"_each:known": "the text of a line, in one source and scope"},
    "passes/approximate.py": {"_change": ROW, "approximate:chosen": COLLECTED},
    "passes/break_wide_gates.py": dict.fromkeys(["flip_plan", "relative_plan", "toggle_plan", "turn_plan"], TEXT),
    "passes/cost.py": {
        "_evolution_cost": ROW,
        "_fixed_cost": TEXT,
        "_turned_cost": "numbers that decide all; 0.0 and -0.0 cost the same",
    },
    "passes/expand_phase.py": {
        "_expanded": ROW,
        "_expanded_steps:known": IDENTITY,
        "_expanded_in_parts:tables": IDENTITY,
    },
    "passes/rotations/fold_rotations.py": {
        "_kind_of": ROW,
        "_number:self._numbers": ROW,
        "_rotations": ROW,
        "program_in_python:known": IDENTITY,
    },
    "passes/native/frames.py": {"_known_sum": ROW, "_known_without": ROW, "play:self.recipes": ROW},
    "passes/rotations/known_strings.py": {"add:self.by_rest": LOCAL},
    "passes/networks/find_toffolis.py": {"_change": "eighths and a fact, all of its arguments"},
    "passes/networks/flip_costs.py": {
        "flip_cost": TEXT,
        "relative_cost": TEXT,
        "of:self._held": "the values that the wires of one walk hold now",
        "_product:self._products": "parities of one walk; equal sets of factors have equal products",
    },
    "passes/networks/network.py": {
        "written:known": "kind, wires and eighths, or the row itself, within one call",
    },
    "passes/networks/read_rows.py": {
        "_pattern": ROW,
        "has_toffolis:are_eighths": IDENTITY,
        "__init__:known": IDENTITY,
    },
    "passes/release_controls.py": {
        "_turned": ROW,
        "_turns": ROW,
        "_kind:self._known": "gate, controls and angles: of a gate without controls only their number decides",
        "__init__:known": IDENTITY,
        "_fixed_on:self._fixed": LOCAL,
    },
    "passes/triples/resynthesise_triples.py": {
        "_product": "the bytes of all that is multiplied; the product is only read",
    },
    "passes/networks/parities.py": {
        "_product:self._products": "parities of one walk; equal sets of factors have equal products",
        "plane:self._planes": "parities of one walk; a plane is decided by its three directions",
    },
    "passes/networks/phase_planes.py": {
        "near_planes:waiting": LOCAL,
        "scattered_planes:groups": LOCAL,
        "scattered_planes:halves": LOCAL,
    },
    "passes/interactions/pairs.py": {"interact:self.stacks": LOCAL, "blocks": SELF, "form": SELF},
    "passes/native/place_pulses.py": {
        "_plain:_PLAIN": "floats alone; 0.0 and -0.0 are sent alike",
    },
    "passes/read_at_end.py": {"_last_measurements:before": COLLECTED, "_last_measurements:last": COLLECTED},
    "passes/reuse.py": {"_pieces:last": LOCAL, "add:last": LOCAL},
    "passes/rotations/reduce_tableaus.py": {"_pairs": TEXT},
    "passes/routing/exact_routes.py": {"solved:least": LOCAL},
    "passes/routing/merged_pairs.py": {
        "_number:self._numbers": "the whole state; its number is only a shorter name",
        "after:self._after": "the state and the whole step, for the axes of one problem",
        "swapped:self._swapped": "the state, for the axes of one problem",
    },
    "passes/routing/placements.py": {"embedded:place": LOCAL},
    "passes/cliffords/factors.py": {"terms_of": TEXT},
    "passes/cliffords/factor_cliffords.py": {"_searched": TEXT},
    "passes/rotations/pauli_problems.py": {"logarithms": TEXT, "_weights": "all numbers of a style"},
    "passes/routing/places.py": {
        "distances": "of an object that does not change",
        "leaves": "of an object that does not change",
    },
    "passes/drop_unread.py": {"is_seen:self.is_bit": "of one reading of a circuit"},
    "passes/rotations/shorten_tails.py": {
        **dict.fromkeys(["folded", "is_long", "two_qubit_gates"], SELF),
        "exchanges": TEXT,
    },
    "passes/rotations/try_styles.py": {
        **dict.fromkeys(["_written", "angles", "form", "program", "seen", "strings", "tail", "written"], SELF),
        **dict.fromkeys(["_styles", "_styles_of"], FIXED),
        "_written:written": "all steps of a solution, of one program in one direction",
    },
    "passes/rotations/solve_in_step.py": {"_upper:_UPPER": TEXT},
    "passes/rotations/synthesise_paulis.py": {
        "_generators": TEXT,
        "_joined": "all numbers of the styles",
        "local_cliffords": FIXED,
        "packed_cliffords": FIXED,
    },
    "passes/translate_native.py": {"_as_qis": ROW},
    "passes/rotations/replace_windows.py": {"_locals": FIXED, "_locals:numbers": LOCAL, "_packed_locals": FIXED},
    "passes/rotations/windows.py": {
        "_pool": "takes no arguments, and draws from a seed of its own",
    },
    "algebra/free_fermions.py": {
        "shortened:met": "rotations, known strings, width and rounding: all that the search sees; of one circuit"
    },
    "algebra/paulis.py": {"_folded:last": LOCAL},
    "playground/answers.py": {
        "_kept:memory": "the text, its name and all that was chosen; a text that names other files is not kept"
    },
    "playground/places.py": {"examples": FIXED},
    "ir/points.py": {
        **dict.fromkeys(["_values", "numbers", "phase", "rows"], SELF),
        "at_point:bound": ROW,
        "rows:bound": ROW,
        "values:values": COLLECTED,
    },
    "read/openqasm/gates.py": {"_definitions": FIXED},
    "read/openqasm/parse.py": {"_parser": FIXED, "_careful": "the actions and the words, which there are once"},
    "read/openqasm/program.py": {
        "define:scope.names": COLLECTED,
        "template:self.templates": "the definition, which the tree keeps, and arguments by keys.key_of; nothing that "
        "changes may enter a body",
    },
    "read/openqasm/runs.py": {
        "place:self._heads": "the text of a gate with literal arguments, in one scope",
        "place:self._registers": LOCAL,
    },
    "read/openqasm/translate.py": {"gate:self.gates": COLLECTED, "plain_lines:heads": LOCAL},
    "read/payload.py": {
        "circuit:op_of": "the whole row as Python writes it",
    },
    "describe/reference/links.py": {"_anchor:taken": COLLECTED},
    "simulation/tableaus.py": {"_action": ROW, "_paulis": "a number of qubits; the matrices are only read"},
    "simulation/results.py": {
        **dict.fromkeys(["_kept", "register_counts", "register_probabilities"], SELF),
    },
    "linter/tests.py": {"tests_of_one_name:first": COLLECTED},
    "testing/suite.py": {"_file": TEXT},
    "diagnostics/codes/__init__.py": {"_row": TEXT, "rows": "the name of a file of the package; read only"},
    "workers/parcels.py": {"persistent_id:self.numbers": "by the identity of sources, which the parcel keeps"},
    "linter/subject.py": dict.fromkeys(["bodies", "functions", "own_gates", "used_names"], SELF),
    "diagnostics/source.py": {"line_starts": SELF},
    "simulation/chunks.py": {"_parts": ROW},
    "simulation/noise.py": {"_superoperators:waiting": LOCAL},
    "notebook/cells.py": {"__init__:self.values": COLLECTED},
    "ir/unwinding.py": {
        "_tau": "nothing but the number of digits",
        "unwound:changes": IDENTITY,
    },
    "ir/sweep.py": {"_plan": "the circuit is a copy that the sweep alone has", "slots": SELF, "numbers": SELF},
    "ir/symbolic.py": {
        "bind:rows": ROW,
        "bound_angle:resolved": "an expression's text, at one point",
        "form": TEXT,
        "replaced:rows": ROW,
    },
    "variational/history.py": {"_take:self._sent": "the job of a point, until that point is asked for or has a value"},
    "verify/interpreter/circuits.py": {"_define:scope.names": COLLECTED},
    "verify/interpreter/gates.py": {"_statements:self._lines": "the statements of a place, as the grammar reads them"},
    "verify/interpreter/plain_lines.py": {"applied_lines:numbers": "a line, between whose places nothing is defined"},
    "verify/interpreter/jobs.py": {"_fill:result": COLLECTED},
    "verify/interpreter/program.py": {
        "_energy:self.result.energy": COLLECTED,
        "_arguments:arguments": COLLECTED,
        "_at:self.scope.names": COLLECTED,
    },
    "verify/rows.py": {"_after:ends": COLLECTED, "_bound:self.point": "a value for each parameter, at one point"},
    "algebra/rotations.py": {
        "number:self._numbers": "the cell of a grid; directions near its edge are looked for in the next ones"
    },
    "verify/guesses.py": {"_alike:keys": COLLECTED},
    "verify/matching.py": {"_has_begun:meeting.loose": LOCAL},
    "verify/product_rotations.py": {"_rotations": ROW},
    "verify/sampling.py": {"bound:bound_rows": ROW},
    "workers/threads.py": {"_pool": "threads that wait for calls, until a fork"},
}
"""Where something is kept, and why it is right to use it again."""


def kept(tree: ast.Module) -> Iterator[str]:
    """Functions that remember, and dicts that are asked and filled in one function (`function:dict`).

    A dict whose new values are made of its old ones counts or gathers, and saves no work.
    """
    for node in ast.walk(tree):
        is_made = isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
        if is_made and "cache" in ast.unparse(node.value.func):
            yield ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any("cache" in ast.unparse(decorator) for decorator in node.decorator_list):
            yield node.name
        asked = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.NotIn | ast.In):
                asked.add(ast.unparse(part.comparators[0]))
            is_method = isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
            if is_method and part.func.attr in ("get", "setdefault"):
                asked.add(ast.unparse(part.func.value))
        for part in ast.walk(node):
            for target in part.targets if isinstance(part, ast.Assign) else ():
                if not isinstance(target, ast.Subscript) or ast.unparse(target.value) not in asked:
                    continue
                if all(ast.unparse(other) != ast.unparse(target.value) for other in ast.walk(part.value)):
                    yield f"{node.name}:{ast.unparse(target.value)}"


def test_every_place_that_remembers_is_known_with_its_reason() -> None:
    """A cache is a promise about its key: write the reason down, then attack it below."""
    found = {
        path.relative_to(PACKAGE).as_posix(): set(kept(ast.parse(path.read_text())))
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    named = {file: set(names) for file, names in KEPT.items()}
    new = {file: names - named.get(file, set()) for file, names in found.items()}
    gone = {file: names - found.get(file, set()) for file, names in named.items()}
    assert not {file: names for file, names in new.items() if names}, "say in KEPT why the key is complete"
    assert not {file: names for file, names in gone.items() if names}, "no longer there: take it out of KEPT"
