"""Plans: a submission as a file, to be reviewed and then sent exactly as it is.

Turns a draft and its description into bytes, and back. The digest covers everything else in the file, so that any
change to a plan is noticed. Nothing is sent or recorded here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from os import PathLike
from typing import Any

from ionqdsl.cloud.draft import Draft
from ionqdsl.cloud.key import withheld
from ionqdsl.cloud.ledger import Part
from ionqdsl.cloud.prices import PriceQuestion
from ionqdsl.diagnostics import CompileError, Diagnostic, Refused, UsageError
from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import files
from ionqdsl.language.includes import read_text

FORMAT_VERSION = 1
KIND = "ionqdsl plan"


@dataclass(frozen=True)
class Plan:
    """The requests, the address they are for, a description for people, and the source they were made from.

    `questions` ask for the price again, one per request. `content` is the file, if it was just made.
    """

    draft: Draft
    url: str
    digest: str
    facts: Mapping[str, Any]
    options: Mapping[str, Any]
    source_digest: str | None = None
    questions: tuple[PriceQuestion, ...] = ()
    content: bytes = field(default=b"", repr=False)

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the plan's file, which `ionqdsl submit FILE` sends as it is. Raises UsageError if it cannot."""
        files.write(path, self.content)


def write(
    draft: Draft,
    url: str,
    facts: Mapping[str, Any],
    options: Mapping[str, Any],
    questions: Sequence[PriceQuestion] = (),
) -> bytes:
    """The plan's file; equal drafts give equal bytes. `questions` are those about the price, job by job."""
    text = draft.source_text
    content: dict[str, Any] = {
        "kind": KIND,
        "format_version": FORMAT_VERSION,
        "tag": draft.tag,
        "url": url,
        "backend": draft.backend,
        "name": draft.name,
        "shots": draft.shots,
        **facts,
        "options": dict(options),
        "source": {
            "name": draft.source_name,
            "sha256": None if text is None else _digest(text.encode()),
            "text": text and withheld(text),
            "files": dict(draft.files),
        },
        "requests": [
            {"tag": part.tag, "first": part.first, "count": part.count, "sha256": part.digest, "size": len(body)}
            | {"body": body.decode()}
            for part, body in zip(draft.parts, draft.bodies, strict=True)
        ],
        "priced": [question.to_json() for question in questions],
        "keepsake": draft.keepsake,
    }
    content = {"digest": digest_of(content), **content}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def digest_of(content: Mapping[str, Any]) -> str:
    """The digest of a plan: SHA-256 of everything else in it, written with sorted keys and without spaces."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    return _digest(json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())


def open_plan(path: str) -> Source | None:
    """The text of a plan; None for a program, which cannot begin with a brace, or for a file that cannot be read."""
    try:
        with open(path, "rb") as file:
            start = file.read(64)
            if start.lstrip()[:1] != b"{":
                return None
            return Source((start + file.read()).decode(errors="replace"), path)
    except OSError:
        return None


def read(source: Source) -> Plan:
    """The plan in a file.

    Raises UsageError for a file that is no plan of a version this ionqdsl knows, Refused for one that was changed.
    """
    try:
        content = read_json(source.text)
    except ValueError:
        raise UsageError([Diagnostic("QC0922", source, {"reason": "text"})]) from None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise UsageError([Diagnostic("QC0922", source, {"reason": "kind", "kind": KIND})])
    if content.get("format_version") != FORMAT_VERSION:
        facts = {"version": content.get("format_version"), "known": FORMAT_VERSION}
        raise UsageError([Diagnostic("QC0923", source, facts)])
    if content.get("digest") != digest_of(content):
        raise Refused([Diagnostic("QC0921", source)])
    try:
        return _read(content)
    except (KeyError, TypeError, AttributeError):
        raise UsageError([Diagnostic("QC0922", source, {"reason": "parts"})]) from None


def _read(content: Mapping[str, Any]) -> Plan:
    rows = content["requests"]
    bodies = tuple(row["body"].encode() for row in rows)
    parts = tuple(
        Part(row["tag"], row["first"], row["count"], _digest(body)) for row, body in zip(rows, bodies, strict=True)
    )
    source = content["source"]
    draft = Draft(
        content["tag"], parts, bodies, content["backend"], content["name"], content["shots"], content["keepsake"],
        source["name"], source["text"], content["digest"],
        files=source.get("files", {}),
    )  # fmt: skip
    fields = {"kind", "format_version", "digest", "tag", "url", "requests", "priced", "keepsake", "source", "options"}
    facts = {key: value for key, value in content.items() if key not in fields}
    questions = tuple(PriceQuestion(**row) for row in content["priced"])
    return Plan(draft, content["url"], content["digest"], facts, content["options"], source["sha256"], questions)


def changed_files(plan: Plan) -> list[str]:
    """The files that have changed since the plan was made, or cannot be read any more.

    They are the program's and those that it includes or loads; none if the program's file is not there.
    """
    name = plan.draft.source_name or ""
    if not os.path.isfile(name):
        return []
    folder = os.path.dirname(os.path.realpath(name))
    files = [(path, os.path.join(folder, path), then) for path, then in plan.draft.files.items()]
    if plan.source_digest is not None:
        files.insert(0, (name, name, plan.source_digest))
    return [shown for shown, path, then in files if _digest_now(path) != then]


def _digest_now(path: str) -> str | None:
    """The digest of a file's text; None if it cannot be read."""
    try:
        return _digest(read_text(path).encode())
    except CompileError:
        return None


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
