"""The house rules, checked on the syntax trees of the package: imports, their time and direction; sizes; public names.

layers.py assigns modules to floors; a module imports only from lower floors, also in imports for type checkers alone.
Would catch an import that closes a cycle, a heavy library loaded at start-up, and a file that has grown too long to
read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter

from layers import FLOORS, MODULES, PACKAGE, room

import ionqdsl

ROOT = PACKAGE.parent

NUMPY = {
    "ir.matrices",
    "simulation.branch_states",
    "simulation.branches",
    "simulation.chains",
    "simulation.chunks",
    "simulation.draws",
    "simulation.stabilisers",
    "simulation.tableaus",
    "simulation.energy",
    "simulation.engines",
    "simulation.families",
    "simulation.gradient",
    "simulation.noise",
    "simulation.open_circuits",
    "simulation.pauli_sums",
    "simulation.readout",
    "simulation.simulate",
    "simulation.site_gates",
    "variational.evaluators",
    "variational.service",
    "variational.shifts",
    "variational.templates",
    "simulation.statevector",
    "testing.judging",
    "verify.blocks",
    "verify.cones",
    "verify.dynamic",
    "verify.exact",
    "verify.interpreter.matrices",
    "verify.matching",
    "verify.stabilised",
    "verify.guesses",
    "verify.order",
    "verify.rows",
    "verify.sides",
    "verify.stretches",
    "verify.simulated",
    "algebra.instantiation",
    "algebra.weyl",
    "passes.interactions.boundary_blocks",
    "passes.triples.exact_triples",
    "passes.triples.known_triples",
    "passes.triples.likeness",
    "passes.triples.invariants",
    "passes.triples.resynthesise_triples",
    "passes.local_search.race",
    "passes.local_search.search_triples",
    "passes.local_search.walks",
    "passes.rotations.reduce_tableaus",
    "passes.rotations.solve_in_step",
    "passes.cliffords.factor_in_step",
}
"""Modules that are numpy through and through: whoever needs them imports them late."""

HEAVY_HOMES = {
    "numpy": NUMPY,
    "scipy": set(),
    "lark": {"language.faults", "language.lark_parser"},
    "requests": {"cloud.transport"},
    "jsonschema_rs": {"emulator.judging"},
    "starlette": {"emulator.app", "emulator.server", "emulator.loopback", "playground.server"},
    "uvicorn": {"emulator.server", "emulator.loopback"},
    "sympy": set(),
    "keyring": set(),
    "qiskit": set(),
    "cirq": set(),
    "matplotlib": set(),
    "pandas": set(),
    "tqdm": set(),
    "ipywidgets": set(),
    "mqt": set(),
    "threadpoolctl": set(),
    "pygls": {"lsp.server", "lsp.session"},
    "pygments": {"describe.highlight"},
    "lsprotocol": {"lsp.server", "lsp.session"},
}
"""Who may import a heavy library at the top; symbolic imports sympy inside functions, the only one that does."""

LATE = {
    "diagnostics": "the words of a message, for one that is shown",
    "": "the public names are found when they are used",
    "api": "each call loads the stage it needs",
    "batch": "numpy, for many points at once",
    "language.parse": "Lark, for a text with errors",
    "language.excerpts": "the same",
    "read": "Lark, for OpenQASM with errors",
    "language.reformat": "the forms of statements, for a long text",
    "language.faults": "the table of slips, which is large",
    "language.slips": "the same, for a gate that is not written as one",
    "python.builder": "each method loads the stage it needs",
    "python.measuring": "the printer, for the names of registers",
    "python.running": "numpy, the pipeline and the client, by where a circuit runs",
    "python.means": "numpy, and the pipeline where there is noise",
    "python.choices": "a machine's record is rarely given",
    "python.program": "each method loads the stage it needs",
    "python.noisy": "the passes only for the circuits they are asked for",
    "simulation": "numpy, where a result is corrected or its mean taken",
    "workers": "multiprocessing, which is slow to load, for the first process that starts",
    "batch.results": "matplotlib's file only for a plot",
    "python.calls": "each method loads the stage it needs",
    "cli": "each verb loads its own modules, so that `--version` and `check` start at once",
    "describe.pictures": "numpy, for the states alone",
    "describe.handbook": "each answer loads its own modules, numpy among them",
    "formats": "each format loads its reader",
    "exchange": "passes, where a circuit is written for another library",
    "lsp": "the passes, for the counts alone",
    "notebook": "numpy only when a result is shown",
    "emit": "drawings need numpy only where a matrix is shown",
    "emulator": "the packages of its extra, and simulate, which brings in numpy",
    "playground": "the packages of its extra, and modules that bring in numpy; a program is checked without them",
    "language.lower": "points, which needs symbolic; only sweeps do",
    "language.one_line": "the layout, which few calls need",
    "pipeline": "passes and the payload, which `check` does not need, and tests of the language",
    "describe.reference": "numpy, for matrices",
    "simulation.results": "reading an operator, which brings in the parser",
    "language.values": "symbolic, which brings in sympy",
    "testing.suite": "numpy and the passes, which a list of tests does not need",
    "variational.minimize": "scipy, numpy and the client: checking a call needs none of them",
    "variational.problem": "numpy",
    "verify": "simulation and matching, which bring in numpy",
    "passes.*": "numpy, and the modules that are numpy through and through",
}
"""Units that import modules of the package inside functions, and why; `passes.*` are `passes` and all units in it."""

STANDARD_LATE = {
    "argparse", "array", "ast", "concurrent", "contextvars", "csv", "ctypes", "difflib", "getpass", "importlib",
    "inspect", "json", "msvcrt", "pathlib", "queue", "resource", "shlex", "shutil", "socket", "string", "subprocess",
    "sys", "threading", "tomllib", "traceback", "unicodedata", "urllib",
}  # fmt: skip
"""Slow or rarely needed parts of the standard library, and parts that not every system has."""


@cache
def imports(module: str, typing: bool = False) -> tuple[tuple[str, bool], ...]:
    """The imports of a module, and whether inside a function; with `typing` also those that only type checkers see.

    Modules of the package are named without it, by the module itself.
    """
    return tuple(_imports(tree_of(module), False, typing))


@cache
def tree_of(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def _imports(node: ast.AST, late: bool, typing: bool) -> Iterator[tuple[str, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((_own(alias.name), late) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, "imports are absolute"
            for alias in child.names:
                inner = _own(f"{child.module}.{alias.name}")
                yield (inner if inner in MODULES else _own(child.module or "")), late
        elif isinstance(child, ast.If) and not typing and getattr(child.test, "id", "") == "TYPE_CHECKING":
            for other in child.orelse:
                yield from _imports(other, late, typing)
        elif not isinstance(child, ast.expr):  # most nodes are expressions, which import nothing
            is_function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
            yield from _imports(child, late or is_function, typing)


def _own(name: str) -> str:
    """`ir.angle` for `ionqdsl.ir.angle`, "" for the package itself; others as they are, with a mark."""
    if name == "ionqdsl":
        return ""
    return name.removeprefix("ionqdsl.") if name.startswith("ionqdsl.") else f"!{name}"


def test_every_module_has_its_place() -> None:
    rooms = {room(module) for module in MODULES} - {"", "__main__"}
    assert rooms == set(FLOORS), "give it a place in `ORDER` of layers.py"


def test_modules_import_only_from_lower_floors() -> None:
    """In functions and for type checkers, too: a late import hides no circle."""
    wrong = [
        f"{module} imports {imported}"
        for module in MODULES
        if module not in ("", "__main__")
        for imported, _ in imports(module, typing=True)
        if not imported.startswith("!") and imported not in ("", "_kernel")  # the version, and C that imports nothing
        if room(imported) != room(module) and not FLOORS[room(imported)] < FLOORS[room(module)]
    ]
    assert wrong == []


def test_there_is_no_circle() -> None:
    """Imports for type checkers counted: two modules that only name each other cannot be read apart, either."""
    graph = {
        module: {name for name, _ in imports(module, typing=True) if name in MODULES} - {module, ""}
        for module in MODULES
        if module
    }
    assert list(TopologicalSorter(graph).static_order())


def test_heavy_libraries_are_imported_where_they_belong() -> None:
    wrong = []
    for module in MODULES:
        for imported, late in imports(module):
            library = imported.removeprefix("!").partition(".")[0] if imported.startswith("!") else ""
            is_home = library not in HEAVY_HOMES or late or module in HEAVY_HOMES[library]
            may_be_late = library not in ("sympy", "requests", "lark") or (module, library) == ("ir.symbolic", "sympy")
            if not is_home or (late and not may_be_late):
                wrong.append(f"{module} imports {library}")
    assert wrong == []


def test_modules_full_of_numpy_are_imported_late() -> None:
    """By everything that is not such a module itself."""
    wrong = [
        f"{module} imports {imported}, and numpy with it"
        for module in MODULES
        if module not in NUMPY
        for imported, late in imports(module)
        if imported in NUMPY and not late
    ]
    assert wrong == []


def test_imports_inside_functions_have_a_reason() -> None:
    wrong = [
        f"{module} imports {imported} inside a function"
        for module in MODULES
        for imported, late in imports(module)
        if late and not _has_reason(module, imported)
    ]
    assert wrong == []


def _has_reason(module: str, imported: str) -> bool:
    library = imported.removeprefix("!").partition(".")[0]
    if imported.startswith("!"):
        return library in {*HEAVY_HOMES, *STANDARD_LATE}
    return room(module) in LATE or f"{module.partition('.')[0]}.*" in LATE


def test_emit_never_optimises_and_circuits_do_not_know_their_passes() -> None:
    for module in MODULES:
        uses = {room(imported) for imported, _ in imports(module)}
        if room(module) in ("emit", "ir.circuit", "language.lower", "ir.job", "ir.gates"):
            assert "passes" not in uses
        if room(module) == "passes":
            assert not uses & {"emit", "language.lower", "language.parse", "cloud", "cli", "pipeline"}


def test_the_translating_passes_do_not_know_each_other() -> None:
    """Passes that translate gate by gate; those that optimise are built of parts in files of their own."""
    from ionqdsl.passes import PIPELINES

    names = {step.run.__module__.removeprefix("ionqdsl.") for step in PIPELINES["native", 0]}
    names |= {step.run.__module__.removeprefix("ionqdsl.") for step in PIPELINES["qis", 0]}
    assert len(names) > 4
    for name in names:
        assert not names & {imported for imported, _ in imports(name)}, name


def test_only_transport_opens_sockets() -> None:
    network = {"socket", "http", "urllib", "ssl", "requests", "asyncio"}
    for module in MODULES:
        libraries = {imported[1:] for imported, _ in imports(module)} - {"urllib.parse"}
        serves = module in (
            "emulator.app",
            "emulator.server",
            "emulator.loopback",
            "playground.server",
        )  # only on this computer
        pipes = module in ("lsp.session", "lsp.background")  # to the editor, and to a process of its own
        allowed = serves or pipes or module in ("cloud.transport", "workers")  # workers: to the cluster that is named
        assert allowed or not {name.partition(".")[0] for name in libraries} & network, module


SIZED = [*PACKAGE.rglob("*.py"), *(ROOT / "grammar").rglob("*.*")]


def test_no_file_is_longer_than_500_lines() -> None:
    assert [path.name for path in SIZED if len(path.read_text(encoding="utf-8").splitlines()) > 500] == []


def test_there_are_no_drawers() -> None:
    for path in [*PACKAGE.rglob("*"), *(ROOT / "tests").rglob("*.py")]:
        assert path.stem.strip("_") not in ("utils", "util", "helpers", "helper", "common", "core", "base", "misc"), (
            path
        )


def test_every_module_says_what_it_is_for() -> None:
    assert [module for module in MODULES if module != "__main__" and not ast.get_docstring(tree_of(module))] == []


def test_nothing_is_evaluated_as_python() -> None:
    """`record` writes its constructors with `exec`, from names of fields alone; `statement_forms` writes functions that
    build nodes, from names of classes and numbers; others may evaluate a constant.
    """
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                known = module in ("record", "language.statement_forms")
                assert known or isinstance(node.args[0], ast.Constant), module


def test_the_public_names_are_exact_and_sorted() -> None:
    assert ionqdsl.__all__ == sorted(ionqdsl.__all__)
    assert set(ionqdsl.__all__) == {
        "Angle", "Calibration", "Circuit", "Client", "CompileError", "InternalError", "IonqdslError", "JobFailed",
        "KeyRefused", "Program", "ProgramWarning", "Refused", "Result", "Results", "ServiceError", "UsageError",
        "WaitTimedOut", "calibrate", "circuit", "compile", "convert", "deg", "equivalent", "executor", "fold",
        "format", "from_cirq", "from_qiskit", "lint", "load", "minimize", "param", "plot", "program", "rad", "run",
        "test", "turn", "twirl",
    }  # fmt: skip
    for name in ionqdsl.__all__:
        assert getattr(ionqdsl, name) is not None
    assert set(ionqdsl.__all__) <= set(dir(ionqdsl))


def test_the_package_opens_on_few_names() -> None:
    """At most 35 entries: a newcomer sees them first."""
    entries = [path for path in PACKAGE.iterdir() if path.suffix in ("", ".py", ".typed") and path.name[:2] != "__"]
    assert len(entries) <= 33, sorted(path.name for path in entries)  # `__init__` and `__main__` next to them
