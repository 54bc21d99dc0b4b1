"""The manual's sections include and Limits: which files may be included, and how large anything may get.

Would catch an included file that reaches out of its folder, a cycle that hangs, and limits that do not hold.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import codes, rows

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError, UsageError


def write(folder: Path, **files: str) -> Path:
    """Writes `a__b` as a/b.qc; gives back main.qc."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".qc")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder / "main.qc"


def found(path: Path) -> list[str]:
    try:
        return [d.code for d in stages.load(stages.read(str(path)))[1]]
    except CompileError as error:
        return [d.code for d in error.diagnostics]


def test_included_files_may_hold_definitions(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main='include "lib.qc"\nrun c(k)',
        lib="const k = 2\ngate g a { h a }\nhamiltonian hh = Z[0]\ncircuit c(n) { qubit q[n]; g q }",
    )
    program, _ = stages.load(stages.read(str(main)))
    assert [op.gate for op in program.runs[0].rows] == ["h", "h"]


@pytest.mark.parametrize(
    "text", ["qubit q", "job { shots = 1 }", "param t", "run c", 'function { type = "a"; data { } }', "h q"]
)
def test_and_nothing_else(tmp_path: Path, text: str) -> None:
    assert "QC0426" in found(write(tmp_path, main='include "lib.qc"\nqubit z\nh z', lib=text))


def test_paths_are_relative_to_the_including_file(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main='include "sub/one.qc"\nqubit q\ng q',
        sub__one='include "two.qc"\ngate g a { f a }',
        sub__two="gate f a { x a }",
        two="gate f a { y a }",
    )
    assert [op.gate for op in stages.load(stages.read(str(main)))[0].runs[0].rows] == ["x"]


def test_a_file_is_read_once(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main='include "one.qc"\ninclude "two.qc"\ninclude "./one.qc"\nqubit q\ng q',
        one="gate g a { x a }",
        two='include "one.qc"\nconst k = 1',
    )
    assert found(main) == []


def test_a_circuit_of_an_included_file_that_runs_too_is_noted(tmp_path: Path) -> None:
    """It costs as much as those of the file; a note at each, unless `run` chooses or the file has no circuit."""
    lib = "gate g a { x a }\ncircuit demo { qubit q; g q }\ncircuit open(t) { qubit q; rx(t) q }\n"
    mine = 'include "lib.qc"\ncircuit mine { qubit q[2]; g q[0] }\n'
    program, noticed = stages.load(stages.read(str(write(tmp_path, main=mine, lib=lib))))
    assert [run.name for run in program.runs] == ["demo", "mine"]
    assert [(one.code, str(one.facts["name"])) for one in noticed] == [("QC0459", "demo")]
    assert "run mine" in noticed[0].render()
    assert [span.source.file for span in (noticed[0].span, noticed[0].labels[0][0]) if span] == ["main.qc", "lib.qc"]
    assert found(write(tmp_path, main=mine + "run mine\n")) == []
    assert found(write(tmp_path, main='include "lib.qc"\n')) == []
    assert found(write(tmp_path, main=mine + "param u\nqubit q\nh q\n")) == ["QC0417"]


def test_a_cycle_is_an_error_that_shows_the_chain(tmp_path: Path) -> None:
    main = write(tmp_path, main='include "one.qc"\nqubit q\nh q', one='include "two.qc"', two='include "one.qc"')
    with pytest.raises(CompileError) as caught:
        stages.load(stages.read(str(main)))
    assert "one.qc -> two.qc -> one.qc" in str(caught.value)
    assert found(write(tmp_path, main='include "main.qc"\nqubit q\nh q')) == ["QC0427"]


def test_never_outside_the_main_file_s_folder(tmp_path: Path) -> None:
    """Not upwards, not by an absolute path, not through a link."""
    (tmp_path / "secret.qc").write_text("const k = 1")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "link.qc").symlink_to(tmp_path / "secret.qc")
    for path in ("../secret.qc", str(tmp_path / "secret.qc"), "link.qc", "../project/../secret.qc"):
        assert found(write(folder, main=f'include "{path}"\nqubit q\nh q')) == ["QC0425"], path
    assert found(write(folder, main='include "../project/in.qc"\nqubit q\nh q', **{"in": "const k = 1"})) == []


@pytest.mark.parametrize("path", ["missing.qc", "", ".", "a\\\\0b"])
def test_files_that_cannot_be_read(tmp_path: Path, path: str) -> None:
    assert found(write(tmp_path, main=f'include "{path}"\nqubit q\nh q')) == ["QC0424"]


def test_errors_in_included_files_name_them(tmp_path: Path) -> None:
    main = write(tmp_path, main='include "lib.qc"\nqubit q\ng q', lib="\ngate g a { foo a }")
    with pytest.raises(CompileError) as caught:
        stages.load(stages.read(str(main)))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "QC0202"
    assert diagnostic.span.source.name.endswith("lib.qc")
    assert "lib.qc:2:12" in str(caught.value)


# --- limits ----------------------------------------------------------------------------------------------------------


def test_ten_million_operations() -> None:
    """Counted before they are made, so that a small text cannot fill the memory."""
    doubling = "".join(f"gate g{k + 1} a {{ g{k} a; g{k} a }}\n" for k in range(40))
    assert codes(f"gate g0 a {{ x a }}\n{doubling}qubit q\ng40 q") == ["QC0501"]
    assert codes("gate g a, b { cnot a, b; h a }\nqubit q[2]\npow(10000000) @ g q") == ["QC0501"]


def test_all_runs_together_have_ten_million_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ionqdsl.language.lower.runs.MAX_OPERATIONS", 1000)
    many = "circuit c(t) { qubit q; pow(100) @ rz(1) q; pow(100) @ u3(1, 2, t) q }\n"
    assert codes(many + "run c(1), c(2), c(3)") == []
    assert codes(many + "run c(t) for t in range(100)") == ["QC0501"]
    assert codes("param t\nqubit q\npow(100) @ u3(1, 2, t) q", sweeps={"t": "range(100)"}) == ["QC0501"]


def test_a_hundred_nested_gate_calls() -> None:
    chain = "".join(f"gate g{k + 1} a {{ g{k} a }}\n" for k in range(200))
    text = f"gate g0 a {{ x a }}\n{chain}qubit q\n"
    assert codes(text + "g90 q") == []
    assert codes(text + "g150 q") == ["QC0504"]


def test_a_hundred_nested_includes(tmp_path: Path) -> None:
    files = {f"f{k}": f'include "f{k + 1}.qc"\n' for k in range(150)} | {"f150": "const k = 1"}
    assert found(write(tmp_path, main='include "f60.qc"\nqubit q\nh q', **files)) == []
    assert found(write(tmp_path, main='include "f0.qc"\nqubit q\nh q')) == ["QC0508"]


def test_ten_megabytes_of_source(tmp_path: Path) -> None:
    path = tmp_path / "big.qc"
    path.write_bytes(b"# " + b"x" * 10_000_000)
    with pytest.raises(UsageError) as caught:
        stages.read(str(path))
    assert [d.code for d in caught.value.diagnostics] == ["QC0509"]
    assert found(write(tmp_path, main='include "big.qc"\nqubit q\nh q')) == ["QC0509"]


def test_other_sizes() -> None:
    assert codes("qubit q[10000000]\nh q") == ["QC0505"]
    assert codes("qubit q[0]\nh q") == ["QC0505"]
    assert codes("qubit q[-1]\nh q") == ["QC0505"]
    assert codes("qubit q[1.5]\nh q") == ["QC0307"]
    assert codes("param t[1000000]\nqubit q\nh q") == ["QC0506"]
    assert codes("qubit q\nrx(" + "(" * 5000 + "1" + ")" * 5000 + ") q") == ["QC0105"]
    assert codes("qubit q\n" + "if true { " * 2000 + "h q" + " }" * 2000) == ["QC0105"]
    assert rows("qubit q\nrx(" + " + ".join(["1"] * 5000) + ") q") == [("rx", (0,))]
    assert set(codes("qubit q\nrx(" + "-" * 20000 + "1) q")) <= {"QC0503"}


def test_a_qcviewer_file_is_told_from_ours(tmp_path: Path) -> None:
    path = tmp_path / "other.qc"
    path.write_text(".v a b c\n.i a b\n.o c\n\nBEGIN\nH a\ntof a b c\nEND\n")
    with pytest.raises(UsageError) as caught:
        stages.read(str(path))
    assert [d.code for d in caught.value.diagnostics] == ["QC0429"]
