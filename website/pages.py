"""The pages of the site that are made from the code: errors, gates, the standard library, the Python API, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import ionqdsl
from ionqdsl.cli.explain import provoked, title
from ionqdsl.describe import handbook
from ionqdsl.describe.reference.markdown import markdown
from ionqdsl.describe.reference.reading import chapters
from ionqdsl.diagnostics.codes import CODES, FAMILIES, Code
from ionqdsl.diagnostics.codes import rows as codes_of
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.svg import svg
from ionqdsl.ir.gates import GATES
from ionqdsl.language.library import standard_definitions
from ionqdsl.pipeline import load
from website import links

ROOT = Path(__file__).resolve().parents[1]

ALONE = "---\nhide: [navigation, toc]\n---\n\n"
"""The head of pages that no list of the site has: they are too many."""


def made() -> dict[str, str]:
    """Every such page: its place among the pages, and its Markdown."""
    return {
        **_errors(),
        "gates.md": _gates(),
        **_library(),
        **_api(),
        **_examples(),
        "changelog.md": _of_repository("CHANGELOG.md"),
        "contribute.md": _of_repository("CONTRIBUTING.md"),
    }


def _of_repository(name: str) -> str:
    """A page of the repository's own folder."""
    return links.moved((ROOT / name).read_text(encoding="utf-8"), "", folder="")


# -- errors --------------------------------------------------------------------------------------------------------


def _errors() -> dict[str, str]:
    """A page for each code, and the index of all."""
    found = {f"errors/{code.name}.md": _error(code) for code in CODES.values()}
    lines = ["# Errors and warnings\n", "`ionqdsl explain CODE` shows the same in a terminal.\n"]
    for family in FAMILIES:
        lines.append(f"\n## {family.replace('_', ' ').capitalize()}\n\n| code | says |\n|---|---|")
        lines += [
            f"| [{code.name}](errors/{code.name}.md) | {_cell(title(code))} |" for code in codes_of(family).values()
        ]
    return {"errors.md": "\n".join(lines) + "\n", **found}


def _error(code: Code) -> str:
    """The explanation of a code, an example with its message, and the correction."""
    lines = [
        f"---\ntitle: {code.name}\ndescription: >-\n  {' '.join(title(code).split())}\nhide: [navigation, toc]\n---\n",
        f"# {code.name}",
        f'<p class="said {code.severity}">{_escaped(title(code))}</p>',
        code.explanation.strip(),
    ]
    if code.example:
        lines += ["## For example", _program(code.example)]
        if shown := provoked(code):
            lines += [f"```text\n{shown}\n```"]
    if code.fixed:
        lines += ["## Corrected", _program(code.fixed)]
    return "\n\n".join([*lines, "[All errors and warnings](../errors.md)"]) + "\n"


def _program(text: str) -> str:
    """A block for a text, which is a program of the language unless it looks like something else."""
    text = text.strip("\n")
    is_other = text.lstrip().startswith(("{", "[", "OPENQASM", "from ", "import ")) or "ionqdsl " in text
    return f"```{'text' if is_other else 'qc'}\n{text}\n```"


def _escaped(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text.replace("&", "&amp;").replace("<", "&lt;"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# -- gates ---------------------------------------------------------------------------------------------------------


def _gates() -> str:
    """The gates with their pictures, matrices and definitions, under the introduction of docs/gates.md."""
    text = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
    head = text.split("\n\n", 1)[1].split("## Standard gates")[0]
    lines = [head, "## Pictures and matrices\n"]
    names = [*dict.fromkeys((gate.name, gate.gateset) for gate in GATES.values() if gate.operands > 0)]
    for name, gateset in names:
        lines += [_gate(facts) for facts in handbook.facts_of(name) if facts["gateset"] == gateset]
    lines += ["## Standard gates\n", "Each is defined in the language by the gates above.\n"]
    lines += [_gate(handbook.facts_of(name)[0]) for name in standard_definitions() if not name.startswith("_")]
    return "\n".join(lines)


def _gate(facts: dict[str, object]) -> str:
    """One gate: a heading, its picture, its meaning, and its matrix if it is small."""
    name, gateset = str(facts["name"]), str(facts["gateset"])
    label = f"{name} (native)" if gateset == "native" and _is_in_both(name) else name
    parts = [f"### {label}\n", '<div class="gate-entry" markdown>\n']
    if drawn := _drawn(facts):
        parts.append(f"<figure>{drawn}</figure>\n")
    parts.append(f"`{facts['signature']}`\n\n{_escaped(str(facts['meaning']))}\n")
    if facts["definition"]:
        parts.append(f"```qc\n{facts['definition']}\n```\n")
    if facts["wire"]:
        parts.append(f"Sent as `{facts['wire']}`.\n")
    matrix = facts["matrix"]
    if isinstance(matrix, list) and len(matrix) <= 8:
        text = "\n".join(line[4:] for line in handbook.drawn(matrix))
        parts.append(f'??? quote "Matrix of {facts["sample"]}"\n\n    ```text\n{_indented(text)}\n    ```\n')
    return "\n".join([*parts, "</div>\n"])


def _is_in_both(name: str) -> bool:
    return len({gate.gateset for gate in GATES.values() if gate.name == name}) > 1


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _drawn(facts: dict[str, object]) -> str:
    """The gate on wires of its own."""
    operands = str(facts["signature"]).rpartition(")")[2] or str(facts["signature"]).partition(" ")[2]
    operands = operands.strip() if ")" in str(facts["signature"]) else str(facts["signature"]).partition(" ")[2]
    gateset = "gateset native\n" if facts["gateset"] == "native" else ""
    program, _ = load(Source(f"{gateset}qubit {operands}\n{facts['sample']} {operands}\n"))
    return svg(program.runs[0], 420, matrices=False).replace("\n", "")


# -- the standard library --------------------------------------------------------------------------------------------


def _library() -> dict[str, str]:
    """A page for each file, from its comments."""
    found = {}
    for path in sorted((ROOT / "grammar" / "std").glob("*.qc")):
        read, errors = chapters([Source(path.read_text(encoding="utf-8"), f"std/{path.name}")])
        assert not errors
        found[f"library/{path.stem}.md"] = markdown(read).replace("\\<", "&lt;")  # mkdocs knows no `\\<`
    table = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    linked = re.sub(
        r"^## std/(\w+)\.qc$",
        r"## std/\1.qc\n\n[Every gate with its definition](library/\1.md)",
        table,
        flags=re.MULTILINE,
    )
    return {"library.md": linked, **found}


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
