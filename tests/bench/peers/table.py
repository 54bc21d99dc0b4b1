"""The compilers that are compared: one row a setting.

A row names a module that knows the framework (`read` a text, `rows` of a result), the function in it that compiles, and
its arguments. Modules are loaded by name, so that measuring one framework imports no other.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, NamedTuple


class Peer(NamedTuple):
    """`target` is the machine whose gates come out; results for forte are counted for aria too, zz written as xx."""

    name: str
    setting: str
    target: str
    module: str
    function: str
    arguments: dict[str, Any]
    packages: tuple[str, ...]
    contracts: tuple[str, ...] = ("unitary", "measurement", "outcomes")

    @property
    def key(self) -> str:
        """Name, setting and target in one word."""
        return f"{self.name}/{self.setting}/{self.target}"


def _ionq(setting: str, function: str, **arguments: Any) -> list[Peer]:
    packages = ("qiskit-ionq", "qiskit")
    return [
        Peer("qiskit-ionq", setting, target, "with_qiskit", function, {"machine": target, **arguments}, packages)
        for target in ("aria", "forte")
    ]


def _own(setting: str, preserve: str = "measurement", **arguments: Any) -> list[Peer]:
    contracts = ("unitary", "measurement", "outcomes")
    return [
        Peer(
            "ionqdsl",
            setting,
            target,
            "with_ionqdsl",
            "compiled",
            {"machine": target, "preserve": preserve, **arguments},
            ("ionqdsl",),
            contracts[contracts.index(preserve) :][:1],
        )
        for target in ("aria", "forte")
    ]


PEERS: dict[str, Peer] = {
    peer.key: peer
    for peer in (
        Peer("qiskit", "rzz", "forte", "with_qiskit", "plain", {"basis": "rz sx x rzz"}, ("qiskit",)),
        Peer("qiskit", "rxx", "aria", "with_qiskit", "plain", {"basis": "rz sx x rxx"}, ("qiskit",)),
        *_ionq("default", "ionq"),
        *_ionq("3", "ionq", level=3),
        *_ionq("plugin", "plugin", level=3),
        Peer("pytket", "peephole", "forte", "with_pytket", "peephole", {}, ("pytket",)),
        Peer("pytket", "greedy", "forte", "with_pytket", "greedy", {}, ("pytket",)),
        Peer("cirq-ionq", "default", "aria", "with_cirq", "ionq", {"machine": "aria"}, ("cirq-ionq", "cirq-core")),
        Peer("cirq-ionq", "default", "forte", "with_cirq", "ionq", {"machine": "forte"}, ("cirq-ionq", "cirq-core")),
        *_own("O1", level=1),
        *_own("O2", level=2),
        *_own("O2 unitary", "unitary", level=2),
        *_own("O2 outcomes", "outcomes", level=2),
        *_own("O3", level=3, effort=10.0),
        *_own("O3 effort 60", level=3, effort=60.0),
    )
}
"""Quick ones first: a run that is broken off has most of the picture."""

MEANINGS = {
    "qiskit/rzz": "plain Qiskit, `transpile(basis_gates=[rz, sx, x, rzz], optimization_level=3)`",
    "qiskit/rxx": "the same with rxx",
    "qiskit-ionq/default": "IonQ's plug-in for Qiskit, native gates, Qiskit's default level",
    "qiskit-ionq/3": "the same, `optimization_level=3`",
    "qiskit-ionq/plugin": "the same with its `TrappedIonOptimizerPlugin`, level 3",
    "cirq-ionq/default": "`optimize_for_target_gateset` with IonQ's Aria or Forte gateset",
    "pytket/peephole": "`FullPeepholeOptimise` to TK2, then `DecomposeTK2` to ZZPhase of any angle",
    "pytket/greedy": "`GreedyPauliSimp`, then the same",
    "ionqdsl/O1": "`-O1`",
    "ionqdsl/O2": "`-O2`, the default for native targets",
    "ionqdsl/O2 unitary": "`-O2 --preserve unitary`",
    "ionqdsl/O2 outcomes": "`-O2 --preserve outcomes`",
    "ionqdsl/O3": "`-O3`, ten seconds of search",
    "ionqdsl/O3 effort 60": "`-O3 --effort 60`",
}


def version(peer: Peer) -> str:
    """Versions of the packages a row stands for; of this project also a hash of the compiler."""
    return versions(peer.packages)


@cache
def versions(packages: tuple[str, ...]) -> str:
    """The versions of packages, of this project also a hash of the compiler."""
    found = [f"{package} {metadata.version(package)}" for package in packages]
    if packages == ("ionqdsl",):
        found.append(source_hash(_COMPILES))
    return " ".join(found)


_COMPILES = ("ir", "algebra", "passes")
"""The packages that decide the result of a compilation."""


def source_hash(folders: tuple[str, ...] = ("",)) -> str:
    """A hash of the modules in some folders of this project's package and below, or in all."""
    digest = hashlib.sha256()
    root = Path(str(resources.files("ionqdsl")))
    for file in sorted({file for name in folders for file in (root / name).rglob("*.py")}):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]
