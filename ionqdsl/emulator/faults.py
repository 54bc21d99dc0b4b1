"""Faults injected on request: which fault, for which requests, and how often.

Takes specifications such as `503@POST /jobs:2` and the requests as they arrive, and returns the faults of each request;
server.py and app.py carry them out. A specification is

    KIND[(ARGUMENT)][@[METHOD] PATH][:WHICH]

KIND is a status or a row of `KINDS`; with the prefix `accept-` the request is carried out first and only its answer is
lost. PATH comes after `/v0.4`; `*` matches one part of it, `**` any number. WHICH counts the matching requests: `2`,
`2,5`, `3-6`, `4-`, or a share such as `25%`; without it the fault applies to all of them.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.record import record


@record
class Kind:
    """A row: the name, the name of its argument (None: it takes none) with a default, and the effect."""

    name: str
    argument: str | None
    default: float | None
    meaning: str
    needs_done: bool = False  # the request is always carried out
    may_be_done: bool = False  # with `accept-`


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("drop", None, None, "the connection is closed without an answer", may_be_done=True),
        Kind("reset", None, None, "the connection is reset, as by a machine that lost power", may_be_done=True),
        Kind("restart", "seconds", 1.0, "the service stops, and listens again after that time", may_be_done=True),
        Kind("slow", "seconds", 1.0, "the answer is delayed by that time", needs_done=True),
        Kind("drip", "seconds", 1.0, "the body is sent in pieces over that time", needs_done=True),
        Kind("truncate", None, None, "the connection is closed after half of the body", needs_done=True),
        Kind("empty", None, None, "the body is empty", needs_done=True),
        Kind("garbage", None, None, "the body ends early and is not the JSON it claims to be", needs_done=True),
        Kind("html", None, None, "an HTML page with status 200", may_be_done=True),
        Kind("text", None, None, "the right body, but with the media type text/plain", needs_done=True),
        Kind("twice", None, None, "the request arrives twice; the second answer is sent", needs_done=True),
        Kind("lag", "seconds", 2.0, "a job created now is listed only after that time", needs_done=True),
        Kind("unlisted", "lists", 3.0, "a job created now is missing from that number of listings", needs_done=True),
        Kind("clock", "seconds", 3600.0, "the service's clock jumps by that time before the request", needs_done=True),
        Kind("rate", "per second", 5.0, "more requests than that within a second get 429 with Retry-After"),
    )
}
"""The faults besides a status from 400 to 599, whose argument is its Retry-After in seconds."""


@dataclass(frozen=True)
class Fault:
    """One fault of one request."""

    kind: str
    argument: float | None = None
    is_done: bool = False  # the request is carried out first

    @property
    def status(self) -> int | None:
        """The status, if the fault is one."""
        return int(self.kind) if self.kind.isdigit() else None


@dataclass
class Rule:
    """A specification: a fault, the requests it applies to, and how many of those there have been."""

    text: str
    fault: Fault
    method: str = "*"
    path: str = "/**"
    which: tuple[tuple[int, int | None], ...] = ()
    share: float | None = None
    matched: int = 0
    befell: int = 0
    moments: list[float] = field(default_factory=list)  # of the requests within the last second, for `rate`

    def covers(self, method: str, path: str) -> bool:
        """Whether a request is one of those counted."""
        return self.method in ("*", method) and _pattern(self.path).fullmatch(path) is not None

    def strikes(self, chance: float, now: float) -> bool:
        """Counts a matching request and returns whether the fault applies to it."""
        self.matched += 1
        if self.fault.kind == "rate":
            self.moments = [moment for moment in self.moments if now - moment < 1]
            if len(self.moments) < (self.fault.argument or 0):
                self.moments.append(now)
                return False
            return True
        if self.share is not None:
            return chance < self.share
        number = self.matched
        return not self.which or any(first <= number and (last is None or number <= last) for first, last in self.which)


_FORM = re.compile(
    r"(?P<accept>accept-)?(?P<kind>[a-z0-9]+)(?:\((?P<argument>[^()]*)\))?"
    r"(?:@(?:(?P<method>[A-Za-z*]+) +)?(?P<path>/[^:\s]*))?(?::(?P<which>[\d,%.-]+))?"
)
_RANGE = re.compile(r"(\d{1,9})(-(\d{0,9}))?", re.ASCII)
MOST = 1e9
"""Largest argument of a fault: no wait, rate or count makes sense above it."""
METHODS = ("GET", "POST", "PUT", "DELETE", "*")


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", path)
    return re.compile("".join({"**": ".*", "*": "[^/]+"}.get(part, re.escape(part)) for part in parts))


def rule(text: str) -> Rule:
    """Reads a specification. Raises UsageError that names the wrong part and the reason."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise _wrong(text, "it is not KIND, KIND@PATH, KIND@METHOD PATH or one of these with :WHICH")
    method = (match["method"] or "*").upper()
    if method not in METHODS:
        raise _wrong(text, f"`{match['method']}` is no method; they are {', '.join(METHODS)}")
    which, share = _which(text, match["which"])
    return Rule(text.strip(), fault(text, match), method, match["path"] or "/**", which, share)


def single(text: str) -> Fault:
    """A fault for the current request, without path and WHICH, as in the header. Raises UsageError."""
    match = _FORM.fullmatch(text.strip())
    if match is None or match["path"] or match["which"]:
        raise _wrong(text, "the header takes KIND or KIND(ARGUMENT) alone")
    return fault(text, match)


def fault(text: str, match: re.Match[str]) -> Fault:
    """The fault named by a specification's KIND and ARGUMENT."""
    name, is_done = match["kind"], bool(match["accept"])
    argument = None
    if match["argument"] is not None:
        try:
            argument = float(match["argument"].strip().removesuffix("s"))
        except ValueError:
            raise _wrong(text, f"`{match['argument']}` is no number") from None
        if not -MOST <= argument <= MOST:
            raise _wrong(text, f"`{match['argument']}` is larger than {MOST:.0f}")
    if name.isdigit():
        if len(name) != 3 or not 400 <= int(name) <= 599:
            raise _wrong(text, f"{name} is no status from 400 to 599")
        return Fault(name, argument, is_done)
    if name not in KINDS:
        raise _wrong(text, f"`{name}` is neither a status nor one of {', '.join(KINDS)}")
    kind = KINDS[name]
    if is_done and not kind.may_be_done:
        raise _wrong(
            text, f"`accept-` is for a status and {', '.join(k.name for k in KINDS.values() if k.may_be_done)}"
        )
    if argument is not None and kind.argument is None:
        raise _wrong(text, f"`{name}` takes no argument")
    return Fault(name, kind.default if argument is None else argument, is_done or kind.needs_done)


def _which(text: str, words: str | None) -> tuple[tuple[tuple[int, int | None], ...], float | None]:
    if words is None:
        return (), None
    if words.endswith("%"):
        try:
            share = float(words[:-1]) / 100
        except ValueError:
            raise _wrong(text, f"`{words}` is no share") from None
        if not 0 <= share <= 1:
            raise _wrong(text, f"`{words}` is no share from 0% to 100%")
        return (), share
    ranges = []
    for word in words.split(","):
        match = _RANGE.fullmatch(word)
        if match is None or int(match[1]) < 1:
            raise _wrong(text, f"`{word}` is no number of a request; they count from 1")
        first = int(match[1])
        ranges.append((first, first if match[2] is None else int(match[3]) if match[3] else None))
    return tuple(ranges), None


def _wrong(text: str, reason: str) -> UsageError:
    return UsageError([Diagnostic("QC0991", facts={"text": text.strip(), "reason": reason})])


class Faults:
    """The active rules. With a seed, equal runs have equal faults."""

    def __init__(self, texts: Iterable[str] = (), seed: int | None = None) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self.rules = [rule(text) for text in texts]

    def add(self, *texts: str) -> None:
        """Activates rules after those that are active: all of them, or none if one is wrong."""
        rules = [rule(text) for text in texts]
        with self._lock:
            self.rules += rules

    def clear(self) -> None:
        """Removes all rules."""
        with self._lock:
            self.rules = []

    def befalling(self, method: str, path: str, now: float) -> list[Fault]:
        """Counts a request and returns its faults, in the order of the rules."""
        with self._lock:
            faults = []
            for each in self.rules:
                if each.covers(method, path) and each.strikes(self._random.random(), now):
                    each.befell += 1
                    faults.append(each.fault)
            return faults

    def describe(self) -> list[dict[str, Any]]:
        """The rules with their counts."""
        return [{"fault": each.text, "matched": each.matched, "befell": each.befell} for each in self.rules]
