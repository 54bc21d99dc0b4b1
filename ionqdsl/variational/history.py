"""The history of a minimisation: every evaluated point, in memory and perhaps in a file.

Takes evaluations as they are made and returns those of an earlier run in their order, so that a repeated minimisation
continues where it stopped. A file has a line of JSON for its problem and one for each event; it is only ever appended
to, and a last line that was cut off by a crash is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.record import record

FORMAT = 1


@record
class Evaluation:
    """An energy at a point.

    `point` has the values of the parameters in their order, `gradient` the derivatives if the method asked for them,
    `error` is the standard error of the value, 0 if it is exact. `job` is the job of the service that measured it.
    """

    point: tuple[float, ...]
    value: float
    error: float | None = 0.0
    gradient: tuple[float, ...] | None = None
    job: str | None = None


class History:
    """Evaluations in their order. Each one of the file is returned once, when its point is asked for again."""

    def __init__(self, path: str | PathLike[str] | None, problem: Mapping[str, Any]) -> None:
        self.evaluations: list[Evaluation] = []
        self._earlier: dict[tuple[float, ...], list[Evaluation]] = {}
        self._sent: dict[tuple[float, ...], str] = {}
        self._path = None if path is None else Path(path)
        header = {"format": FORMAT, **problem}
        if self._path is None:
            return
        try:
            lines = self._path.read_text("utf-8").split("\n") if self._path.exists() else [""]
        except (OSError, ValueError) as error:  # a path with a null character is a ValueError
            raise self._unusable(_reason(error)) from None
        if lines == [""]:
            self._append(header)
            return
        events = [self._read(line, number) for number, line in enumerate(lines[:-1], 1)]
        if not events:
            raise self._unusable("it is not the history of a minimisation")
        if events[0] != json.loads(json.dumps(header)):
            differing = [key for key in header if events[0].get(key) != json.loads(json.dumps(header[key]))]
            raise self._unusable(f"it belongs to another problem: {', '.join(differing) or 'its format'} differs")
        if lines[-1]:
            self._cut(self._path)
        for number, event in enumerate(events[1:], 2):
            self._take(event, number)

    def _cut(self, path: Path) -> None:
        """Removes the last line, which was cut off; the others are not written again, so none can be lost."""
        try:
            with path.open("r+b") as file:
                file.truncate(file.read().rfind(b"\n") + 1)
        except OSError as error:
            raise self._unusable(_reason(error)) from None

    def _take(self, event: Mapping[str, Any], number: int) -> None:
        try:
            point = tuple(map(float, event["point"]))
            if "value" not in event:
                self._sent[point] = str(event["job"])
                return
            error, gradient, job = event["error"], event["gradient"], event["job"]
            if job is not None and self._sent.get(point) == job:
                del self._sent[point]
            evaluation = Evaluation(
                point,
                float(event["value"]),
                None if error is None else float(error),
                None if gradient is None else tuple(map(float, gradient)),
                job,
            )
            self._earlier.setdefault(point, []).append(evaluation)
        except (KeyError, TypeError, ValueError):
            raise self._unusable(f"line {number} is no evaluation") from None

    def known(self, point: Sequence[float], needs_gradient: bool) -> Evaluation | None:
        """The next evaluation of an earlier run at this point, if there is one."""
        waiting = self._earlier.get(tuple(point))
        if not waiting or (waiting[0].gradient is None and needs_gradient):
            return None
        self.evaluations.append(waiting.pop(0))
        return self.evaluations[-1]

    def sent(self, point: Sequence[float]) -> str | None:
        """The job that an interrupted run had sent for a point."""
        return self._sent.pop(tuple(point), None)

    def sending(self, point: Sequence[float], job: str) -> None:
        """Writes down that a job was sent for a point, before anybody waits for it."""
        self._append({"point": [*point], "job": job})

    def add(self, evaluation: Evaluation) -> None:
        """Adds a new evaluation."""
        self.evaluations.append(evaluation)
        gradient = None if evaluation.gradient is None else [*evaluation.gradient]
        numbers = {"value": evaluation.value, "error": evaluation.error, "gradient": gradient}
        self._append({"point": [*evaluation.point], **numbers, "job": evaluation.job})

    def _append(self, event: Mapping[str, Any]) -> None:
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")
        except (OSError, ValueError) as error:
            raise self._unusable(_reason(error)) from None

    def _read(self, line: str, number: int) -> dict[str, Any]:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise self._unusable(f"line {number} was not written by a minimisation")
        return event

    def _unusable(self, reason: str) -> UsageError:
        return UsageError([Diagnostic("QC0953", None, {"path": str(self._path), "reason": reason})])


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
