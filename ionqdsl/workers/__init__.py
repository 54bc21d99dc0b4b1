"""Runs pure functions in other processes: of this computer, or where any executor takes them, such as a Dask cluster.

Takes a function of a module and the arguments of many calls, and returns the results in order. They do not depend on
where or by how many processes they were computed: every call gets all that it needs, its seed included.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from itertools import islice
from signal import SIGTERM
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from ionqdsl import __version__
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.workers.parcels import Parcel
from ionqdsl.workers.threads import at_most

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Result = TypeVar("Result")

ALONE = 1.0
"""Seconds of work before other processes are started, and that they then have to save: starting takes about as long."""
PORTION = 0.2
"""Seconds of work that a process is given at once, about: much more than it takes to send it there and back."""
MOST = 256
"""Calls that a process is given at once, at most."""
AHEAD = 4
"""Portions for each process that are under way at one time."""
CLUSTER = 1024
"""Portions that are under way at one time where the number of processes is not known."""
LOSSES = 3
"""How often calls may be lost with their process before we give up: another process would end like those before."""
WIDE = 20
"""Qubits whose state keeps all processors and much of the memory busy on its own."""
PATIENCE = 10.0
"""Seconds until a cluster has to answer."""
PROTOCOLS = ("tcp", "tls", "ws", "wss", "ucx")
"""The protocols of Dask's schedulers."""


class Executor(Protocol):
    """An executor as in `concurrent.futures`."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Starts a call."""
        ...


class _Portion(NamedTuple):
    """Calls on their way: the parcel of their arguments, and the answer to come. Calls that stay here have neither."""

    function: Callable[..., Any]
    calls: list[tuple[Any, ...]]
    parcel: Parcel | None
    answer: Future[bytes] | None

    def results(self) -> list[Any]:
        """The results, as soon as they are there."""
        if self.parcel is None or self.answer is None:
            return [self.function(*arguments) for arguments in self.calls]
        results: list[Any] = self.parcel.opened(self.answer.result())
        return results


class Workers:
    """Up to `processes` processes of this computer, this one included if there is one; or an executor of others.

    A context, at whose end the processes end. An executor stays open.
    """

    def __init__(
        self, processes: int | None = None, executor: Executor | None = None, at_end: Callable[[], object] | None = None
    ) -> None:
        """A number of processes is also the most threads of this one. `at_end` is called when the context ends."""
        self.processes, self.executor = processes or 1, executor
        self._threads = processes
        self._at_end = at_end
        self._pool: ProcessPoolExecutor | None = None
        self._while_open = ExitStack()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_processes()
        if self._at_end is not None:
            self._at_end()

    def _end_processes(self) -> None:
        """Ends the processes, in the middle of their work if there is any."""
        if self._pool is None:
            return
        from ionqdsl.workers.processes import end

        end(self._pool)
        self._pool = None
        self._while_open.close()

    def _give_up(self, under_way: Iterable[_Portion]) -> None:
        """Ends the processes, or cancels calls that an executor has not begun."""
        self._end_processes()
        for portion in under_way:
            if self.executor is not None and portion.answer is not None:
                portion.answer.cancel()

    def for_states(self, widths: Iterable[int]) -> Workers:
        """These workers for states of so many qubits; this process alone if a second one would be in its way."""
        if any(width > WIDE for width in widths):
            self.processes, self.executor = 1, None
        return self

    def each(
        self,
        function: Callable[..., Result],
        calls: Sequence[tuple[Any, ...]],
        here: Callable[..., Result] | None = None,
        are_long: bool = False,
    ) -> Iterator[Result]:
        """The results of a function for each tuple of arguments, in order.

        The function is one of a module, and pure; `here` does the same in this process. Calls run here until others
        would save more time than starting them takes, unless they `are_long`, and if their arguments cannot travel.
        Raises the errors of calls, and UsageError for workers that cannot do it or lose calls again and again.
        """
        here, waiting, done = here or function, iter(calls), 0
        is_alone = self.executor is None and (self.processes <= 1 or len(calls) <= 1)
        begun = monotonic()
        if is_alone or not are_long:
            for arguments in waiting:
                with at_most(self._threads):
                    result = here(*arguments)
                yield result
                done += 1
                if not is_alone and self._are_worth_it(monotonic() - begun, done, len(calls) - done):
                    break
        left = len(calls) - done
        if left <= 0 or is_alone:
            return
        size = 1 if are_long else int(PORTION * done / (monotonic() - begun))
        most = MOST if self.executor is not None else min(MOST, left // (2 * self.processes))
        yield from self._elsewhere(function, waiting, max(1, min(size, most)))

    def _are_worth_it(self, spent: float, done: int, left: int) -> bool:
        """Whether others would save more time than starting them takes, by the seconds that were spent on calls."""
        if spent <= ALONE or self.executor is not None or self._pool is not None:
            return spent > ALONE
        saved = left - -(-left // self.processes)  # calls that nobody here waits for
        return spent / done * saved > ALONE

    def _elsewhere(
        self, function: Callable[..., Result], waiting: Iterator[tuple[Any, ...]], size: int
    ) -> Iterator[Result]:
        portions = iter(lambda: list(islice(waiting, size)), [])
        under_way: deque[_Portion] = deque()
        losses = 0
        try:
            while True:
                for calls in islice(portions, self._ahead - len(under_way)):
                    parcel = Parcel.of((function, calls))
                    answer = None if parcel is None else self._sent(parcel)
                    under_way.append(_Portion(function, calls, parcel, answer))
                if not under_way:
                    return
                try:
                    results = under_way[0].results()
                except Exception as error:
                    if not _is_loss(error):
                        raise
                    losses += 1
                    if self.executor is not None:
                        raise _lost(error) from None
                    if losses > LOSSES:
                        raise UsageError([Diagnostic("QC0668", facts={"ended": self._ended()})]) from None
                    self._begin_again(under_way)
                    continue
                under_way.popleft()
                yield from results
        finally:
            if under_way:
                self._give_up(under_way)

    def _ended(self) -> str:
        """How the first process of a broken pool that did not end well ended."""
        if self._pool is None:
            return "no exit code"
        processes = [*(getattr(self._pool, "_processes", None) or {}).values()]
        self._pool.shutdown(cancel_futures=True)  # until then its own thread may be the only one that knows
        codes = [process.exitcode for process in processes]
        code = next((code for code in codes if code and code != -SIGTERM), 0)  # the pool terminates the others
        return f"signal {-code}" if code < 0 else f"exit code {code}" if code else "no exit code"

    @property
    def _ahead(self) -> int:
        return AHEAD * self.processes if self.executor is None else CLUSTER

    def _sent(self, parcel: Parcel) -> Future[bytes]:
        if self.executor is not None:
            try:
                return self.executor.submit(_served, parcel, __version__)
            except Exception as error:  # of any kind: it is closed or broken
                raise _lost(error) from None
        try:
            return self._started().submit(_served, parcel, __version__)
        except Exception as error:
            if not _is_loss(error):
                raise
            from concurrent.futures import Future

            lost: Future[bytes] = Future()  # a process ended a moment ago: its calls are lost, and so is this one
            lost.set_exception(error)
            return lost

    def _begin_again(self, under_way: deque[_Portion]) -> None:
        """Sends unanswered portions again, to new processes: the system ended one, as it does if memory runs out."""
        self._end_processes()
        for place, portion in enumerate(under_way):
            if portion.parcel is not None and not (portion.answer and _is_there(portion.answer)):
                under_way[place] = portion._replace(answer=self._sent(portion.parcel))

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            from ionqdsl.workers.processes import ended_by_exit, pool

            self._while_open.enter_context(ended_by_exit())
            self._pool = pool(self.processes)
        return self._pool


def _is_loss(error: Exception) -> bool:
    """Whether a call was lost because workers ended, and did not fail by itself."""
    from concurrent.futures import BrokenExecutor, CancelledError

    return isinstance(error, BrokenExecutor | CancelledError) or type(error).__module__.split(".")[0] == "distributed"


def _is_there(answer: Future[bytes]) -> bool:
    return answer.done() and not answer.cancelled() and answer.exception() is None


def _lost(error: Exception) -> UsageError:
    return UsageError([Diagnostic("QC0662", facts={"reason": _first_line(error)})])


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _served(parcel: Parcel, version: str) -> bytes:
    """Does the calls of a parcel where it arrived."""
    if version != __version__:
        raise UsageError([Diagnostic("QC0661", facts={"here": version, "there": __version__})])
    function, calls = parcel.contents
    with at_most(1):  # other calls keep the other processors busy
        return parcel.answered([function(*arguments) for arguments in calls])


def _reach(address: str) -> None:
    """Raises UsageError (QC0660) unless something listens there: a client of Dask that fails may hang when it goes."""
    import socket
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        if parts.scheme not in PROTOCOLS or parts.hostname is None or parts.port is None:
            raise ValueError("an address is written `tcp://HOST:PORT`")
        socket.create_connection((parts.hostname, parts.port), PATIENCE).close()
    except (OSError, ValueError) as error:
        facts = {"address": address, "reason": _first_line(error)}
        raise UsageError([Diagnostic("QC0660", facts=facts)]) from None


def cluster(address: str) -> Workers:
    """The workers of the Dask cluster whose scheduler has this address, such as `tcp://10.0.0.1:8786`.

    Raises UsageError if Dask is not installed (QC1180) or nothing answers (QC0660).
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        missing = {"what": "`--cluster`", "package": "dask.distributed", "extra": "distributed"}
        raise UsageError([Diagnostic("QC1180", facts=missing)]) from None
    _reach(address)
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # Dask raises many kinds for an address that it cannot use, even AssertionError
        facts = {"address": address, "reason": _first_line(error)}
        raise UsageError([Diagnostic("QC0660", facts=facts)]) from None
    return Workers(executor=client.get_executor(pure=False), at_end=client.close)
