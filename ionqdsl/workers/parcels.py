"""Packs objects that travel between processes as bytes, so that they are small there and the same again on return.

A `Source` is compared by identity, and circuits point into it from every row: it travels as text once in a parcel,
and the results point into the original.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

from ionqdsl.diagnostics.source import Source


class Parcel:
    """Contents as bytes, with the sources that they point into."""

    def __init__(self, contents: Any) -> None:
        self.sources: list[Source] = []
        self.data = _packed(contents, self.sources)

    def __reduce__(self) -> tuple[Any, ...]:
        texts = [(source.text, source.name, source.hidden) for source in self.sources]
        return _arrived, (self.data, texts)

    @classmethod
    def of(cls, contents: Any) -> Parcel | None:
        """The parcel, or None if another process could not open it: a class of the script or of a function is in it."""
        try:
            parcel = cls(contents)
        except (pickle.PicklingError, AttributeError, TypeError):  # each means that something cannot be pickled
            return None
        return None if b"__main__" in parcel.data else parcel

    @property
    def contents(self) -> Any:
        """The contents: equal to those that were packed, and pointing into the parcel's sources."""
        return _Unpickler(io.BytesIO(self.data), self.sources).load()

    def answered(self, contents: Any) -> bytes:
        """Other contents that point into the same sources, for `opened` at the place where this parcel was made.

        A source that is new here travels whole.
        """
        return _packed(contents, self.sources, is_open=False)

    def opened(self, answer: bytes) -> Any:
        """The contents of an answer to this parcel."""
        return _Unpickler(io.BytesIO(answer), self.sources).load()


def _arrived(data: bytes, texts: list[tuple[str, str, int]]) -> Parcel:
    parcel = Parcel.__new__(Parcel)
    parcel.data, parcel.sources = data, [Source(*text) for text in texts]
    return parcel


def _packed(contents: Any, sources: list[Source], is_open: bool = True) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream, sources, is_open).dump(contents)
    return stream.getvalue()


class _Pickler(pickle.Pickler):
    """Writes a source as its number in a list, which grows while it is open."""

    def __init__(self, stream: io.BytesIO, sources: list[Source], is_open: bool) -> None:
        super().__init__(stream, protocol=5)
        self.sources, self.is_open = sources, is_open
        self.numbers = {id(source): number for number, source in enumerate(sources)}

    def persistent_id(self, obj: Any) -> int | None:
        """The number of a source; None for everything else, and for a source that is not in the list."""
        if type(obj) is not Source:
            return None
        number = self.numbers.get(id(obj))
        if number is None and self.is_open:
            number = self.numbers[id(obj)] = len(self.sources)
            self.sources.append(obj)
        return number


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, sources: list[Source]) -> None:
        super().__init__(stream)
        self.sources = sources

    def persistent_load(self, pid: int) -> Source:
        """The source of a number."""
        return self.sources[pid]
