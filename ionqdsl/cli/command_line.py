"""Reads the command line: finds the verb, and the values of its flags.

Takes the words of the command; returns the verb's module and its arguments. Only that module is imported. Plain lines
are read here, because argparse takes longer to import and set up than many a verb to run: every word is a flag as
defined, its value, or a positional argument, which stand together. Any other line, and each that is wrong, is
`NotPlain`: argparse reads it by the same definitions (parsers.py), and words the error. A test compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from importlib import import_module
from types import ModuleType, SimpleNamespace

from ionqdsl.cli import settings
from ionqdsl.cli.verbs import VERBS, WITHOUT_SETTINGS, add_common_flags
from ionqdsl.diagnostics.choices import nearest
from ionqdsl.diagnostics.mistakes import wrong_usage
from ionqdsl.record import TYPE_CHECKING, Any, record

if TYPE_CHECKING:
    import argparse


def parse(words: list[str]) -> tuple[ModuleType, argparse.Namespace]:
    """The module of the verb and its arguments. Flags that every verb has may also come before the verb."""
    if any("\0" in word for word in words):  # a shell cannot pass one, a caller of main can
        raise wrong_usage("an argument contains a zero byte, which no file name can")
    before = _leading_flags(words)
    if len(words) == before:
        from ionqdsl.cli import parsers

        parsers.top_parser().parse_args(words)  # --help, --version, or an unknown flag
        words = [*words, "help"]
    verb = words[before]
    if verb not in VERBS:
        raise unknown_verb(verb)
    words = words[:before] + words[before + 1 :]
    module = import_module(f"ionqdsl.cli.{verb}")
    try:
        parser = plain_parser(module)
        defaults = _applied(parser, verb, words)
        arguments = parser.parse_args(words)
    except NotPlain:
        from ionqdsl.cli import parsers

        parser = parsers.parser_of(verb)[1]
        defaults = _applied(parser, verb, words)
        arguments = parser.parse_args(words)
    arguments.defaults = defaults
    return module, arguments


def _applied(parser: argparse.ArgumentParser, verb: str, words: list[str]) -> dict[str, Any]:
    """Makes the settings defaults of the parser, and returns those of the job."""
    return {} if verb in WITHOUT_SETTINGS else settings.apply(parser, ".", settings.profile_of(words))


def plain_parser(module: ModuleType) -> argparse.ArgumentParser:
    """The parser of a verb's plain lines, used like one of argparse. Raises NotPlain for a flag of a rarer kind."""
    parser: Any = PlainParser()
    module.add_flags(parser)
    add_common_flags(parser)
    return parser  # type: ignore[no-any-return]


def _leading_flags(words: list[str]) -> int:
    """The number of words before the verb."""
    position = 0
    while position < len(words) and words[position].startswith("-") and words[position] != "-":
        position += 2 if words[position] in ("--color", "--profile") else 1
    return min(position, len(words))


def unknown_verb(verb: str) -> Exception:
    """The error about a verb that does not exist."""
    from ionqdsl.diagnostics import Diagnostic, UsageError

    facts = {"verb": verb, "suggestion": nearest(verb, VERBS), "file": verb if "." in verb else None}
    return UsageError([Diagnostic("QC0802", facts=facts)])


# --- plain lines ----------------------------------------------------------------------------------------------------


class NotPlain(Exception):
    """A command line that argparse must read."""


@record(frozen=False)
class PlainFlag:
    """A flag, or a positional argument, which has no `option_strings`. The names are those of `argparse.Action`."""

    option_strings: tuple[str, ...]
    dest: str
    action: str
    nargs: str | None
    type: Callable[[str], Any] | None
    choices: Container[Any] | None
    default: Any
    required: bool

    def converted(self, word: str) -> Any:
        """The word as a value of the flag's type. Raises NotPlain where argparse would make a message."""
        if self.type is None:
            return word
        try:
            return self.type(word)
        except (TypeError, ValueError):
            raise NotPlain from None
        except Exception as error:
            if type(error).__name__ == "ArgumentTypeError":
                raise NotPlain from None
            raise

    def allowed(self, word: str) -> Any:
        """The value of a word on the command line. Raises NotPlain."""
        value = self.converted(word)
        if self.choices is not None and value not in self.choices:
            raise NotPlain
        return value


class PlainParser:
    """A parser with the methods that `add_flags` and settings.py call. It is also each of its groups."""

    def __init__(self) -> None:
        self._actions: list[PlainFlag] = []
        self._others: dict[str, Any] = {}

    def add_argument(
        self, *names: str, action: str = "store", nargs: str | None = None, dest: str = "", **others: Any
    ) -> None:
        """Adds a flag. Raises NotPlain for an action of a rarer kind."""
        is_flag = names[0].startswith("-")
        if action not in ("store", "append", "store_true") or (is_flag and nargs is not None):
            raise NotPlain
        longest = next((name for name in names if name.startswith("--")), names[0])
        dest = dest or (longest.lstrip("-").replace("-", "_") if is_flag else longest)
        default = others.get("default", False if action == "store_true" else None)
        self._actions.append(
            PlainFlag(
                names if is_flag else (),
                dest,
                action,
                nargs,
                others.get("type"),
                others.get("choices"),
                default,
                others.get("required", False),
            )
        )

    def add_argument_group(self, title: str) -> PlainParser:
        """Groups matter for the help alone."""
        return self

    def add_mutually_exclusive_group(self) -> PlainAlternatives:
        """A group of flags that must not come together."""
        return PlainAlternatives(self)

    def set_defaults(self, **values: Any) -> None:
        """Changes defaults of flags, and gives values to names that are no flag."""
        self._others |= values
        for flag in self._actions:
            flag.default = values.get(flag.dest, flag.default)

    def parse_args(self, words: list[str]) -> SimpleNamespace:
        """The values of all flags by name. Raises NotPlain, or the error of a flag's type."""
        given = [*self._given(words)]
        used = {id(flag) for flag, _ in given}
        if any(flag.required and id(flag) not in used for flag in self._actions):
            raise NotPlain
        names = {flag.dest for flag in self._actions}
        values = {name: value for name, value in self._others.items() if name not in names}
        for flag, word in given:
            if flag.action == "append":
                values[flag.dest] = [*values.get(flag.dest, flag.default or ()), flag.allowed(word)]
            elif flag.nargs in ("*", "+"):
                values[flag.dest] = [*values.get(flag.dest, ()), flag.allowed(word)]
            else:
                values[flag.dest] = flag.action == "store_true" or flag.allowed(word)
        for flag in self._actions:
            if flag.dest not in values:
                values[flag.dest] = flag.converted(flag.default) if isinstance(flag.default, str) else flag.default
        return SimpleNamespace(**values)

    def _given(self, words: list[str]) -> Iterator[tuple[PlainFlag, str]]:
        """The flags and positional arguments of a line, each with the text of its value."""
        flags = {name: flag for flag in self._actions for name in flag.option_strings}
        rest = iter(enumerate(words))
        places: list[int] = []
        for place, word in rest:
            if word[:1] != "-" or word == "-":
                places.append(place)
                continue
            name, equals, value = word.partition("=")
            if word not in flags and not equals and word[:2] in flags:
                name, value = word[:2], word[2:]
            flag = flags.get(name)
            if flag is None or value == "--" or (equals and (not value or name[:2] != "--")):
                raise NotPlain
            if flag.action == "store_true":
                if name != word:
                    raise NotPlain
            elif not value:
                _, value = next(rest, (0, "--"))
                if value[:1] == "-" and value != "-":
                    raise NotPlain
            yield flag, value
        if places and places[-1] - places[0] != len(places) - 1:
            raise NotPlain  # argparse takes the first of several groups only
        yield from self._positional([words[place] for place in places])

    def _positional(self, words: list[str]) -> Iterator[tuple[PlainFlag, str]]:
        """The positional arguments: each has one word, the last one perhaps several."""
        wanted = [flag for flag in self._actions if not flag.option_strings]
        if any(flag.nargs for flag in wanted[:-1]) or any(flag.choices or flag.type for flag in wanted):
            raise NotPlain
        several = bool(wanted) and wanted[-1].nargs in ("*", "+")
        if len(words) < len(wanted) or (len(words) > len(wanted) and not several):
            raise NotPlain
        for number, word in enumerate(words):
            yield wanted[min(number, len(wanted) - 1)], word


class PlainAlternatives:
    """Flags of which a line may have one; lines with such flags are argparse's."""

    def __init__(self, parser: PlainParser) -> None:
        self._parser = parser

    def add_argument(self, *names: str, **others: Any) -> None:
        """Adds a flag whose use is not plain: only its default counts."""
        self._parser.add_argument(*names, **others)
        self._parser._actions[-1].option_strings = ("",)
