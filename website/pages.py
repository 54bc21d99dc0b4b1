"""The pages of the site that are made from the code: errors, gates, the standard library, the Python API, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import ionqdsl
from ionqdsl.cli.explain import provoked, title
from ionqdsl.diagnostics.codes import CODES, FAMILIES, Code
from ionqdsl.diagnostics.codes import rows as codes_of
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.svg import svg
from ionqdsl.pipeline import load
from website import gates, library, links

ROOT = Path(__file__).resolve().parents[1]

ALONE = "---\nhide: [navigation, toc]\n---\n\n"
"""The head of pages that no list of the site has: they are too many."""


def made() -> dict[str, str]:
    """Every such page: its place among the pages, and its Markdown."""
    return {
        **_errors(),
        "gates.md": gates.page(),
        **library.pages(),
        **_api(),
        **_examples(),
        "changelog.md": _of_repository("CHANGELOG.md"),
        "contribute.md": _of_repository("CONTRIBUTING.md"),
    }


def _of_repository(name: str) -> str:
    """A page of the repository's own folder."""
    return links.moved((ROOT / name).read_text(encoding="utf-8"), "", folder="")


# -- errors --------------------------------------------------------------------------------------------------------


ERRORS = """# Errors and warnings

Every message has a code. Its page says why there is the message, and shows a program with it and the same program
corrected; `ionqdsl explain CODE` shows the page in a terminal. The sentences here are those of the examples.
"""

NAMES = {
    "qasm3": "OpenQASM 3", "api": "Python", "lsp": "Language server", "fmt": "Formatter", "lint": "Linter",
    "wire_format": "Jobs", "payload": "Payloads", "external": "Other tools",
}  # fmt: skip
"""Titles of families whose names are short for something."""

FIRST_LINE = re.compile(r"^(?:error|warning|note)\[\w+\]: (.+)", re.MULTILINE)


@cache
def _provoked(name: str) -> str:
    return provoked(CODES[name])


def _said(code: Code) -> str:
    """The sentence of the message that a code's example provokes, or else its template."""
    match = FIRST_LINE.search(_provoked(code.name)) if code.example else None
    return match[1] if match else title(code)


def _errors() -> dict[str, str]:
    """A page for each code, and the index of all."""
    found = {f"errors/{code.name}.md": _error(code) for code in CODES.values()}
    lines = [ERRORS]
    for family in FAMILIES:
        name = NAMES.get(family, family.replace("_", " ").capitalize())
        lines.append(f"\n## {name}\n\n| code | for example |\n|---|---|")
        lines += [
            f"| [{code.name}](errors/{code.name}.md) | {_cell(_said(code))} |" for code in codes_of(family).values()
        ]
    return {"errors.md": "\n".join(lines) + "\n", **found}


def _error(code: Code) -> str:
    """The explanation of a code, an example with its message, and the correction."""
    lines = [
        f"---\ntitle: {code.name}\ndescription: >-\n  {' '.join(_said(code).split())}\nhide: [navigation, toc]\n---\n",
        f"# {code.name}",
        f'<p class="said {code.severity}">{gates.escaped(_said(code))}</p>',
        code.explanation.strip(),
    ]
    if code.example:
        lines += ["## For example", _program(code.example)]
        if shown := _provoked(code.name):
            lines += [f"```text\n{shown}\n```"]
    if code.fixed:
        lines += ["## Corrected", _program(code.fixed)]
    return "\n\n".join([*lines, "[All errors and warnings](../errors.md)"]) + "\n"


def _program(text: str) -> str:
    """A block for a text, which is a program of the language unless it looks like something else."""
    text = text.strip("\n")
    is_other = text.lstrip().startswith(("{", "[", "OPENQASM", "from ", "import ")) or "ionqdsl " in text
    return f"```{'text' if is_other else 'qc'}\n{text}\n```"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# -- Python ----------------------------------------------------------------------------------------------------------

GROUPS = {
    "Circuits": ("Circuit", "Angle", "param", "deg", "rad", "turn", "circuit", "from_qiskit", "from_cirq"),
    "Programs": ("Program", "program", "load", "convert", "format", "lint", "test"),
    "Compiling and comparing": ("compile", "equivalent"),
    "Running": ("run", "Result", "Results", "plot", "minimize"),
    "Errors of machines": ("calibrate", "Calibration", "fold", "twirl", "executor"),
    "The service": ("Client",),
    "Exceptions": (
        "IonqdslError", "CompileError", "UsageError", "Refused", "KeyRefused", "ServiceError", "JobFailed",
        "WaitTimedOut", "InternalError", "ProgramWarning",
    ),
}  # fmt: skip
"""The public names, in the order of the page. A name that is missing here ends the build."""


def _api() -> dict[str, str]:
    """A page for each group of names, from the docstrings."""
    listed = [name for names in GROUPS.values() for name in names]
    if sorted(listed) != sorted(ionqdsl.__all__):
        raise SystemExit(f"pages.py: GROUPS and ionqdsl.__all__ differ in {set(listed) ^ set(ionqdsl.__all__)}")
    index = [
        "# Python, by name\n",
        "Every public name of `import ionqdsl as iq`, from its docstring. [Python, by task](python.md)",
    ]
    index.append("has examples.\n")
    found = {}
    for group, names in GROUPS.items():
        place = f"api/{group.removeprefix('The ').split()[0].lower()}.md"
        found[place] = "\n".join([f"# {group}\n", *(f"::: {_path(name)}\n" for name in names)])
        index.append(f"\n## [{group}]({place})\n\n| name | |\n|---|---|")
        index += [f"| [`{name}`][{_path(name)}] | {_first(name)} |" for name in names]
    return {"api.md": "\n".join(index) + "\n", **found}


def _path(name: str) -> str:
    """The module that defines a public name, and the name."""
    value = getattr(ionqdsl, name)
    is_own = hasattr(value, "__qualname__")
    return f"{value.__module__}.{value.__qualname__}" if is_own else f"ionqdsl.api.{name}"


def _first(name: str) -> str:
    """The first sentence of a docstring."""
    value = getattr(ionqdsl, name)
    text = (value.__doc__ or "") if hasattr(value, "__qualname__") else "A unit of angles."
    return _cell(re.split(r"(?<=[.:])\s", text.strip(), maxsplit=1)[0].rstrip(":"))


# -- examples --------------------------------------------------------------------------------------------------------

FOLDERS = {"examples": "First programs", "examples/programs": "Algorithms", "examples/measurements": "Measurements"}


def _examples() -> dict[str, str]:
    """A page for each example, with its picture, and the list of all."""
    found, index = {}, ["# Examples\n", "The tests run every one of them.\n"]
    for folder, heading in FOLDERS.items():
        index.append(f"\n## {heading}\n\n| program | |\n|---|---|")
        for path in sorted((ROOT / folder).glob("*.qc")):
            text = path.read_text(encoding="utf-8")
            place = f"{folder}/{path.stem}.md"
            found[place] = f"{ALONE}# {path.stem}.qc\n\n" + "\n\n".join(_example(path, text))
            index.append(f"| [{path.stem}]({place}) | {_cell(_about(text))} |")
    return {"examples.md": "\n".join(index) + "\n", **found}


def _about(text: str) -> str:
    """The first sentence of the comment at the top of a program."""
    words = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        words.append(line.lstrip("# "))
    return re.split(r"(?<=[.:])\s", " ".join(words), maxsplit=1)[0].rstrip(":")


def _example(path: Path, text: str) -> Iterator[str]:
    yield f"```qc\n{text.rstrip()}\n```"
    program, _ = load(Source(text, str(path)))
    circuits = [program.energy.ansatz] if program.energy else program.runs
    if circuits and len(circuits[0]) <= 120 and circuits[0].width <= 12:
        drawn = svg(circuits[0], 760, matrices=False).replace("\n", "")
        yield f'<figure class="picture">{drawn}<figcaption>{circuits[0].name}</figcaption></figure>'
