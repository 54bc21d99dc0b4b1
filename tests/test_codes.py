"""The table of diagnostics is complete: every code is used, worded, explained and shown by a program.

Would catch a code without a row (a KeyError instead of a message), a message whose facts are not given, a number in the
wrong family, an example that no longer provokes its code, and a correction that is not one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import ionqdsl
from ionqdsl.cli.explain import title
from ionqdsl.cli.parsers import parser_of
from ionqdsl.diagnostics import CompileError, Diagnostic, codes
from ionqdsl.diagnostics.codes import CODES, FAMILIES, Code, rows
from ionqdsl.diagnostics.source import Source
from ionqdsl.linter import lint
from ionqdsl.pipeline import examine, load
from ionqdsl.testing.suite import outcomes

PACKAGE = Path(codes.__file__).parents[2]
LANGUAGE = [code for code in CODES.values() if int(code.name[2:]) < 600]
NEED_MORE_THAN_A_PROGRAM = {
    "QC0241",  # a text without a folder
    "QC0297",  # a target
    "QC0330",  # a file of data
    "QC0331",
    "QC0333",  # a flag
    "QC0341",  # a flag
    "QC0342",
    "QC0340",  # said by `check` and `run` alone
    "QC0343",  # Python
    "QC0344",
    "QC0420",  # a flag
    "QC0426",  # several files
    "QC0427",
    "QC0459",
    "QC0460",  # a flag
    "QC0428",  # a file that is not text
    "QC0429",
    "QC0430",  # a flag
    "QC0431",  # a file that is only looked at
    "QC0433",  # a request
    "QC0434",
    "QC0435",  # a run
    "QC0436",
    "QC0437",
    "QC0438",
    "QC0439",
    "QC0443",  # a circuit about which nobody knows
    "QC0449",  # a flag
    "QC0458",  # said by `run` alone
    "QC0503",  # longer than anybody wants to read
    "QC0504",
    "QC0508",
    "QC0509",
}


def reported(text: str) -> list[str]:
    try:
        _, warnings = load(Source(text))
    except CompileError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return [diagnostic.code for diagnostic in warnings]


def said_with_tests(text: str) -> list[str]:
    """The codes of everything that is said about a text with tests: by `check`, by the tests, and by the linter."""
    source = Source(text)
    try:
        found = examine(source)
        tested = outcomes(source)
    except CompileError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    found += [one for outcome in tested for one in outcome.diagnostics]
    return [one.code for one in (*found, *(remark.diagnostic for remark in lint(source)))]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """Every place that names a code: where it is, the code, and the facts given (None where they are computed)."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name == "codes":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or not node.args
                or not isinstance(node.args[0], ast.Constant | ast.IfExp)
            ):
                continue
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and re.fullmatch(r"QC\d{4}", str(part.value)):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", str(part.value), facts(node)


def facts(node: ast.Call) -> set[str] | None:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name not in ("fail", "Mismatch", "report", "Diagnostic"):
        return None
    if name == "Diagnostic":
        given = next((part.value for part in node.keywords if part.arg == "facts"), None)
        given = given if given is not None else node.args[2] if len(node.args) > 2 else ast.Dict([], [])
        if not isinstance(given, ast.Dict) or not all(isinstance(key, ast.Constant) for key in given.keys):
            return None
        return {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}
    if any(part.arg is None for part in node.keywords):
        return None
    return {str(part.arg) for part in node.keywords}


def test_every_code_that_is_used_has_a_row_and_every_row_is_used() -> None:
    named = set()
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name != "codes":
            named |= set(re.findall(r'"(QC\d{4})"', path.read_text(encoding="utf-8")))
    assert named == set(CODES)


def test_numbers_are_unique_and_of_their_family() -> None:
    everything = [(family, name) for family in FAMILIES for name in rows(family)]
    assert sorted(name for _, name in everything) == sorted(CODES)
    for family, name in everything:
        assert any(int(name[2:]) in numbers for numbers in FAMILIES[family]), f"{name} in {family}.py"


def test_every_place_gives_the_facts_its_message_needs() -> None:
    checked = 0
    for where, name, given in calls():
        if given is not None:
            code = CODES[name]
            assert fields(code.message) <= given, f"{where} reports {name} without {fields(code.message) - given}"
            checked += 1
    assert checked > 150


def test_every_case_is_named_somewhere_and_has_the_facts_of_its_text() -> None:
    """And nothing else is named there, nor computed: it would be a KeyError where a message should be."""
    named = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            first = node.args[0] if isinstance(node, ast.Call) and node.args else None
            code = CODES.get(str(first.value)) if isinstance(first, ast.Constant) else None
            if code is None or not code.cases or path.parent.name == "codes":
                continue
            assert isinstance(node, ast.Call)
            if isinstance(node.func, ast.Name) and node.func.id == "Rejected":
                continue  # the plain interpreter says only which code
            given: dict[str, ast.expr] = {str(word.arg): word.value for word in node.keywords}
            record = given.get("facts", node.args[-1])
            if isinstance(record, ast.Dict):
                given = {
                    ast.literal_eval(key): value for key, value in zip(record.keys, record.values, strict=True) if key
                }
            for fact, texts in code.cases.items():
                case = ast.literal_eval(given[fact])
                assert fields(texts[case]) <= given.keys(), f"{path.name}:{node.lineno}"
                named.add((code.name, fact, case))
    assert named == {
        (code.name, fact, case) for code in CODES.values() for fact, texts in code.cases.items() for case in texts
    }


@pytest.mark.parametrize(
    ("code", "facts", "message"),
    [
        ("QC0203", {"gate": "h", "wants": 1, "given": 0}, "gate `h` takes 1 qubit, but none was given"),
        ("QC0203", {"gate": "f", "wants": 0, "given": 1}, "gate `f` takes no qubits, but 1 was given"),
        ("QC0207", {"gate": "f", "wants": range(2, 4), "given": 1}, "gate `f` takes 2 to 3 arguments, but 1 was given"),
        ("QC0207", {"gate": "f", "wants": range(2), "given": 2}, "gate `f` takes 0 to 1 arguments, but 2 were given"),
        (
            "QC0224",
            {"gate": "f", "sizes": (("a", 2), ("b", 3))},
            "the registers given to `f` differ in length: `a` has 2, `b` has 3",
        ),
        ("QC0403", {"circuit": "c", "names": ("a", "b")}, "circuit `c` needs values for `a`, `b`"),
    ],
)
def test_facts_that_are_lists_or_numbers_become_words(code: str, facts: dict[str, object], message: str) -> None:
    assert Diagnostic(code, None, facts).message == message


def test_calls_that_a_text_suggests_are_in_the_public_api() -> None:
    texts = [text for code in CODES.values() for text in (code.message, *code.helps, code.explanation)]
    called = {name for text in texts for name in re.findall(r"\b(?:iq|ionqdsl)\.([a-z]\w*)\(", text)}
    assert called - {*ionqdsl.__all__} == set()
    assert len(called) > 5


LARGE = {"QC0502", "QC0505", "QC0506", "QC0507", "QC0510", "QC0511", "QC0501", "QC0308", "QC1106"}
"""Codes that count far more than one, or a number that is not possible as such."""
LARGE |= {"QC0650", "QC0651", "QC0653", "QC0656", "QC0658", "QC0721", "QC0751", "QC0762", "QC0834", "QC0972", "QC1185"}
LARGE |= {"QC0657", "QC0705", "QC0707", "QC0714", "QC0715", "QC0716", "QC0729", "QC0730", "QC0731", "QC0757", "QC0796"}
LARGE |= {
    "QC0334",
    "QC0338",
    "QC0601",
    "QC0912",
    "QC0346",
    "QC0435",
    "QC0744",
    "QC0898",
    "QC0911",
    "QC0914",
    "QC0955",
    "QC1151",
    "QC1153",
}
NOUNS = "argument bit character circuit control element entrie gate job key letter name operand operation parameter"
NOUNS += " place qubit register row shot slot step term test time value word"


def test_no_message_says_1_qubits() -> None:
    """A number before a noun is written `{count:qubit}`, which knows none, one and several."""
    loose = re.compile(rf"\{{\w+(:,)?\}} (?:{'|'.join(NOUNS.split())})s\b")
    for code in CODES.values():
        phrases = [text for texts in code.cases.values() for text in texts.values()]
        texts = [code.message, code.label, *code.labels.values(), *code.helps, code.otherwise, *phrases]
        assert code.name in LARGE or not any(loose.search(text or "") for text in texts), code.name


def test_a_range_of_one_or_none_is_not_written_as_two_ends() -> None:
    def helps(size: int) -> list[str]:
        return Diagnostic("QC0206", None, {"index": 5, "name": "`q`", "size": size, "indices": range(size)}).helps

    assert helps(3) == ["use 0 to 2; negative ones count from the end"]
    assert helps(1) == ["use 0; negative ones count from the end"]
    assert helps(0) == ["make it longer: an empty register or list has no index"]


def test_a_help_without_anything_to_list_is_left_out() -> None:
    facts = {"circuit": "c", "given": 1}
    assert Diagnostic("QC0406", None, {**facts, "wants": ()}).helps == [
        "leave the arguments out: the circuit has no parameters"
    ]
    assert "`a`" in str(Diagnostic("QC0406", None, {**facts, "wants": ("a",)}).helps)


def test_a_long_list_is_cut() -> None:
    facts = {"gate": "ms", "first": 0, "second": 99, "source": "a file", "near": tuple(range(1, 30))}
    assert "connected with 1, 2, 3" in Diagnostic("QC0760", None, facts).helps[0]
    assert "19, 20, ..." in Diagnostic("QC0760", None, facts).helps[0]
    alone = {**facts, "near": None, "alone": 0}
    assert Diagnostic("QC0760", None, alone).helps[0] == "by a file, qubit 0 is connected with no other qubit"


def test_every_code_is_worded_and_explained() -> None:
    for name, code in CODES.items():
        assert code.message, name
        assert not code.message.endswith("."), name
        first = code.message[0]
        assert first.islower() or first in "`{-" or code.message.startswith(("API", "IonQ", "OpenQASM")), name
        assert len(code.explanation) > 40, name
        assert code.explanation == code.explanation.strip(), name
        assert code.severity in ("error", "warning", "note"), name
        for text in (code.message, code.label, code.otherwise, *code.helps, *code.labels.values()):
            assert all(map(str.isidentifier, fields(text))), name  # a brace not doubled makes a fact nobody gives
        # it is printed as it is, without facts
        assert not re.search(r"{\w+}", re.sub("`[^`]*`", "", code.explanation)), name


def test_a_title_has_the_braces_of_programs_and_none_of_facts() -> None:
    """`{{` in a template is a brace; a title shows an ellipsis for each fact and nothing of its format."""
    for name, code in CODES.items():
        shown = title(code)
        assert "{{" not in shown, name
        assert "{…" not in shown, name
        assert shown.count("…") == len([fact for _, fact, _, _ in Formatter().parse(code.message) if fact]), name


def test_every_error_says_one_thing_to_try() -> None:
    silent = [name for name, code in CODES.items() if code.severity == "error" and not (code.helps or code.otherwise)]
    assert silent == []


def test_commands_that_a_text_suggests_exist_with_their_flags() -> None:
    suggested = {
        (code.name, command)
        for code in CODES.values()
        for text in (code.message, code.explanation, *code.helps, code.otherwise)
        for command in re.findall(r"`ionqdsl ((?!--)[a-z][^`]*)`", text)
    }
    assert len(suggested) > 50
    for name, command in suggested:
        verb, *words = command.split()
        _, parser = parser_of(verb)
        flags = {flag for action in parser._actions for flag in action.option_strings}
        used = {word for word in words if word.startswith("-") and word != "-"}
        assert used <= flags, f"{name}: {command}"
        if used:
            required = [
                action.option_strings for action in parser._actions if action.required and action.option_strings
            ]
            assert all(used & {*spellings} for spellings in required), f"{name}: {command}"
        positional = next(action for action in [*parser._actions, None] if action is None or not action.option_strings)
        if positional is not None and positional.choices and words:
            assert words[0] in positional.choices, f"{name}: {command}"


def test_the_language_teaches() -> None:
    """Codes of the language offer something to try, explain themselves at length, and show a program."""
    for code in LANGUAGE:
        assert code.helps or code.otherwise, code.name
        assert len(code.explanation) > 130, code.name
        assert bool(code.example) != (code.name in NEED_MORE_THAN_A_PROGRAM), code.name
        assert bool(code.example) == bool(code.fixed), code.name


@pytest.mark.parametrize("code", [c for c in LANGUAGE if c.example], ids=[c.name for c in LANGUAGE if c.example])
def test_the_example_provokes_the_code_and_the_correction_nothing(code: Code) -> None:
    said = said_with_tests if code.name in rows("tests") else reported
    assert said(code.example) == [code.name]
    assert said(code.fixed) == []
