"""Circuits that papers publish results for, in two spellings, and the results to compare with.

Nothing of others is stored here: texts are read from the web at a fixed commit (kept.py). The published results are
outputs of Nam, Ross, Su, Childs and Maslov, "Automated optimization of large quantum circuits with continuous
parameters", npj Quantum Information 4, 23 (2018), as Quartz keeps them; their two-qubit gates are counted here.
"""

from __future__ import annotations

import re

from tests.bench.kept import GUOQ, Source

NAMES = (
    *("tof_3", "tof_4", "tof_5", "tof_10", "barenco_tof_3", "barenco_tof_4", "barenco_tof_5", "barenco_tof_10"),
    *("mod5_4", "vbe_adder_3", "rc_adder_6", "adder_8", "mod_red_21", "mod_mult_55", "csla_mux_3", "csum_mux_9"),
    *("qcla_com_7", "qcla_adder_10", "qcla_mod_7", *(f"gf2^{n}_mult" for n in (4, 5, 6, 7, 8, 9, 10))),
)

_QUARTZ = "quantum-compiler/quartz", "64e526d9a92742b18bf92660215b815dfcba025a"
_OUTPUTS = "circuit/nam-circuits/qasm_files/{}_"

SPELLINGS = {
    "ccx": Source(*GUOQ, "benchmarks/benchmarksCCX/{}.qasm"),
    "cx, h, t": Source(*_QUARTZ, f"{_OUTPUTS}before.qasm"),
}
"""The format of a circuit -> its source."""

_TOFFOLI = r"""h \3; cx \2,\3; tdg \3; cx \1,\3; t \3; cx \2,\3; tdg \3; cx \1,\3;
t \2; t \3; h \3; cx \1,\2; t \1; tdg \2; cx \1,\2;"""
"""Nielsen and Chuang, figure 4.9."""

PUBLISHED = Source(*_QUARTZ, f"{_OUTPUTS}after_heavy.qasm")


def spelling(name: str, gates: str) -> str:
    """A circuit written in these gates; one of the files has Toffolis left."""
    if gates == "ccx":
        return SPELLINGS[gates].text(name)
    return re.sub(r"ccx ([^,]*), ?([^,]*), ?([^;]*);", _TOFFOLI, SPELLINGS[gates].text(_file_of(name)))


def published(name: str) -> str:
    """The output of Nam et al."""
    return PUBLISHED.text(_file_of(name))


def _file_of(name: str) -> str:
    """The name of a circuit in Quartz's folder, where an exponent is E."""
    return name.replace("^", "^E")


def two_qubit_gates(text: str) -> int:
    """The two-qubit gates of a text in OpenQASM 2, which has only `cx` and `cz`."""
    return len(re.findall(r"^\s*c[xz]\b", text, re.MULTILINE))
