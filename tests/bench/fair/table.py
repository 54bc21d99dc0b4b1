"""Who is compared under which contract: one row a setting, all of them told to make `zz` gates of any angle.

A setting promises a contract, so its results count under that one and all weaker ones. Modules are loaded by name, so
that measuring one framework imports no other.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from typing import Any, NamedTuple

from tests.bench.peers.table import versions

CONTRACTS = ("unitary", "permuted", "measurement", "outcomes")
"""Strictest first. `outcomes`: the peers are told that qubits start in |0> and are measured, nothing else."""

OWN = "ionqdsl"


class Setting(NamedTuple):
    """`widest` is the widest circuit that it is tried on, which only one slow compiler limits."""

    name: str
    contract: str
    function: str
    meaning: str
    arguments: dict[str, Any] = {}
    widest: int = 10_000

    @property
    def key(self) -> str:
        """Name and contract in one word."""
        return f"{self.name}/{self.contract}"

    @property
    def level(self) -> int:
        """The level of a setting of ours, 0 of others'."""
        return int(self.arguments.get("level", 0))

    @property
    def compiler(self) -> str:
        """The framework's name."""
        return self.name.partition("-")[0]

    @property
    def version(self) -> str:
        """Versions of the packages, of this project also a hash of the compiler."""
        return versions(PACKAGES[self.compiler])

    @property
    def is_installed(self) -> bool:
        """Whether its packages are here."""
        try:
            return bool(self.version)
        except PackageNotFoundError:
            return False


PACKAGES = {
    "qiskit": ("qiskit",),
    "pytket": ("pytket",),
    "pyzx": ("pyzx", "pytket"),
    "bqskit": ("bqskit",),
    "guoq": ("wisq", "pytket"),
    OWN: (OWN,),
}


def own(contract: str, level: int = 2) -> str:
    """The key of our own setting."""
    return f"{OWN}-O{level}/{contract}"


def _own(contract: str, level: int) -> Setting:
    """The search of level 3 has its default budget, ten seconds of one core."""
    meaning = f"`-O{level} --preserve {contract}`"
    return Setting(f"{OWN}-O{level}", contract, "own", meaning, {"preserve": contract, "level": level})


_ROWS = (
    *(_own(contract, 2) for contract in CONTRACTS),
    _own("unitary", 3),
    Setting("qiskit-3", "unitary", "exact", "level 3 without the passes that leave out swaps"),
    Setting("qiskit-3", "permuted", "elided", "level 3; its final layout is read off"),
    Setting("qiskit-3", "measurement", "measured", "`OptimizeSwapBeforeMeasure`, then level 3, every qubit measured"),
    Setting("qiskit-3", "outcomes", "from_zeros", "`HoareOptimizer` from \\|0...0>, then the same", widest=12),
    Setting("pytket-peephole", "unitary", "peephole", "`FullPeepholeOptimise` to TK2 without swaps, then ZZPhase"),
    Setting("pytket-peephole", "permuted", "peephole", "the same with implicit swaps", {"may_swap": True}),
    Setting("pytket-peephole", "measurement", "measured", "the same, every qubit measured, then `RemoveRedundancies`"),
    Setting(
        "pytket-peephole",
        "outcomes",
        "from_zeros",
        "the same with qubits created in \\|0>, `SimplifyInitial`, `RemoveDiscarded`",
    ),
    Setting("pytket-greedy", "unitary", "greedy", "`GreedyPauliSimp`, then peephole without swaps"),
    Setting("pytket-greedy", "permuted", "greedy", "the same with implicit swaps", {"may_swap": True}),
    Setting(
        "pytket-greedy",
        "outcomes",
        "from_zeros",
        "the same with qubits created in \\|0>, as above",
        {"first": "greedy"},
    ),
    Setting("pyzx-full", "unitary", "exact", "`full_reduce`, extracted, then pytket's peephole without swaps"),
    Setting("pyzx-full", "permuted", "permuted", "the same with implicit swaps"),
    Setting("bqskit-3", "unitary", "exact", "`compile(..., optimization_level=3)` to RZZ and U3", widest=4),
    Setting("guoq", "unitary", "exact", "a minute of `wisq` for cx, then pytket's peephole without swaps", widest=10),
)

SETTINGS: dict[str, Setting] = {setting.key: setting for setting in _ROWS}


def valid_under(contract: str) -> list[Setting]:
    """The peers' settings whose results are valid under a contract, which are those of the stricter ones too."""
    allowed = CONTRACTS[: CONTRACTS.index(contract) + 1]
    return [setting for setting in _ROWS if setting.compiler != OWN and setting.contract in allowed]
