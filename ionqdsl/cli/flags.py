"""Defines flags that several verbs share, and turns their values into options and job settings.

A target or backend that does not exist is an error here, because a wrong flag is wrong usage; the compiler checks
whether it suits the program.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable

import ionqdsl.pipeline as stages
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.mistakes import unusable, wrong_choice, wrong_usage
from ionqdsl.ir import characterization
from ionqdsl.ir.arguments import SEEDS
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import AUTO, ENGINES, LEVELS, Options, is_effort, is_error
from ionqdsl.ir.targets import BACKEND_NAMES, NOISE_MODELS, PROFILES, TARGETS, backend_of
from ionqdsl.record import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from ionqdsl.workers import Workers

LOCAL = "local"
"""The name of this computer as a backend."""


def add_file(parser: argparse.ArgumentParser) -> None:
    """Adds the argument for a program file."""
    parser.add_argument("file", metavar="FILE", help="the program; - is standard input")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Adds the flag for the file that is written."""
    parser.add_argument("-o", dest="output", default="-", metavar="OUT", help="output file (standard output)")


def add_set(parser: argparse._ActionsContainer) -> None:
    """Adds the flag that binds parameters."""
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="bind a parameter")


def add_values(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for values of parameters."""
    add_set(parser)
    parser.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="NAME=LIST",
        help="one circuit for each value, such as linspace(0, pi, 21)",
    )


def add_compilation(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for compilation."""
    group = parser.add_argument_group("compilation")
    add_values(parser)
    group.add_argument("--target", type=target, help=f"{', '.join(TARGETS)} or the name of a backend")
    group.add_argument(
        "-O",
        dest="level",
        type=int,
        choices=LEVELS,
        help="optimisation (2 for native targets, 0 for qis and for circuits in the target's own native gates)",
    )
    group.add_argument(
        "--preserve", choices=PRESERVE, default="measurement", help="properties to preserve (measurement)"
    )
    group.add_argument("--seed", type=seed, help="seed of the optimiser and the local machine")
    group.add_argument("--effort", type=effort, default=10.0, metavar="SECONDS", help="longest search at -O3 (10)")
    group.add_argument("--approx", type=approx, default=0.0, metavar="ERROR", help="allowed error (0: exact)")
    group.add_argument(
        "--characterization",
        type=characterization_of,
        metavar="FILE|BACKEND",
        help="the service's record of a machine: higher expected fidelity, gates on connected pairs only",
    )
    group.add_argument(
        "--defer", action="store_true", help="move measurements to the end; conditions on outcomes become controls"
    )
    group.add_argument("--reuse", action="store_true", help="let qubits share a wire in turn, with resets between")
    add_workers(group)
    group.add_argument("--verify", action="store_true", help="compare the compiled circuit with the program's text")
    group.add_argument("--wire", choices=tuple(PROFILES), default="v0.4", help="payload profile (v0.4)")
    group.add_argument("--report", action="store_true", help="show the effect of each pass, and the expected fidelity")
    group.add_argument("--show-passes", action="store_true", help="show the circuit after every pass that changed it")


def add_workers(group: argparse._ActionsContainer) -> None:
    """Adds the flags for the processes that compile, simulate and test several circuits."""
    either = group.add_mutually_exclusive_group()
    either.add_argument(
        "-j", "--jobs", type=positive_integer, metavar="N", help="processes for several circuits (all processors)"
    )
    either.add_argument("--cluster", metavar="ADDRESS", help="or a Dask cluster: the address of its scheduler")


def workers_of(arguments: argparse.Namespace) -> Workers:
    """The processes or the cluster that the flags name. Raises UsageError for a cluster that does not answer."""
    from ionqdsl import workers  # late: most commands compile one circuit
    from ionqdsl.workers.threads import usable

    if arguments.cluster is not None:
        return workers.cluster(arguments.cluster)
    return workers.Workers(arguments.jobs or usable())


def add_job(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for settings of the job."""
    group = parser.add_argument_group("job")
    group.add_argument("--backend", type=backend, help="local, simulator or a QPU such as qpu.forte-1")
    group.add_argument("--shots", type=positive_integer, help="shots per circuit (100)")
    group.add_argument("--noise", type=noise, metavar="MODEL", help=f"noise model: {', '.join(NOISE_MODELS)}")


def add_engine(parser: argparse._ActionsContainer) -> None:
    """Adds the flag for the engine of the local machine."""
    parser.add_argument("--engine", choices=ENGINES, default=AUTO, help="how the local machine simulates (auto)")


def add_key(parser: argparse._ActionsContainer) -> None:
    """Adds the flag for a key file."""
    parser.add_argument("--api-key-file", metavar="PATH", help="a file with the key, readable only by you")


# -- values of flags ---------------------------------------------------------------------------------------------


def target(text: str) -> str:
    """The name of a target, or of a backend that has one."""
    row = backend_of(text)
    if text in TARGETS or (row is not None and row.target is not None):
        return text
    machines = [name for name in BACKEND_NAMES if (row := backend_of(name)) is not None and row.target is not None]
    raise _unknown("target", text, [*TARGETS, *machines])


def backend(text: str) -> str:
    """A backend's name. Names like `qpu.*` are open, since machines come and go."""
    if text == LOCAL or backend_of(text) or text.startswith("qpu."):
        return text
    raise _unknown("backend", text, [LOCAL, *BACKEND_NAMES])


def noise(text: str) -> str:
    """A noise model's name. The list is open: only a name that looks like a typing mistake is refused."""
    from difflib import get_close_matches  # late: only for an unknown name

    if text in NOISE_MODELS or not get_close_matches(text, NOISE_MODELS, 1, 0.75):
        return text
    raise _unknown("noise model", text, NOISE_MODELS)


def _unknown(what: str, text: str, names: Iterable[str]) -> Exception:
    return wrong_choice(f"there is no {what} `{text}`", text, names)


def approx(text: str) -> float:
    """An allowed error, from 0 to below 2."""
    value = _number(text)
    if value is None or not is_error(value):
        raise UsageError([Diagnostic("QC0616", facts={"given": f"`{text}`"})])
    return value


def effort(text: str) -> float:
    """Seconds of search, above 0."""
    value = _number(text)
    if value is None or not is_effort(value):
        raise UsageError([Diagnostic("QC0617", facts={"given": f"`{text}`"})])
    return value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def characterization_of(path: str) -> Characterization:
    """The characterization in a file, or the service's latest of a backend: `qpu.forte-1`."""
    if path.startswith("qpu.") and not os.path.exists(path):
        from ionqdsl.cloud.machines import latest_record  # late: it imports requests

        return characterization.of_record(latest_record(path), path)
    return characterization.parse(stages.read(path).text, "standard input" if path == "-" else path)


def natural(text: str, least: int = 0) -> int:
    """A whole number from 0, or from `least`."""
    is_number = text.isascii() and text.isdigit()
    if is_number and len(text) > 18:
        raise unusable(f"`{text[:20]}...` is too large")
    if not is_number or int(text) < least:
        raise unusable(f"`{text}` is not a whole number from {least}")
    return int(text)


def seed(text: str) -> int:
    """A seed: a signed integer of 32 bits, as the service takes it."""
    number = int(text) if re.fullmatch(r"[-+]?[0-9]{1,10}", text) else None
    if number is None or number not in SEEDS:
        raise unusable(f"`{text[:20]}` is not a whole number from {SEEDS[0]} to {SEEDS[-1]}")
    return number


def positive_integer(text: str) -> int:
    """A whole number from 1."""
    return natural(text, 1)


def nonnegative(text: str) -> float:
    """A finite number from 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise unusable(f"`{text}` is not a number from 0")
    return value


def money(text: str) -> tuple[float, str | None]:
    """An amount and its unit, if one is named: `20`, `20usd`, `3 credit`."""
    number, unit = re.fullmatch(r"\s*(.*?)\s*([A-Za-z]*)\s*", text).groups()  # type: ignore[union-attr]
    if not number or unit.lower() in ("inf", "infinity", "nan", "e"):
        number, unit = text, ""
    return nonnegative(number), unit.lower() or None


def positive(text: str) -> float:
    """A finite number above 0."""
    value = nonnegative(text)
    if not value:
        raise unusable("it must be more than 0")
    return value


def picture(text: str) -> str:
    """The name of a file for a picture, which is SVG."""
    if not text.endswith(".svg"):
        raise unusable("pictures are SVG: their names end with .svg")
    return text


# -- values of parsed flags ------------------------------------------------------------------------------------------


def values_of(arguments: argparse.Namespace) -> tuple[dict[str, str], dict[str, str]]:
    """The values of `--set` and of `--sweep`, as texts by name."""
    return bindings(arguments.set), _pairs("sweep", arguments.sweep, "NAME=LIST")


def bindings(texts: list[str]) -> dict[str, str]:
    """The values of `--set`, as texts by name."""
    return _pairs("set", texts, "NAME=VALUE")


def _pairs(flag: str, texts: list[str], form: str) -> dict[str, str]:
    result: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise UsageError([Diagnostic("QC0804", facts={"flag": flag, "form": form, "text": text})])
        if name in result:
            raise wrong_usage(f"`--{flag}` gives `{name}` twice")
        result[name] = value
    return result


def options_of(arguments: argparse.Namespace) -> Options:
    """The compile options."""
    return Options(
        target=arguments.target,
        level=arguments.level,
        preserve=arguments.preserve,
        seed=arguments.seed or 0,
        effort=arguments.effort,
        approx=arguments.approx,
        verify=arguments.verify,
        wire=arguments.wire,
        characterization=arguments.characterization,
        defer=arguments.defer,
        reuse=arguments.reuse,
    )


def apply_job(arguments: argparse.Namespace, program: LoweredProgram) -> None:
    """Replaces job settings of the program by flags, and fills missing ones from the user's settings."""
    job = program.job
    defaults = getattr(arguments, "defaults", {})
    for path, flag in (("backend", "backend"), ("shots", "shots"), ("noise.model", "noise")):
        value = getattr(arguments, flag)
        if value is not None:
            job.set(path, value)
            program.is_request = program.is_request and flag != "backend"
        elif flag in defaults and job.get(path) is None:
            job.set(path, defaults[flag])
    if job.get("backend") == LOCAL:
        job.settings.pop("backend")
    if arguments.seed is not None and job.get("noise.model") is not None:
        job.set("noise.seed", arguments.seed)
    if getattr(arguments, "dry_run", False):
        job.set("dry_run", True)
