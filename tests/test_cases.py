"""The golden cases of tests/cases: the messages about wrong programs, to the column.

Would catch a changed message, a span that is off, a second message for one cause, and an order other than the text's.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import cases
import pytest

from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.pipeline import examine, load, read

ALL = cases.all_cases()
SINGLE = [
    case
    for case in ALL
    if case.path.parent.name == "check" and not re.search(r"include |load\(", case.files[cases.MAIN])
]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_case(
    case: cases.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    out = cases.run(case, tmp_path)
    if request.config.getoption("--update"):
        cases.update(case, out)
    else:
        assert out == case.out


@pytest.mark.parametrize("case", SINGLE, ids=[case.name for case in SINGLE])
def test_a_file_standard_input_and_a_string_give_the_same_spans(
    case: cases.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = cases.encoded(case, case.files[cases.MAIN])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert cases.diagnostics(case, lambda: read("-")).replace("<stdin>", cases.MAIN) == case.out
    string = cases.diagnostics(case, lambda: Source(data.decode()))
    assert string.replace("<string>", cases.MAIN) == case.out


def test_cases_have_names_of_their_own_and_say_so_in_their_files(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        pytest.skip("the files are being rewritten")
    assert len({case.name for case in ALL}) == len(ALL) > 0
    for path in {case.path for case in ALL}:
        written = "".join(map(cases.text, (case for case in ALL if case.path == path)))
        assert written.rstrip("\n") + "\n" == path.read_bytes().decode(), f"{path} has text between its cases"


def test_every_code_of_the_language_has_a_case() -> None:
    shown = {code for case in ALL for code in re.findall(r"\[(QC\d{4})\]", case.out)}
    language = {name for name in CODES if int(name[2:]) < 600}
    below = {"QC0428", "QC0429", "QC0431", "QC0509", "QC0503", "QC0504", "QC0508"}
    elsewhere = {"QC0443", "QC0449", "QC0458", *(f"QC{number:04}" for number in range(433, 440))}
    compiled = {"QC0297", "QC0340", "QC0341", "QC0342", "QC0343", "QC0344"}  # test_dynamic.py, test_dynamic_tools.py
    read = {"QC0241", "QC0459"}  # test_language_load.py, test_language_includes.py
    assert language - shown == below | elsewhere | compiled | read  # test_testing.py, test_cli_verbs.py, test_energy.py


# --- inputs that no case can hold: bytes that are no text, and programs longer than anybody wants to read ------------


def test_a_file_for_others_to_include() -> None:
    source = Source("const n = 3\ngate g a { h a }\n", "lib.qc")
    assert "error[QC0401]" in said(source)
    assert [(one.code, one.severity) for one in examine(source)] == [("QC0431", "note")]


def said(source: Source) -> str:
    with pytest.raises(CompileError) as caught:
        load(source)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"qubit q\nh q # \xfcber\n", "QC0428]: `{path}` is not a text file: byte 14 is not UTF-8 text"),
        ("qubit q\n".encode("utf-16"), "QC0428]: `{path}` is not a text file: byte 0 is not UTF-8 text"),
        (
            "qubit q\n".encode("utf-16-le"),
            "QC0428]: `{path}` is not a text file: byte 1 is 0, which is no character of a text",
        ),
        (bytes(range(256)), "QC0428]: `{path}` is not a text file: byte 128 is not UTF-8 text"),
        (
            b"\x7fELF\x02\x01\x01\0\0",
            "QC0428]: `{path}` is not a text file: byte 7 is 0, which is no character of a text",
        ),
        (b"# long\n" * 1_500_000, "QC0509]: `{path}` is larger than 10 MB"),
        (b".v a b c\n.i a b\nBEGIN\ntof a b c\nEND\n", "QC0429]: `{path}` is a circuit of QCViewer, another format"),
        (b"\n\nBEGIN\nH a\nEND", "QC0429]: `{path}` is a circuit of QCViewer, another format"),
    ],
)
def test_files_that_are_no_programs(data: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As main file, from standard input, and included."""
    monkeypatch.chdir(tmp_path)
    Path("wrong.qc").write_bytes(data)
    with pytest.raises(UsageError, match=re.escape(message.format(path="wrong.qc"))):
        read("wrong.qc")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    with pytest.raises(UsageError, match=re.escape(message.format(path="<stdin>"))):
        read("-")
    Path("main.qc").write_text('qubit q\ninclude "wrong.qc"\nh q\n')
    out = said(read("main.qc"))
    assert message.format(path="wrong.qc") in out.splitlines()[0]
    assert out.splitlines()[1:5] == [" --> main.qc:2:9", "  |", '2 | include "wrong.qc"', "  |         ^^^^^^^^^^"]
    assert out.count("error[") == 1


@pytest.mark.parametrize(
    ("name", "reason"), [("missing.qc", "no such file or directory"), ("folder", "is a directory")]
)
def test_main_files_that_cannot_be_read(
    name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    with pytest.raises(UsageError) as caught:
        read(name)
    assert str(caught.value).splitlines()[0] == f"error[QC0424]: cannot read `{name}`: {reason}"


def test_expressions_nested_without_brackets() -> None:
    out = said(Source("qubit q\nrx(" + "-" * 5000 + "1) q\n"))
    assert out.startswith("error[QC0503]: this is nested too deeply\n --> <string>:2:")
    assert out.count("error[") == 1


def test_definitions_that_call_each_other_too_deep() -> None:
    gates = "".join(f"gate g{k} a {{ g{k + 1} a }}\n" for k in range(150)) + "gate g150 a { h a }\n"
    out = said(Source(gates + "qubit q\ng0 q\n"))
    assert out.startswith("error[QC0504]: gates or functions call each other more than 100 deep\n")
    assert out.count("error[") == 1
    load(Source(gates + "qubit q\ng60 q\n"))


def test_includes_that_stand_too_deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for k in range(120):
        Path(f"f{k}.qc").write_text(f'include "f{k + 1}.qc"\n')
    Path("f120.qc").write_text("gate deep a { h a }\n")
    Path("main.qc").write_text('include "f0.qc"\nqubit q\ndeep q\n')
    out = said(read("main.qc"))
    assert out.startswith("error[QC0508]: includes are nested more than 100 deep\n")
    assert out.count("error[") == 1
    Path("main.qc").write_text('include "f50.qc"\nqubit q\ndeep q\n')
    load(read("main.qc"))
