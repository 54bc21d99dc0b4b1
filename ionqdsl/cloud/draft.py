"""Turns a compiled program into the exact requests of one submission, including tags.

Takes a program that is ready to send, or a job to run once more, and returns a `Draft`: one request, or several if the
program is more than the service takes at once. Nothing is recorded or sent here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, NamedTuple

from ionqdsl.cloud.fields import at, block
from ionqdsl.cloud.keepsake import keepsake, part_of
from ionqdsl.cloud.ledger import Part, Submission, new_tag
from ionqdsl.cloud.states import TAG_KEY
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import limits
from ionqdsl.emit import payload as emit
from ionqdsl.emit.dynamic import sending_order
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.ir.targets import PayloadProfile, backend_of
from ionqdsl.record import changed


@dataclass(frozen=True)
class Draft:
    """A submission that is not recorded yet: its parts, the bytes of each, and the data for reading its results."""

    tag: str
    parts: tuple[Part, ...]
    bodies: tuple[bytes, ...]
    backend: str | None
    name: str | None
    shots: int | None
    keepsake: Mapping[str, Any]
    source_name: str | None = None
    source_text: str | None = None
    plan: str | None = None
    clone_of: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file that the source includes or loads, by path from its folder."""

    def submission(self, url: str, account: str) -> Submission:
        """The ledger's entry for sending it to a service."""
        return Submission(
            self.tag, fingerprint(self, url), url, account, self.parts, self.backend, self.name, self.shots,
            plan=self.plan, clone_of=self.clone_of,
            source_name=self.source_name, source_text=self.source_text, keepsake=self.keepsake,
        )  # fmt: skip


def prepare(
    program: LoweredProgram,
    profile: PayloadProfile,
    environment: Mapping[str, str] | None = None,
    source: Source | None = None,
    tag: str | None = None,
) -> tuple[Draft, list[Diagnostic]]:
    """The requests of a program, and warnings. Raises CompileError for anything the service would refuse."""
    tag = tag or new_tag()
    _check_room(program.job)
    order = sending_order(program)
    sent = program if order is None else _reordered(program, order)
    alone = sum(circuit.is_dynamic for circuit in sent.runs) if len(sent.runs) > 1 else 0
    written, warnings = _written(_pieces(sent, profile, alone), tag, profile, environment)
    if len(written) > 1:
        code, counted = ("QC0797", {"own": alone}) if alone else ("QC0914", {"circuits": len(program.runs)})
        warnings.append(Diagnostic(code, program.span, {"count": len(written), **counted}))
    backend, name = (_text(program.job.get(path), environment) for path in ("backend", "name"))
    source_name, source_text = (None, None) if source is None else (source.name, source.text)
    draft = Draft(
        tag, _parts(tag, written), tuple(piece.body for piece in written), backend, name, program.job.get("shots"),
        keepsake(sent, source, order), source_name, source_text, files=_digests(source),
    )  # fmt: skip
    return draft, warnings


class WrittenPiece(NamedTuple):
    """A piece of a program, ready to send: the number of its circuits, and the bytes of the request."""

    circuits: int
    body: bytes


def _written(
    pieces: list[LoweredProgram], tag: str, profile: PayloadProfile, environment: Mapping[str, str] | None
) -> tuple[list[WrittenPiece], list[Diagnostic]]:
    """The requests of pieces, each with its tag, and warnings; a piece of too many bytes is sent in halves."""
    written: list[WrittenPiece] = []
    warnings: dict[tuple[str, str], Diagnostic] = {}
    while pieces:
        piece = pieces.pop(0)
        own = _part_tag(tag, len(written) + 1) if written or pieces else tag
        tagged = emit.with_register_names(_tagged(piece, own))
        for warning in limits.check(tagged, profile, environment):
            warnings.setdefault((warning.code, str(warning.facts)), warning)
        try:
            written.append(WrittenPiece(len(piece.runs), emit.request(tagged, profile, environment)))
        except CompileError as error:
            if len(piece.runs) < 2 or error.diagnostics[0].code != "QC0731":
                raise
            half = len(piece.runs) // 2
            pieces[:0] = [changed(piece, runs=piece.runs[:half]), changed(piece, runs=piece.runs[half:])]
    return written, list(warnings.values())


def _digests(source: Source | None) -> dict[str, str]:
    """SHA-256 of each file that a source includes or loads, by path from its folder."""
    if source is None:
        return {}
    folder = os.path.dirname(os.path.realpath(source.name))
    return {
        os.path.relpath(path, folder): sha256(content.encode()).hexdigest()
        for path, content in sorted(source.files.items())
    }


def clone(
    parent: Mapping[str, Any], changes: Mapping[str, Any], most_metadata: int, entry: Submission | None = None
) -> Draft:
    """The request that has the service run a job once more, under a new tag.

    `parent` is the job as the service describes it, `changes` are fields such as shots, backend or name; with the
    ledger's entry of the parent, results carry the same names. The clone's metadata are the parent's except for the
    tag. Raises CompileError if they leave no room for it, or if the other backend cannot run the job.
    """
    job_id, tag = str(parent["id"]), new_tag()
    metadata = {key: value for key, value in block(parent, "metadata").items() if key != TAG_KEY}
    if len(metadata) >= most_metadata:
        full = Diagnostic(
            "QC0912", None, {"reason": "full", "id": job_id, "count": len(metadata), "most": most_metadata}
        )
        raise CompileError([full])
    settings = {key: value for key, value in changes.items() if value is not None}
    if entry is not None and parent.get("type") == emit.QASM3:
        _check_measurements(settings.get("backend"), settings.get("noise", parent.get("noise")))
    settings["metadata"] = {**metadata, **(settings.get("metadata") or {}), TAG_KEY: tag}
    body = json.dumps(settings, separators=(",", ":"), allow_nan=False).encode()
    data: Mapping[str, Any] = {"circuits": []}
    if entry is not None and entry.keepsake:
        own = next((part for part in entry.parts if job_id in (part.job_id, *part.doubles)), entry.parts[0])
        data = part_of(entry.keepsake, own.first, own.count) if len(entry.parts) > 1 else entry.keepsake
    backend, name, shots = (settings.get(key, parent.get(key)) for key in ("backend", "name", "shots"))
    backend, name = (value if isinstance(value, str) else None for value in (backend, name))
    shots = shots if isinstance(shots, int) and 0 <= shots < 2**63 else None  # the ledger holds no other numbers
    return Draft(
        tag, _parts(tag, [WrittenPiece(len(data["circuits"]) or 1, body)]), (body,), backend, name, shots, data,
        *((entry.source_name, entry.source_text) if entry else (None, None)), clone_of=job_id,
    )  # fmt: skip


def _check_measurements(backend: Any, noise: Any) -> None:
    """Raises CompileError if a job of ours with measurements in the middle goes to a backend that cannot run it."""
    family = backend_of(backend) if isinstance(backend, str) else None
    model = at(noise, "model")
    if family is not None and not family.measures:
        raise CompileError([Diagnostic("QC0792", None, {"backend": backend})])
    if family is not None and family.is_simulator and model in (None, "ideal"):
        raise CompileError([Diagnostic("QC0795")])


def fingerprint(draft: Draft, url: str) -> str:
    """Equal for two drafts that ask the same of the same service: covers everything except their tags."""
    digest = sha256(url.encode() if draft.clone_of is None else f"{url} clone {draft.clone_of}".encode())
    for part, body in zip(draft.parts, draft.bodies, strict=True):
        digest.update(sha256(body.replace(part.tag.encode(), b"")).digest())
    return digest.hexdigest()


def retagged(old: Draft, tag: str) -> Draft:
    """The same requests under a new tag."""
    pairs = zip(old.parts, old.bodies, strict=True)
    tags = [part.tag.replace(old.tag, tag) for part in old.parts]
    bodies = [body.replace(part.tag.encode(), new.encode()) for (part, body), new in zip(pairs, tags, strict=True)]
    parts = [
        replace(part, tag=new, digest=sha256(body).hexdigest())
        for part, new, body in zip(old.parts, tags, bodies, strict=True)
    ]
    return replace(old, tag=tag, parts=tuple(parts), bodies=tuple(bodies))


def _reordered(program: LoweredProgram, order: Sequence[int]) -> LoweredProgram:
    points = [program.points[number] for number in order] if program.points else []
    return changed(program, runs=[program.runs[number] for number in order], points=points)


def _pieces(program: LoweredProgram, profile: PayloadProfile, alone: int) -> list[LoweredProgram]:
    """The program in the fewest pieces that the service's limits on circuits and gates allow; circuits stay whole.

    The last `alone` circuits have measurements in the middle, and each is a piece.
    """
    if alone:
        static, dynamic = program.runs[:-alone], program.runs[-alone:]
        pieces = _pieces(changed(program, runs=static), profile, 0) if static else []
        return [*pieces, *(changed(program, runs=[circuit], is_multi=False) for circuit in dynamic)]
    pieces = []
    first = gates = 0
    for number, circuit in enumerate(program.runs):
        more = limits.gates_sent(circuit)
        if number > first and (number - first >= profile.max_circuits or gates + more > profile.max_gates):
            pieces.append(changed(program, runs=program.runs[first:number], is_multi=True))
            first, gates = number, 0
        gates += more
    last = program if first == 0 else changed(program, runs=program.runs[first:], is_multi=True)
    return [*pieces, last]


def _parts(tag: str, pieces: Sequence[WrittenPiece]) -> tuple[Part, ...]:
    """The ledger's parts for requests in order."""
    result = []
    first = 0
    for number, (circuits, body) in enumerate(pieces, 1):
        own = tag if len(pieces) == 1 else _part_tag(tag, number)
        result.append(Part(own, first, circuits, sha256(body).hexdigest()))
        first += circuits
    return tuple(result)


def _part_tag(tag: str, number: int) -> str:
    return f"{tag}-{number}"


def _tagged(program: LoweredProgram, tag: str) -> LoweredProgram:
    job = Job(dict(program.job.settings))
    job.set(f"metadata.{TAG_KEY}", tag)
    return changed(program, job=job)


def _check_room(job: Job) -> None:
    """Raises CompileError if the job's own metadata occupy the tag's place."""
    path = f"metadata.{TAG_KEY}"
    if job.get(path) is not None:
        raise CompileError([Diagnostic("QC0912", job.span(path), {"reason": "own", "key": TAG_KEY})])


def _text(value: Any, environment: Mapping[str, str] | None) -> str | None:
    name = getattr(value, "name", None)
    value = (environment or {}).get(name) if name else value
    return value if isinstance(value, str) else None
