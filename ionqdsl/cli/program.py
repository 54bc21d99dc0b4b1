"""Loads and compiles the program that the command line names, for compile, run, submit, stats and others.

Takes parsed arguments, shows warnings and reports, and returns programs. Errors are raised; terminal.py turns them into
exit codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl.cli.files import spare
from ionqdsl.cli.flags import apply_job, options_of, values_of, workers_of
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, Diagnostic, InternalError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import NOISE_MODELS, NoiseModel, choose_target, noise_of_record
from ionqdsl.record import TYPE_CHECKING, changed, lazy_pattern

if TYPE_CHECKING:
    import argparse

    from ionqdsl.passes import Report

_FILE_NAME = lazy_pattern(r"[\w./\\~-]+\.(qc|json|qasm)")


def load(arguments: argparse.Namespace, terminal: Terminal, verb: str, output: str | None = None) -> LoweredProgram:
    """The program of a file, checked and expanded, with the job flags applied.

    Raises UsageError if `output`, a file that will be written, is one of those that the program consists of.
    """
    spare([arguments.file], output)
    terminal.begins(f"reading {arguments.file}")
    source = stages.read(arguments.file)
    values, sweeps = values_of(arguments)
    try:
        program, warnings = formats.loaded(source, values, sweeps)
    except CompileError as error:
        raise sorted_by_fault(with_hint(error, source, verb)) from None
    spare(source.files, output)
    apply_job(arguments, program)
    rows = sum(len(circuit) for circuit in program.runs)
    terminal.detail(f"{source.name}: {len(program.runs)} circuits, {rows} operations")
    terminal.report(warnings)
    terminal.begins(f"working on {arguments.file}")
    return program


def sorted_by_fault(diagnostics: list[Diagnostic]) -> CompileError | UsageError:
    """The exception for these diagnostics: a UsageError if only values of `--set` and `--sweep` are wrong."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    is_usage = all(d.span is not None and d.span.source.name.startswith(("--set ", "--sweep ")) for d in errors)
    return UsageError(diagnostics) if is_usage else CompileError(diagnostics)


def with_hint(error: CompileError, source: Source, verb: str) -> list[Diagnostic]:
    """The errors, with a hint if standard input seems to contain a file's name instead of a program."""
    name = source.text.strip()
    if source.name != "<stdin>" or not _FILE_NAME.fullmatch(name):
        return list(error.diagnostics)
    return [*error.diagnostics, Diagnostic("QC0809", source, {"name": name, "verb": verb})]


def noise_for(program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal) -> NoiseModel | None:
    """The noise of a local run: the model that the job names, else that of the characterization."""
    from ionqdsl.emit.noise_settings import noise_model  # late: a run only

    model, figures = noise_model(program.job), arguments.characterization
    if model is not None or figures is None:
        return model
    model = noise_of_record(figures, arguments.target, NOISE_MODELS["ideal"].qubits)
    if model is None:
        terminal.report([Diagnostic("QC0761", facts={"source": figures.source})])
    return model


def options_for(model: NoiseModel | None, arguments: argparse.Namespace) -> Options:
    """The options of a local run, with the target of its noise model. Raises UsageError for another target."""
    options = options_of(arguments)
    if model is None or model.target is None:
        return options
    if options.target is not None and choose_target(options.target, None, "native").name != model.target:
        raise UsageError([Diagnostic("QC0811", facts={"target": options.target, "needed": model.target})])
    return changed(options, target=model.target)


def transpiled(
    program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal, options: Options | None = None
) -> LoweredProgram:
    """The program in the target's gates. Shows warnings, and the output of `--report` and `--show-passes`."""
    options = options or options_of(arguments)
    steps: list[dict[str, str]] = []
    wants = arguments.report or arguments.show_passes or arguments.verify
    if wants:
        from ionqdsl.cli import reports  # late: only for these flags
    watch = reports.watcher(steps) if arguments.show_passes else None
    try:
        with workers_of(arguments) as workers:
            result, warnings, reports_by_run = stages.transpile(
                program, options, watch, terminal.progress, workers=workers
            )
    except InternalError as error:
        from ionqdsl.cli import reproducer  # late: only for bugs

        raise reproducer.explained(program, options, error) from None
    terminal.progress("")
    _tell_stale_kernel(terminal)
    terminal.report([*warnings, *_without_effect(options, reports_by_run)])
    for report in reports_by_run:
        terminal.detail(f"{report.circuit}: compiled for {report.target} at -O{report.level} ({report.why})")
    if not wants:
        return result
    estimates = [
        reports.estimated(circuit, report, options) for circuit, report in zip(result.runs, reports_by_run, strict=True)
    ]
    if not terminal.is_json:
        if steps:
            terminal.say(reports.steps_text(steps), always=True)
        if arguments.report:
            pairs = zip(program.runs, result.runs, reports_by_run, estimates, strict=True)
            terminal.say("\n\n".join(reports.text(*pair, options) for pair in pairs), always=True)
        elif arguments.verify:
            said = [f"{report.circuit}: {reports.verdict(report)}" for report in reports_by_run]
            if program.energy is not None and program.origin is not None:
                said.append("the energy: its ansatz, operator and settings are as the text says")
            terminal.say("\n".join(said))
    terminal.extras["report"] = [
        reports.to_json(*pair, options) for pair in zip(result.runs, reports_by_run, estimates, strict=True)
    ]
    if arguments.show_passes:
        terminal.extras["steps"] = steps
    return result


def _tell_stale_kernel(terminal: Terminal) -> None:
    """Tells whoever waits for numpy that a kernel was compiled of other sources, as in a clone after `git pull`."""
    from ionqdsl.algebra import compiled  # late: it loads the kernel

    if compiled.IS_STALE:
        terminal.say("numpy compiles, slowly: the compiled kernel is of another version; run `python kernel/build.py`")


def _without_effect(options: Options, reports: Sequence[Report]) -> Iterator[Diagnostic]:
    """A note for each option that was given and has no effect on any circuit."""
    if not reports:
        return
    highest = max(report.level for report in reports)
    if options.level and all(report.target == "as written" for report in reports):
        yield Diagnostic("QC0620", None, {"flag": f"-O{options.level}", "reason": "as written"})
    if options.effort != Options.effort and highest < 3:
        yield Diagnostic("QC0620", None, {"flag": "--effort", "reason": "no search", "level": highest})
    if options.preserve == "outcomes" and highest < 2:
        yield Diagnostic("QC0620", None, {"flag": "--preserve outcomes", "reason": "keeps all", "level": highest})
