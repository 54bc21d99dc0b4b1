"""Definitions that cost little when a module is imported: records, named tuples, patterns, and names of typing.

Importing typing takes as long as ten modules of this package, so whatever `ionqdsl check` needs has `Any`,
`TYPE_CHECKING` and `NamedTuple` from here.

A dataclass takes a millisecond to define, and a program that checks a file defines some eighty classes before it reads
a byte. `@record` generates only the constructor; equality and printing are shared. Type checkers see a dataclass,
frozen unless declared otherwise; nothing enforces that at run time.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable
from functools import cache
from types import CodeType, FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any as Any
    from typing import AnyStr, TypeVar, dataclass_transform, overload
    from typing import NamedTuple as NamedTuple

    T = TypeVar("T")
else:
    Any = object

    class _Maker(type):
        """Makes a named tuple of a class, as typing does, but does not look at the types of its fields."""

        def __new__(cls, name: str, bases: tuple[type[Any], ...], body: dict[str, Any]) -> type[Any]:
            fields = tuple(body.get("__annotations__", ()))
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                if key not in fields and key != "__module__":
                    setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A regular expression that is compiled when it is first used: that takes as long as loading a small module."""
    return LazyPattern(text, flags)  # type: ignore[return-value]


class LazyPattern:
    """A pattern that is compiled when one of its attributes is first read."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made_of = text, flags

    def __getattr__(self, name: str) -> Any:
        made = re.compile(*self._made_of)
        for part in ("match", "fullmatch", "search", "sub", "split", "findall", "finditer", "pattern", "flags"):
            setattr(self, part, getattr(made, part))
        return getattr(made, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return lazy_pattern, self._made_of


def fresh(*, default_factory: Callable[[], T]) -> T:
    """Marks a field whose default is made anew for every record, such as an empty list or dict."""
    return _Fresh(default_factory)  # type: ignore[return-value]


class _Fresh:
    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


if TYPE_CHECKING:

    @overload
    def record(cls: type[T], /) -> type[T]: ...
    @overload
    def record(*, frozen: bool = True, slots: bool = False) -> Callable[[type[T]], type[T]]: ...
    @dataclass_transform(frozen_default=True, field_specifiers=(fresh,))
    def record(cls: type[Any] | None = None, /, *, frozen: bool = True, slots: bool = False) -> Any:
        """See below."""
else:

    def record(cls: type[Any] | None = None, /, *, frozen: bool = True, slots: bool = False) -> Any:
        """Gives a class with annotated fields a constructor, equality, hash and repr; a class attribute is a default.

        Fields of a record that it inherits from come first, and `__post_init__` is called last. With `slots`, records
        have no dictionary: for records that are made by the hundred thousand. Their fields have no defaults.
        """
        return (lambda cls: _made(cls, slots)) if cls is None else _made(cls, slots)


def _made(cls: type[Any], slots: bool) -> type[Any]:
    own = tuple(vars(cls).get("__annotations__", ()))
    names = (*getattr(cls, "__fields__", ()), *own)
    defaults: dict[str, Any] = {}
    if slots:
        body = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
        cls = type(cls.__name__, cls.__bases__, {**body, "__slots__": own})
    else:
        defaults = {name: getattr(cls, name) for name in names if hasattr(cls, name)}
    cls.__init__ = _Constructor(cls, names, defaults)
    cls.__fields__ = names
    for name, method in (("__eq__", _equal), ("__hash__", _hash), ("__repr__", _show)):
        if getattr(cls, name) is getattr(object, name) or (name == "__hash__" and vars(cls).get(name, name) is None):
            setattr(cls, name, method)
    return cls


class _Constructor:
    """A record's `__init__`, which is written when it is first asked for: few kinds of records are ever made."""

    def __init__(self, cls: type[Any], names: tuple[str, ...], defaults: dict[str, Any]) -> None:
        self.cls, self.names, self.defaults = cls, names, defaults

    def __get__(self, node: Any, kind: type[Any] | None = None) -> Any:
        written = self.cls.__init__ = self._written()
        return written if node is None else written.__get__(node, kind)

    def _written(self) -> Any:
        fresh = tuple(isinstance(self.defaults.get(name), _Fresh) for name in self.names)
        code = _assignments(fresh, hasattr(self.cls, "__post_init__"))
        named = {f"_{number}": name for number, name in enumerate(self.names)}
        code = code.replace(
            co_varnames=tuple(named.get(name, name) for name in code.co_varnames),
            co_names=tuple(named.get(name, name) for name in code.co_names),
        )
        written = FunctionType(code, {"Fresh": _Fresh}, "__init__", tuple(self.defaults.values()))
        written.__qualname__ = f"{self.cls.__qualname__}.__init__"
        return written


@cache
def _assignments(fresh: tuple[bool, ...], is_followed: bool) -> CodeType:
    """The code of a constructor of fields `_0`, `_1` and so on, which get their names later: compiling takes forty
    times as long, and a check uses sixty kinds of records, but a dozen numbers of fields.
    """
    names = [f"_{number}" for number in range(len(fresh))]
    lines = [
        f"self.{name} = {name}.make() if type({name}) is Fresh else {name}" if made else f"self.{name} = {name}"
        for name, made in zip(names, fresh, strict=True)
    ]
    lines += ["self.__post_init__()"] * is_followed
    scope: dict[str, Any] = {}
    exec(f"def __init__(self, {', '.join(names)}):\n " + "\n ".join(lines or ["pass"]), scope)
    return scope["__init__"].__code__  # type: ignore[no-any-return]


def fields(kind: type[Any]) -> tuple[str, ...]:
    """The names of a record's fields, in order."""
    return kind.__fields__  # type: ignore[no-any-return]


def _values(node: Any) -> tuple[Any, ...]:
    return tuple(getattr(node, name) for name in node.__fields__)


def _equal(self: Any, other: object) -> Any:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _show(self: Any) -> str:
    inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__fields__)
    return f"{type(self).__name__}({inner})"


def changed(node: T, **fields: Any) -> T:
    """A copy of a record with other values in some fields, like `dataclasses.replace`."""
    names = type(node).__fields__  # type: ignore[attr-defined]
    return type(node)(**({name: getattr(node, name) for name in names if name not in fields} | fields))
