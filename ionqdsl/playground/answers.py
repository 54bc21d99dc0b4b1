"""Answers the page's requests, using the same stages as the command.

Takes a request (asking.py) and earlier results, and returns plain data: diagnostics like those of `check --json`,
pictures, counts, outcomes like those of `run`, and the bytes of `compile`. Every failure becomes a diagnostic in its
part of the answer. Files are not read unless the playground was started with one, and then only below its folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, MutableMapping
from importlib.util import find_spec
from typing import Any, TypeVar

import ionqdsl.pipeline as stages
from ionqdsl.describe.stats import stats
from ionqdsl.diagnostics import CompileError, Diagnostic, IonqdslError, UsageError, fail
from ionqdsl.diagnostics.extras import broken_library
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Energy, LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import NOISE_MODELS, PUBLISHED, NoiseModel, choose_target
from ionqdsl.language import standard, syntax
from ionqdsl.language.includes import without_folder
from ionqdsl.language.parse import parse
from ionqdsl.playground import foreign, sliders
from ionqdsl.playground.adding import added, refused
from ionqdsl.playground.asking import AddingRequest, PlaygroundRequest, adding, asked, completing
from ionqdsl.playground.completing import completed
from ionqdsl.playground.messages import messages, remarks
from ionqdsl.playground.places import place
from ionqdsl.record import changed
from ionqdsl.simulation.estimate import estimate, is_native

MOST_CHARACTERS = 100_000
MOST_ROWS = 3_000
MOST_QUBITS, MOST_NOISY_QUBITS = 20, 6
"""The widest circuits simulated here; for wider ones the answer says so."""

MOST_WORK = 26
"""The binary logarithm of gates times amplitudes that are simulated here: 14 qubits with `MOST_ROWS` gates."""

MOST_SWEPT = 1 << 20
"""Gates times amplitudes of all circuits of a sweep whose curves are drawn."""

MOST_CASES = 100
"""Cases of tests that run here."""

MOST_TABLED_QUBITS, MOST_BLOCH_QUBITS = 8, 6
"""The widest circuits with a table of all outcomes, and with a state between gates: a sphere for every qubit."""

_NARROW = 640  # pixels below which pictures stand one below the other

MOST_DRAWN = 600
"""The number of rows that a picture shows."""

HAS_NUMPY = find_spec("numpy") is not None
"""Whether there is numpy: a browser may fail to load it, and then circuits are drawn without matrices."""

NAME = "<playground>"
"""The program's name in messages if the playground was started without a file."""

Memory = MutableMapping[Any, Any]
"""Results of earlier requests; an answer does not depend on it."""

_REMEMBERED = 16
_Found = TypeVar("_Found")

Values = tuple[tuple[str, float], ...]
Compiled = tuple[FlatCircuit, list[Diagnostic], str]
"""A compiled circuit, warnings, and the name of the target."""


def answer(request: Any, path: str | None = None, memory: Memory | None = None) -> dict[str, Any]:
    """The answer to a request. `path` is the file the playground was started with. Raises nothing."""
    memory = {} if memory is None else memory
    source = Source("", NAME)
    try:
        query = asked(request)
        if "include" in query.text or "load" in query.text:  # such a file may have changed since
            memory = {}
        source = _source(query, path, memory)
        _refuse_long(query)
        if foreign.is_openqasm(query.text):
            return {"diagnostics": foreign.translated(source)}
        program, noticed = _loaded(query, path, memory)
        parts: dict[str, Any] = {"diagnostics": messages(noticed, source)}
    except IonqdslError as error:
        return {"diagnostics": messages(error.diagnostics, source)}
    except Exception as error:
        return {"diagnostics": messages([_bug(error)], source)}
    for part in query.parts:
        try:
            parts[part] = _MAKERS[part](query, path, program, memory)
        except IonqdslError as error:
            parts[part] = {"diagnostics": messages(error.diagnostics, source)}
        except Exception as error:
            parts[part] = {"diagnostics": messages([_bug(error)], source)}
    return parts


def completions(request: Any, path: str | None = None) -> dict[str, Any]:
    """The completions at the cursor, for a request of asking.completing. Raises nothing."""
    try:
        query = completing(request)
        if len(query.text) > MOST_CHARACTERS:
            return {"items": []}
        return completed(query, path)
    except Exception:  # a text that makes no sense yet has no completions
        return {"items": []}


def addition(request: Any, path: str | None = None) -> dict[str, Any]:
    """The edit that writes a dropped gate, for a request of asking.adding. Raises nothing."""
    source = Source("", NAME)
    try:
        query = adding(request)
        _refuse_long(query)
        source, circuit = _shape(query, query.text, path)
        at, line = added(query, source, parse(source).file.items, circuit)
        _refuse_more(query, path, circuit, f"{query.text[:at]}{line}{query.text[at:]}")
        return {"at": len(query.text[:at].encode("utf-16-le")) // 2, "text": line}
    except IonqdslError as error:
        return {"diagnostics": messages(error.diagnostics, source)}
    except Exception as error:
        return {"diagnostics": messages([_bug(error)], source)}


def _shape(query: AddingRequest, text: str, path: str | None) -> tuple[Source, FlatCircuit | None]:
    """The text as a source, and the selected circuit as its picture shows it."""
    memory = dict[Any, Any]()
    whole = PlaygroundRequest(text, circuit=query.circuit, values=query.values, example=query.example)
    program, _ = _loaded(whole, path, memory)
    circuit = _chosen(whole, path, program, memory)[0].runs[0] if program.runs else None
    return _source(whole, path, memory), circuit


def _refuse_more(query: AddingRequest, path: str | None, circuit: FlatCircuit | None, text: str) -> None:
    """Raises UsageError (QC1159) unless the text is a program with one more row in the circuit, and no other change."""
    try:
        longer = _shape(query, text, path)[1]
    except CompileError as error:
        raise refused(f"as a line it would be an error, {error.diagnostics[0].message}") from None
    rows = [] if longer is None else longer.rows
    before = [] if circuit is None else circuit.rows
    place = next((number for number, (one, other) in enumerate(zip(rows, before, strict=False)) if one != other), None)
    place = len(before) if place is None else place
    if len(rows) != len(before) + 1 or list(rows[place + 1 :]) != list(before[place:]):
        raise refused("it would change other gates, too")


def _bug(error: Exception) -> Diagnostic:
    if isinstance(error, MemoryError):
        return Diagnostic("QC0871")
    if isinstance(error, ImportError) and broken_library(error) == "numpy":
        return Diagnostic("QC1156")
    return Diagnostic("QC1155", facts={"kind": type(error).__name__})


def _kept(memory: Memory, key: Any, make: Callable[[], _Found]) -> _Found:
    """The result of `make`, or its earlier result for this key."""
    if key not in memory:
        while len(memory) >= _REMEMBERED:
            del memory[next(iter(memory))]
        memory[key] = make()
    kept: _Found = memory[key]
    return kept


# -- the program -----------------------------------------------------------------------------------------------------


def _source(query: PlaygroundRequest, path: str | None, memory: Memory) -> Source:
    """The text, with the name of the file that it counts as."""
    name = place(query.example, path) or NAME
    return _kept(memory, ("source", query.text, name), lambda: Source(query.text, name))


def _loaded(query: PlaygroundRequest, path: str | None, memory: Memory) -> tuple[LoweredProgram, list[Diagnostic]]:
    """The program as `check` reads it, with its warnings."""
    source = _source(query, path, memory)

    def load() -> tuple[LoweredProgram, list[Diagnostic]]:
        if source.name == NAME:
            _refuse_files(source)
        program, noticed = stages.load(source)
        return sliders.played(program), noticed

    return _kept(memory, ("loaded", query.text, source.name), load)


def _refuse_long(query: PlaygroundRequest | AddingRequest) -> None:
    if len(query.text) > MOST_CHARACTERS:
        raise UsageError([Diagnostic("QC1151", facts={"size": len(query.text), "limit": MOST_CHARACTERS})])


def _refuse_files(source: Source) -> None:
    items = [item for item in parse(source).file.items if isinstance(item, syntax.Include)]
    included = [item for item in items if standard.find(item.path.value) is None]
    errors = [Diagnostic("QC1152", item.path.span) for item in included] + without_folder(source, page="playground")
    if errors:
        raise UsageError(errors)


def _free(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> LoweredProgram:
    """The program with as many parameters open as possible: it is compiled in this form, and then bound."""
    source = _source(query, path, memory)
    return _kept(memory, ("free", query.text, source.name), lambda: sliders.opened(source, program))


def _chosen(
    query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory
) -> tuple[LoweredProgram, Values]:
    """The selected circuit, as a program, and the values of parameters that could not stay open."""
    free = _free(query, path, program, memory)
    moved = {
        name: value
        for name, value in sorted(query.values.items())
        if name in free.parameters and free.parameters[name][1] is not None
    }
    if moved:
        free, _ = stages.load(_source(query, path, memory), sliders.texts(free, moved))
    circuit = free.runs[min(query.circuit, len(free.runs) - 1)]
    if len(circuit) > MOST_ROWS:
        raise _too_large(circuit, len(circuit), "gates", MOST_ROWS, "are compiled")
    return changed(free, runs=[circuit], energy=None, energies=[]), tuple(moved.items())


def _too_large(circuit: FlatCircuit, size: int, unit: str, limit: int, what: str) -> Exception:
    return fail("QC1153", None, circuit=circuit.name, size=size, unit=unit, limit=limit, what=what)


def _compiled(
    query: PlaygroundRequest, one: LoweredProgram, moved: Values, options: Options, memory: Memory
) -> Compiled:
    def transpile() -> Compiled:
        result, warnings, reports = stages.transpile(one, options)
        return result.runs[0], warnings, reports[0].target

    key = (query.text, query.example, query.circuit, moved, options)
    return _kept(memory, ("compiled", *key), transpile)


# -- parts of an answer ----------------------------------------------------------------------------------------------


def _written(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> dict[str, Any]:
    """Names, the linter's remarks, sliders, and the picture as written: everything that needs no compilation."""
    from ionqdsl.emit.svg import svg

    source = _source(query, path, memory)
    shown: dict[str, Any] = {"circuits": [circuit.name for circuit in program.runs], "parameters": []}
    shown["remarks"] = _kept(memory, ("remarks", query.text, source.name), lambda: remarks(source))
    if not program.runs:
        return shown
    shown["parameters"] = sliders.sliders(program, _free(query, path, program, memory), query.values)
    circuit = _chosen(query, path, program, memory)[0].runs[0]
    shown["written"] = svg(circuit, query.width, MOST_DRAWN, HAS_NUMPY)
    return shown


def _state(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> dict[str, Any]:
    """The state of the circuit as written, after the first gates or after all: amplitudes and a sphere per qubit.

    Nothing if there is no circuit, if it is too wide to look at, or if it has no one state.
    """
    from ionqdsl.emit import qc
    from ionqdsl.emit.amplitudes import amplitudes
    from ionqdsl.emit.bloch import bloch
    from ionqdsl.emit.placement import qubit_names
    from ionqdsl.simulation import simulate

    if not program.runs:
        return {}
    circuit = _chosen(query, path, program, memory)[0].runs[0]
    if not 0 < circuit.width <= MOST_BLOCH_QUBITS or circuit.is_dynamic:
        return {}
    whole = sliders.bound(circuit, sliders.values_of(program, query.values))
    step = len(whole.rows) if query.step is None else min(query.step, len(whole.rows))
    begun = whole.with_rows(zip(whole.rows[:step], whole.origins[:step], strict=True))
    names = qubit_names(circuit)
    width = query.width if query.width < _NARROW else query.width // 2 - 16  # next to each other
    return {
        "step": step,
        "steps": len(circuit.rows),
        "gate": qc.row(circuit.rows[step - 1], names) if step else "",
        "amplitudes": amplitudes(simulate.state(begun).tolist(), names, width),
        "bloch": bloch(simulate.bloch_vectors(begun).tolist(), names, width),
    }


def _program(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> dict[str, Any]:
    """The compiled circuit as a picture and as a program, and counts before and after."""
    from ionqdsl.emit import qc
    from ionqdsl.emit.svg import svg

    if not program.runs:
        return {}
    source = _source(query, path, memory)
    one, moved = _chosen(query, path, program, memory)
    compiled, warnings, target = _compiled(query, one, moved, query.options, memory)
    before = ("as written", one.runs[0])
    if is_native(compiled) and not is_native(one.runs[0]):
        before = "gate by gate", _compiled(query, one, moved, changed(query.options, level=0), memory)[0]
    return {
        "diagnostics": messages(warnings, source),
        "target": target,
        "compiled": svg(compiled, query.width, MOST_DRAWN),
        "text": qc.text(compiled),
        "counts": _counts(dict([before, ("compiled", compiled)]), target),
    }


def _counts(columns: Mapping[str, FlatCircuit], target: str) -> dict[str, Any]:
    """A table with the size of each of the circuits; columns by their headings."""
    counted = {name: stats(circuit) for name, circuit in columns.items()}
    rows = [
        (head, *(f"{getattr(stats_of, key):,}" for stats_of in counted.values()))
        for head, key in (
            ("qubits", "qubits"),
            ("gates", "gates"),
            ("two-qubit gates", "two_qubit_gates"),
            ("pulses", "pulses"),
            ("depth", "depth"),
            ("depth in two-qubit gates", "two_qubit_depth"),
        )
    ]
    if target in PUBLISHED and all(map(is_native, columns.values())):
        worth = (estimate(circuit, PUBLISHED[target]).fidelity for circuit in columns.values())
        rows.append(("expected fidelity", *(f"{fidelity:.4f}" for fidelity in worth)))
    return {"heads": ["", *columns], "rows": rows}


def _energy_outcome(query: PlaygroundRequest, energy: Energy, values: Mapping[str, float]) -> dict[str, Any]:
    """The exact energy for values of the parameters, and the histogram of its ansatz."""
    from ionqdsl.emit.bars import bars
    from ionqdsl.emit.limits import energy_findings
    from ionqdsl.simulation import simulate
    from ionqdsl.simulation.energy import expectation
    from ionqdsl.simulation.rules import rules_of

    if found := [*energy_findings(energy)]:
        raise CompileError(found)
    circuit = sliders.bound(energy.ansatz, values)
    _refuse_wide(circuit, None)
    value = expectation(circuit, energy.hamiltonian, rules=rules_of(energy)).value
    result = simulate.run(circuit, query.shots, query.seed, exact=query.shots == 0)
    return {"energy": f"{value:.9g}", "pictures": [{"title": "all qubits", "svg": bars(result, query.width)}]}


def _outcome(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> dict[str, Any]:
    """The histogram of all qubits and of every register, with values for all parameters; spheres if they fit."""
    from ionqdsl.describe.pictures import by_register
    from ionqdsl.emit.bars import bars
    from ionqdsl.emit.noise_settings import noise_model
    from ionqdsl.simulation import simulate

    if program.energy:
        return _energy_outcome(query, program.energy, sliders.values_of(program, query.values))
    if program.function:
        raise fail("QC0808", program.span, file=path or "FILE")
    if not program.runs:
        return {"pictures": []}
    values = sliders.values_of(program, query.values)
    one, moved = _chosen(query, path, program, memory)
    circuit = one.runs[0]
    noise = noise_model(program.job) if query.noise is None else NOISE_MODELS[query.noise]
    noise = noise if noise is not None and noise.target is not None else None
    _refuse_wide(circuit, noise)
    options = _for_noise(query, noise, program, circuit)
    if circuit.has_conditions and noise is None:  # branches are followed here, and compiled for no machine
        bound = sliders.bound(circuit, values)
    else:
        bound = sliders.bound(_compiled(query, one, moved, options, memory)[0], values)
    result = simulate.run(bound, query.shots, query.seed, noise, exact=query.shots == 0)
    whole = [{"title": "all qubits", "svg": bars(result.final, query.width)}]
    registers = [{"title": f"register {one.name}", "svg": bars(one, query.width)} for one in by_register(result)]
    pictures = (registers + whole if result.written else whole + registers) + _swept(query, path, program, memory)
    parts: dict[str, Any] = {"pictures": pictures}
    if circuit.width <= MOST_TABLED_QUBITS:
        parts["result"] = result.to_json()
    return parts


def _swept(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> list[dict[str, Any]]:
    """The curves of the sweep that the selected circuit belongs to, on an ideal machine, if it is small enough."""
    from ionqdsl.emit import sweeps
    from ionqdsl.emit.curves import PROBABILITY
    from ionqdsl.simulation import simulate

    circuits = _free(query, path, program, memory).runs
    number = min(query.circuit, len(circuits) - 1)
    found = (ramp for ramp in sweeps.sweeps([one.name for one in circuits]) if ramp.start <= number < ramp.stop)
    ramp = next(found, None)
    if ramp is None:
        return []
    swept = circuits[ramp.start : ramp.stop]
    if sum(max(1, len(one)) << one.width for one in swept) > MOST_SWEPT or any(one.has_conditions for one in swept):
        return []
    values = sliders.values_of(program, query.values)
    try:
        results = [simulate.run(sliders.bound(one, values), 0, query.seed, exact=True) for one in swept]
    except CompileError:  # the selected circuit has a result, but another has too many branches or no value
        return []
    drawn = sweeps.drawn(ramp, [result.final.probabilities for result in results], PROBABILITY, query.width)
    return [{"title": f"sweep of {ramp.rest}, ideal machine", "svg": drawn}]


def _refuse_wide(circuit: FlatCircuit, noise: NoiseModel | None) -> None:
    limit = min(MOST_QUBITS, MOST_WORK - len(circuit).bit_length()) if noise is None else MOST_NOISY_QUBITS
    if circuit.width > limit:
        what = "with so many gates are played" if noise is None else "are played with noise"
        raise _too_large(circuit, circuit.width, "qubits", limit, what)


def _for_noise(
    query: PlaygroundRequest, noise: NoiseModel | None, program: LoweredProgram, circuit: FlatCircuit
) -> Options:
    """The options, for the machine of the noise model, as in `run`. Raises UsageError for another machine."""
    if noise is None:
        return query.options
    chosen = choose_target(query.target, program.job.get("backend"), circuit.gateset).name
    if query.target is not None and chosen != noise.target:
        raise UsageError([Diagnostic("QC0811", facts={"target": chosen, "needed": noise.target})])
    return changed(query.options, target=noise.target)


def _tests(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> dict[str, Any]:
    """The outcome of each case of the program's tests; at most MOST_CASES run."""
    from ionqdsl.testing.suite import TestedFile

    source = _source(query, path, memory)
    file = TestedFile(source)
    outcomes = [file.outcome(number) for number in range(min(len(file.cases), MOST_CASES))]
    shown = [{"title": one.title, "failures": messages(one.diagnostics, source)} for one in outcomes]
    return {"cases": shown, "more": len(file.cases) - len(shown)}


def _payload(query: PlaygroundRequest, path: str | None, program: LoweredProgram, memory: Memory) -> dict[str, Any]:
    """The output of `compile` with the values of the sliders, as with `--set`; compiled anew for these."""
    from ionqdsl.emit import limits
    from ionqdsl.emit import payload as emit
    from ionqdsl.ir.targets import PROFILES

    rows = sum(map(len, program.runs))
    if program.energy:
        program = sliders.with_params(program, program.energy, query.values)
    elif rows > MOST_ROWS:
        longest = max(program.runs, key=len)
        raise _too_large(longest, rows, "gates with the others", MOST_ROWS, "are compiled")
    values = sliders.values_of(program, query.values).items()
    is_open = {name for name, (_, value) in program.parameters.items() if value is None}
    needed = {name: value for name, value in values if name in query.values or name in is_open}
    if needed and not (program.energy or program.function):
        program, _ = stages.load(_source(query, path, memory), sliders.texts(program, needed))
    result, warnings, _ = stages.transpile(program, query.options)
    wire = PROFILES[query.options.wire]
    noticed = [*warnings, *limits.check(result, wire, target=query.options.target)]
    body = emit.request(result, wire, checked=True).decode()
    return {
        "body": body,
        "text": json.dumps(json.loads(body), indent=2),
        "diagnostics": messages(noticed, _source(query, path, memory)),
    }


_MAKERS = {
    "written": _written, "state": _state, "program": _program, "outcome": _outcome, "tests": _tests,
    "payload": _payload,
}  # fmt: skip
"""Part of an answer -> the function that makes it; PARTS of asking.py has the same names."""
