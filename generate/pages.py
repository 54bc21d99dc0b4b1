"""Generates the reference pages of docs/: gates.md, errors.md, lint.md, cli.md, machines.md, the table of formats, and
the map in architecture.md.
"""

from __future__ import annotations

import argparse
import re
from contextlib import chdir
from pathlib import Path
from string import Formatter
from tempfile import TemporaryDirectory

import layers

from ionqdsl.cli import explain
from ionqdsl.cli import main as cli_main
from ionqdsl.cli.parsers import parser_of
from ionqdsl.cli.verbs import VERBS
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.codes.lint import LINT
from ionqdsl.formats import FORMATS, WRITERS
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import JOB_KEYS
from ionqdsl.ir.targets import BACKENDS, LIMITS, NOISE_MODELS, PROFILES, TARGETS
from ionqdsl.language.library import standard_definitions
from ionqdsl.linter import FIXED
from ionqdsl.passes import PIPELINES

DOCS = Path(__file__).parents[1] / "docs"

NOTE = "<!-- Written by `make generate` from the tables; edit those. -->\n\n"


def gates() -> str:
    lines = [
        "# Gates\n",
        "For everyone who needs a gate by its exact matrix, or its names elsewhere.\n",
        "A gate with a G in its row is exp(i2π·phase)·exp(-iπ·rotation·G), with rotation, phase and",
    ]
    lines.append(
        "parameters in turns. H is (X + Z)/√2, and P is cos(2πφ)·X + sin(2πφ)·Y for a gate's phase φ. `cnot` is"
    )
    lines.append("the gate in its row on the second qubit, controlled by the first.\n")
    for gateset, title in (("qis", "Abstract gates (qis)"), ("native", "Native gates")):
        unit = "a plain number is in radians" if gateset == "qis" else "a plain number is in turns"
        lines.append(f"## {title}\n\nFor angles, {unit}.\n")
        lines.append("| gate | G | rotation | phase | JSON keys | meaning |\n|---|---|---|---|---|---|")
        for gate in GATES.values():
            if gate.gateset == gateset:
                keys = ", ".join(f"`{key}`" for key in dict.fromkeys(gate.payload_keys)) or "-"
                keys = "rewritten" if gate.payload_name is None else keys
                last = gate.parameters[-1].name if gate.parameters else ""
                row = (f"`{gate.signature}`", gate.axis or "-", _linear(gate.rotation, last), _linear(gate.phase, last))
                lines.append(f"| {' | '.join(row)} | {keys} | {gate.meaning.replace('|', chr(92) + '|')} |")
        lines.append("")
    lines.append(
        "## Standard gates\n\nDefined in `grammar/stdgates.qc` from the gates above. Programs cannot use those whose"
    )
    lines.append("names begin with `_`.\n")
    lines.append("| gate | is |\n|---|---|")
    for name, definition in standard_definitions().items():
        if name.startswith("_power_"):  # `pow` chooses these
            continue
        body = "; ".join(statement.span.text for statement in definition.body)
        arguments = f"({', '.join(parameter.name.text for parameter in definition.parameters)})"
        operands = ", ".join(operand.text for operand in definition.operands)
        call = f"{name}{arguments if definition.parameters else ''} {operands}"
        lines.append(f"| `{call}` | {f'`{body}`' if body else 'no gate'} |")
    return "\n".join(lines) + "\n"


def _linear(form: object, parameter: str) -> str:
    constant, factor = getattr(form, "constant"), getattr(form, "factor")  # noqa: B009
    if factor:
        return parameter if factor == 1 else f"{factor}·{parameter}"
    return str(constant)


def _template(text: str) -> str:
    """A message as the index of errors shows it: `{wants:qubit}` is `{wants} qubits`."""
    return "".join(
        part + (f"{{{fact}}}{_word(form or '')}" if fact else "") for part, fact, form, _ in Formatter().parse(text)
    )


def _word(form: str) -> str:
    """The word that a fact's format adds after it."""
    return "" if form == "has" or not form.isalpha() or len(form) < 2 else " were" if form == "were" else f" {form}s"


def errors() -> str:
    lines = [
        "# Errors and warnings\n",
        "For everyone who has met a code.\n",
        "`ionqdsl explain CODE` prints the same, with the message that the example provokes.\n",
    ]
    lines.append("| code | says |\n|---|---|")
    lines += [f"| [{code.name}](#{code.name.lower()}) | {_cell(_template(code.message))} |" for code in CODES.values()]
    for code in CODES.values():
        kind = "" if code.severity == "error" else f" ({code.severity})"
        lines.append(f"\n## {code.name}{kind}\n\n{_template(code.message)}\n\n{code.explanation.strip()}")
        if code.example:
            lines.append(f"\nProvoked by\n\n```\n{code.example.strip()}\n```")
        if code.fixed:
            lines.append(f"\nCorrected\n\n```\n{code.fixed.strip()}\n```")
    return "\n".join(lines) + "\n"


def lint() -> str:
    lines = [
        "# Lint rules\n",
        "For everyone who keeps programs in files.\n",
        "The rules of `ionqdsl lint`, and whether `--fix` corrects their findings. An ellipsis stands for",
    ]
    lines.append(
        "a name or a number of the program. Each code links to its explanation and an example, and [tools.md](tools.md)"
    )
    lines.append("explains how to use the linter.\n")
    lines.append("| code | severity | finds | `--fix` |\n|---|---|---|---|")
    for code in LINT:
        link = f"[{code.name}](errors.md#{code.name.lower()})"
        fix = "yes" if code.name in FIXED else ""
        lines.append(f"| {link} | {code.severity} | {_cell(explain.title(code))} | {fix} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def cli() -> str:
    lines = [
        "# The command\n",
        "For everyone at a terminal.\n",
        "`ionqdsl VERB ...`; `-` is standard input or output. Results go to standard output,",
    ]
    lines.append("messages to standard error. At a terminal, after 1.5 quiet seconds, the last line names the work")
    lines.append("and its time so far; Ctrl-C ends it, with exit code 130.\n\n| verb | |\n|---|---|")
    lines += [f"| [`{verb}`](#{verb}) | {summary} |" for verb, summary in VERBS.items()]
    lines.append("\n## Exit codes\n")
    lines.append("| code | meaning |\n|---|---|\n| 0 | success |\n| 1 | errors in the program or its includes |")
    lines.append("| 2 | wrong usage or settings, or a file argument that cannot be read |")
    lines.append("| 3 | refused for safety: cost, limits, or no confirmation |\n| 4 | a problem with the API key |")
    lines.append("| 5 | the service or the network failed; try again |\n| 6 | the job failed |")
    lines.append(
        "| 7 | the wait ended without a result; the job continues |\n| 101 | a bug in ionqdsl |\n| 130 | interrupted |"
    )
    for verb in VERBS:
        _, parser = parser_of(verb)
        lines.append(f"\n## {verb}\n\n```txt\n{(parser.description or '').strip()}\n```\n\n| argument | |\n|---|---|")
        for action in parser._actions:
            if action.help != argparse.SUPPRESS:
                lines.append(f"| {_cell(_flags(action))} | {_cell((action.help or '').replace('%%', '%'))} |")
    return "\n".join(lines) + "\n"


def _flags(action: argparse.Action) -> str:
    names = action.option_strings or [str(action.metavar or "/".join(map(str, action.choices or [action.dest])))]
    value = ""
    if action.option_strings and action.nargs != 0:
        value = " " + (
            str(action.metavar) if action.metavar else "/".join(map(str, action.choices or [action.dest.upper()]))
        )
    return ", ".join(f"`{name}{value}`" for name in names)


def machines() -> str:
    lines = [
        "# Machines, noise models, payload profiles\n",
        "For people who need the figures by which a program is compiled, checked and sent.\n",
        "## Targets\n",
        "| target | gates | two-qubit gate's angle, turns |",
    ]
    lines.append("|---|---|---|")
    for target in TARGETS.values():
        names = ", ".join(f"`{GATES[key].name}`" for key in target.gates) or "all qis gates"
        span = f"{'(' if target.low < 0 else '['}{target.low}, {target.high}]" if target.two_qubit_gate else "-"
        lines.append(f"| `{target.name}` | {names} | {span} |")
    lines.append("\n## Backends\n\n| name | target | qubits | most shots |\n|---|---|---|---|")
    for backend in BACKENDS:
        note = " (retired)" if backend.retired else ""
        lines.append(f"| `{backend.pattern}`{note} | {backend.target or 'any'} | {backend.qubits} | {backend.shots} |")
    lines.append(
        "\n## Noise models\n\nDepolarizing noise after every gate, with the rates that IonQ publishes (docs.ionq.com,"
    )
    lines.append("simulation with noise models).\n")
    lines.append("| model | machine | one-qubit rate | two-qubit rate |\n|---|---|---|---|")
    for model in NOISE_MODELS.values():
        rates = [("not public" if rate is None else f"{rate:.6g}") for rate in (model.one_qubit, model.two_qubit)]
        lines.append(f"| `{model.name}` | {model.target or '-'} | {rates[0]} | {rates[1]} |")
    lines.append("\n## Payload profiles\n\n| profile | |\n|---|---|")
    lines += [f"| `{profile.name}` | {profile.meaning} |" for profile in PROFILES.values()]
    lines.append(
        "\n## Limits\n\nA limit that the specification or the service's list of machines states is an error. A limit"
    )
    lines.append("from another source, or of the backend that nobody has named, is a warning: the service decides.\n")
    lines.append("| limit | source | |\n|---|---|---|")
    lines += [f"| {row.what} | {row.source} | {CODES[row.code].severity} {row.code} |" for row in LIMITS]
    lines.append("\n## Job keys\n\n| key | type | |\n|---|---|---|")
    lines += [f"| `{key.path}` | {key.type} | {_cell(key.meaning)} |" for key in JOB_KEYS.values()]
    lines.append("\n## Passes\n\nIn the order in which they run, each with the reason for its place.\n")
    for (gateset, level), pipeline in PIPELINES.items():
        lines.append(f"### {gateset}, level {level}\n")
        lines += [f"{number}. `{step.name}`: {step.reason}" for number, step in enumerate(pipeline, 1)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


MAP = re.compile(r"(?<=modules' first sentences -->\n\n).*?(?=## )", re.DOTALL)
"""The place of the map in architecture.md, whose other sections are written by hand."""


def architecture() -> str:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    return MAP.sub(lambda _: layers.listing() + "\n", page)


PAGES = {"gates.md": gates, "errors.md": errors, "lint.md": lint, "cli.md": cli, "machines.md": machines}


FORMS = re.compile(r"(?<=from ionqdsl/formats.py -->\n\n).*?(?=Three promises)", re.DOTALL)
"""The place of the tables in formats.md, whose other sections are written by hand."""


def forms() -> str:
    lines = ["| files | are read as | extent |\n|---|---|---|"]
    lines += [
        f"| {', '.join(f'`{suffix}`' for suffix in form.suffixes)} | {form.title} | {form.extent} |"
        for form in FORMATS.values()
    ]
    lines.append("\n| `--to` | writes |\n|---|---|")
    lines += [f"| `{name}` | {writer.title} |" for name, writer in WRITERS.items()]
    page = (DOCS / "formats.md").read_text(encoding="utf-8")
    return FORMS.sub(lambda _: "\n".join(lines) + "\n\n", page)


def picture() -> str:
    """The picture of the README, drawn by the command shown next to it, with a path that is the same everywhere."""
    with TemporaryDirectory() as folder, chdir(DOCS.parent):
        path = Path(folder) / "chain.svg"
        assert cli_main(["draw", "examples/chain.qc", "--target", "forte", "--before", "-o", str(path)]) == 0
        return path.read_text(encoding="utf-8")


def files() -> dict[Path, str]:
    whole = {DOCS / name: NOTE + page() for name, page in PAGES.items()}
    parts = {"architecture.md": architecture(), "formats.md": forms(), "chain.svg": picture()}
    return whole | {DOCS / name: text for name, text in parts.items()}
