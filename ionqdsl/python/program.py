"""A whole program in Python: its job and its circuits, which are `Circuit`s.

The compiler returns its parts and takes it again. Iterating, counting and indexing go over the circuits that run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, overload

from ionqdsl.ir import job, symbolic
from ionqdsl.ir.arguments import mapping_of, refused, seed_if_any, text_of, whole
from ionqdsl.ir.options import Options
from ionqdsl.python.builder import Circuit
from ionqdsl.python.choices import Figures, checked, figures_of, warn

if TYPE_CHECKING:
    from ionqdsl.simulation.observables import Expectation


class Program(job.LoweredProgram):
    """A whole program: its job, its circuits, and which of them run.

    `circuits` maps names to all circuits; `runs` lists those of the job in order, and iterating goes over it.
    """

    @classmethod
    def of(cls, program: job.LoweredProgram, compiled: Sequence[Options | None] = ()) -> Self:
        """The compiler's program, its circuits with the methods of `Circuit`.

        `compiled` holds the options that each of the runs was compiled with, if it just was.
        """
        names = [name for name, (_, value) in program.parameters.items() if value is None]
        options = compiled or [getattr(circuit, "compiled", None) for circuit in program.runs]
        return cls(
            job.Job(dict(program.job.settings)),
            {name: Circuit.of(circuit, names) for name, circuit in program.circuits.items()},
            [Circuit.of(circuit, names, how) for circuit, how in zip(program.runs, options, strict=True)],
            program.is_multi,
            program.energy,
            program.function,
            program.parameters,
            program.span,
            program.is_request,
            program.origin,
            energies=program.energies,
            hamiltonians=program.hamiltonians,
            points=program.points,
        )

    if TYPE_CHECKING:
        circuits: dict[str, Circuit]  # type: ignore[assignment]
        runs: list[Circuit]  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Circuit]:
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)

    def __bool__(self) -> bool:
        return True  # an energy runs no circuits

    @overload
    def __getitem__(self, index: SupportsIndex | str) -> Circuit: ...
    @overload
    def __getitem__(self, index: slice) -> list[Circuit]: ...

    def __getitem__(self, index: SupportsIndex | str | slice) -> Circuit | list[Circuit]:
        """A circuit that runs, by its position or its name, or several as a list."""
        if isinstance(index, str):
            by_name = {**self.circuits, **{circuit.name: circuit for circuit in self.runs}}
            if index not in by_name:
                raise refused("the name of a circuit", f"one of {', '.join(by_name)}"[:200], index)
            return by_name[index]
        return self.runs[index if isinstance(index, slice) else whole(index, "the position of a circuit")]

    def __str__(self) -> str:
        """The program as `.qc` text, lowered."""
        from ionqdsl.emit import qc

        return qc.program_text(self)

    def __repr__(self) -> str:
        from ionqdsl.diagnostics.rendering import filled  # late: few programs are shown

        circuits = filled("{count:circuit} to run", {"count": len(self.runs)})
        return f"<program: {'an energy' if self.energy else 'a function' if self.function else circuits}>"

    def bind(self, values: Mapping[Any, Any] | None = None, /, *, simplify: bool = False, **named: Any) -> Self:
        """The program with values for parameters in all its circuits, like `Circuit.bind`."""
        values_by_name = {**mapping_of(values, "the values"), **named}
        parameters = {name for circuit in (*self.circuits.values(), *self.runs) for name in circuit.parameters}
        parameters |= {name for circuit in self.runs for name in circuit.declared}
        for name in values_by_name:
            if str(name) not in parameters and str(name) not in {full.partition("[")[0] for full in parameters}:
                raise symbolic.unknown(str(name), sorted(parameters))
        result = type(self).of(self)
        declared = {*parameters, *map(str, values_by_name)}
        result.circuits = {n: symbolic.bind(c, values_by_name, declared=declared) for n, c in self.circuits.items()}
        for number, run in enumerate(result.runs):
            whole = run.replace(declared=tuple(declared)).bind(values_by_name, simplify=simplify)
            result.runs[number] = whole.replace(declared=run.declared)
        return result

    def expectations(
        self, shots: int | None = None, *, seed: int | None = None, noise: str | None = None
    ) -> list[Expectation]:
        """The values of the program's energy on this computer: one, or one for each point of a sweep.

        Exact without `shots`; those of the job do not count. `noise` as in `run`. Raises CompileError.
        """
        from ionqdsl.python import means

        name = None if noise is None else text_of(noise, "the noise model")
        model = means.model_of(self.job if name is None else job.Job({"noise.model": job.JobValue(name)}))
        found = means.energies(self, means.shots_of(shots), seed_if_any(seed), model, means.options_for(model))
        return [value for _, value in found]

    def payload(
        self,
        *,
        backend: str | None = None,
        shots: int | None = None,
        name: str | None = None,
        noise: str | None = None,
        dry_run: bool | None = None,
        characterization: Figures | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """The request body for the service, as plain data. Keywords override the program's own settings.

        `options` are those of `compile` and `wire`. The same program gives the same payload every time. Raises
        CompileError for anything the service would refuse.
        """
        from ionqdsl.accept import accept
        from ionqdsl.pipeline import payload, transpile

        settings = {"backend": backend, "shots": shots, "name": name, "noise.model": noise, "dry_run": dry_run}
        program = accept(self, settings).program
        chosen = checked(Options(characterization=figures_of(characterization), **options))
        compiled, noticed, _ = transpile(program, chosen)
        warn(noticed)
        return payload(compiled, chosen)
