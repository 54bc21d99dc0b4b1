"""Lays out one statement: its spaces, and its line breaks if it does not fit on a line.

Takes the lexemes and groups of a statement without blocks and returns lines. A layout is text with possible breaks; a
bracketed part stays on one line if it fits and otherwise breaks at all of its breaks, outer brackets first (Wadler, "A
prettier printer", 2003). A break is only placed where the grammar allows a newline: outside brackets, after a comma and
before an operator.
"""

from __future__ import annotations

from ionqdsl.language.lexemes import BLANK, Group, Lexeme, first_of, last_of
from ionqdsl.record import NamedTuple, record

WIDTH = 100
"""Columns of a line; comments do not count."""
INDENT = 2
CONTINUED = 4
"""Indent of the continuation lines of a statement."""
SHORT = 20
"""Elements of at most this many characters share lines, and brackets around no more are not broken."""

Item = Lexeme | Group


@record(frozen=False)
class Line:
    """A line of output: `comment` is after the code, or alone. The code of plain gate lines may be several lines."""

    indent: int
    code: str = ""
    comment: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the line is empty."""
        return not self.code and not self.comment


# --- spaces ----------------------------------------------------------------------------------------------------------

_VALUES = frozenset({"NAME", "NUMBER", "STRING", "TRUE", "FALSE", "NULL"})
_CALLED = frozenset({"GPHASE", "CTRL", "NEGCTRL", "INV", "POW"})
"""Words directly followed by their parenthesis, as names are."""
_PRODUCT = frozenset({"STAR", "SLASH", "FLOOR", "PERCENT"})
_BROKEN_BEFORE = frozenset({"PLUS", "MINUS", "AND", "OR", "FOR", "IF", "ELSE"})
"""In brackets a line may break before these, if they are between values."""
_CONTINUING = frozenset({"PLUS", "MINUS", "AND", "OR"})
"""A line that begins with one of these continues the statement, so it may break there outside brackets too."""


def _is_value(item: Item) -> bool:
    return isinstance(item, Group) or item.kind in _VALUES


def _kinds(items: list[Item]) -> list[str]:
    """The kind of each item of one level: groups are `GROUP`, signs `SIGN`, operators without blanks `TIGHT`.

    `*`, `/` and `**` have no blanks, except in products that also contain `//` or `%`, whose order would be misread.
    """
    kinds: list[str] = []
    product: list[int] = []  # positions of * and / in the current product
    is_loose = False
    for position, item in enumerate(items):
        kind = "GROUP" if isinstance(item, Group) else item.kind
        is_sign = kind in ("PLUS", "MINUS") and (not position or not _is_value(items[position - 1]))
        if is_sign or kind == "TILDE":
            kind = "SIGN"
        elif kind in _PRODUCT:
            product.append(position)
            is_loose = is_loose or kind in ("FLOOR", "PERCENT")
        elif kind in ("POWER", "DOT"):
            kind = "TIGHT"
        kinds.append(kind)
        if position + 1 == len(items) or not (_is_value(item) or kind in ("SIGN", "TIGHT") or kind in _PRODUCT):
            if not is_loose:
                for place in product:
                    kinds[place] = "TIGHT"
            product, is_loose = [], False
    return kinds


def _blank(left: str, right: str) -> str:
    """The blank between two items, by their kinds."""
    if right in ("_COMMA", "ONLY_COMMA") or left == "SIGN" or "COLON" in (left, right) or "TIGHT" in (left, right):
        return ""
    if right == "GROUP" and (left in _VALUES or left in _CALLED or left == "GROUP"):
        return ""
    return " "


def flat(items: list[Item]) -> str | None:
    """The items on one line; None if the text breaks it or has a comment among them (but for one after the last)."""
    kinds = _kinds(items)
    text = ""
    for position, item in enumerate(items):
        if (
            any(first_of(item).before)
            or (position and first_of(item).continues)
            or (position + 1 < len(items) and last_of(item).trailing)
        ):
            return None
        text += _blank(kinds[position - 1], kinds[position]) if position else ""
        if isinstance(item, Lexeme):
            text += item.text
            continue
        inner = flat(_without_last_comma(item.items))
        if inner is None or item.open.trailing or any(item.close.before):
            return None
        if item.items and last_of(item.items[-1]).trailing:
            return None
        text += item.open.text + inner + item.close.text
    return text


def _without_last_comma(items: list[Item]) -> list[Item]:
    """The items of a group without a comma at their end, unless a comment follows it."""
    return items[:-1] if items and _is_comma(items[-1]) and not last_of(items[-1]).trailing else items


def _is_comma(item: Item) -> bool:
    return isinstance(item, Lexeme) and item.kind == "_COMMA"


# --- layouts ---------------------------------------------------------------------------------------------------------


class Break(NamedTuple):
    """A place where the line may break: its text if it does not, and the indent of the next line."""

    flat: str
    by: int = 0


class Comment(NamedTuple):
    """A comment: on a separate line, or after the code of its line."""

    text: str
    is_own: bool


class Nest(NamedTuple):
    """Lines begun inside are indented further."""

    by: int
    inner: Layout


class BreakGroup(NamedTuple):
    """Breaks at all of its breaks, or at none. Lines begun inside are indented like the line it begins on."""

    inner: Layout


class Fill(NamedTuple):
    """Contents and breaks in turn, from `start` on; breaks where the following content does not fit."""

    parts: list[Layout]
    start: int = 0


class IfBroken(NamedTuple):
    """Text that is written only if the `BreakGroup` around it is broken."""

    text: str


Layout = str | Break | Comment | Nest | BreakGroup | Fill | IfBroken | list["Layout"]


def _layout(items: list[Item], is_inside: bool, together: bool) -> Layout:
    """Items with the commas between them; `together` breaks after all commas or none."""
    kinds = _kinds(items)
    if is_inside and "FOR" in kinds:
        return _element(items, kinds, is_inside)  # commas separate the targets of its loops
    parts: list[Layout] = []
    start = 0
    for position, kind in enumerate([*kinds, "$END"]):
        if kind == "_COMMA":
            parts += [[*_element(items[start:position], kinds[start:position], is_inside), *_text(items[position])]]
            parts.append(Break(" ", 0 if is_inside else CONTINUED))
            start = position + 1
        elif kind == "$END":
            parts.append(_element(items[start:], kinds[start:], is_inside))
    return parts if together else Fill(parts)


def _element(items: list[Item], kinds: list[str], is_inside: bool) -> list[Layout]:
    """The items between two commas, which may break before operators. Outside brackets breaks of the text are kept."""
    breaking, by = (_BROKEN_BEFORE, CONTINUED) if is_inside else (_CONTINUING, INDENT)
    kept: list[list[Layout]] = []
    pieces: list[Layout] = []
    piece: list[Layout] = []
    for position, item in enumerate(items):
        if position and first_of(item).continues:
            kept.append(_filled([*pieces, piece]))
            pieces, piece, by = [], [Break(" ")], 0
        elif piece and kinds[position] in breaking:
            pieces += [piece, Break(" ", by)]
            piece = []
        elif position:
            piece.append(_blank(kinds[position - 1], kinds[position]))
        piece += [_group(item)] if isinstance(item, Group) else _text(item)
    first, *others = [*kept, _filled([*pieces, piece])]
    return [*first, *(Nest(INDENT, other) for other in others)]


def _filled(pieces: list[Layout]) -> list[Layout]:
    """Pieces and the breaks between them, as many on a line as fit."""
    return [Fill(pieces)] if len(pieces) > 1 else pieces


def _text(item: Item) -> list[Layout]:
    """A lexeme with its comments."""
    assert isinstance(item, Lexeme)
    behind: list[Layout] = [Comment(item.trailing, False)] if item.trailing else []
    return [*(Comment(text, True) for text in item.before if text != BLANK), item.text, *behind]


def _group(group: Group) -> Layout:
    text = flat([group])
    if text is not None and len(text) <= SHORT:
        return [text, *_text(group.close)[1:]]
    items = _without_last_comma(group.items)
    if not items or (len(items) == 1 and isinstance(items[0], Group)):
        return [*_text(group.open), *map(_group, items), *_text(group.close)]  # type: ignore[arg-type]
    is_comprehension = any(isinstance(item, Lexeme) and item.kind == "FOR" for item in items)
    together = any(map(_is_comma, items)) and not is_comprehension and not _are_short(items)
    inner = [Break(""), _layout(items, is_inside=True, together=together)]
    if together and not _is_comma(items[-1]):
        inner.append(IfBroken(","))
    return BreakGroup([*_text(group.open), Nest(INDENT, inner), Break(""), *_text(group.close)])


def _are_short(items: list[Item]) -> bool:
    """Whether every element between the commas is short enough to share a line with others."""
    start = 0
    for position in range(len(items) + 1):
        if position == len(items) or _is_comma(items[position]):
            text = flat(items[start:position])
            if text is None or len(text) > SHORT:
                return False
            start = position + 1
    return True


# --- lines -----------------------------------------------------------------------------------------------------------


def lines(items: list[Item], indent: int, after: str = "") -> list[Line]:
    """The lines of a statement, or of the part before a block, with `after` after the last."""
    text = flat(items)
    if text is not None and indent + len(text) + len(after) <= WIDTH:
        return [Line(indent, text + after, last_of(items[-1]).trailing)]
    is_run = isinstance(items[0], Lexeme) and items[0].kind == "RUN"
    layout = _layout(items, is_inside=False, together=is_run)
    return _render([BreakGroup(layout) if is_run else layout, after], indent)


def _render(layout: Layout, indent: int) -> list[Line]:
    done = [Line(indent)]
    todo: list[tuple[int, bool, Layout]] = [(indent, False, layout)]
    while todo:
        nest, is_flat, part = todo.pop()
        line = done[-1]
        match part:
            case str():
                if line.comment and part:
                    done.append(Line(nest))
                done[-1].code += part if done[-1].code else part.lstrip()
            case list():
                todo += [(nest, is_flat, inner) for inner in reversed(part)]
            case Nest(by, inner):
                todo.append((nest + by, is_flat, inner))
            case BreakGroup(inner):
                todo.append((line.indent, is_flat or _fits(inner, line, todo), inner))
            case Fill(parts, start):
                first = parts[start]
                if isinstance(first, Break) and not is_flat:
                    following = [(nest, False, Fill(parts, start + 2))] if start + 2 < len(parts) else []
                    fits = _fits([first, parts[start + 1]], line, [*todo, *following])
                    first = first.flat if fits else first
                if start + 1 < len(parts):
                    todo.append((nest, is_flat, Fill(parts, start + 1)))
                todo.append((nest, is_flat, first))
            case Break(text, by):
                if is_flat:
                    line.code += text
                elif line.is_empty:
                    line.indent = nest + by
                else:
                    done.append(Line(nest + by))
            case IfBroken(text):
                line.code += "" if is_flat else text
            case Comment(text, is_own):
                if line.comment or (is_own and line.code):
                    done.append(Line(nest))
                done[-1].comment = text
    return done


def _fits(layout: Layout, line: Line, rest: list[tuple[int, bool, Layout]]) -> bool:
    """Whether a layout without breaks, and the text after it up to the next break, fits on the line."""
    if line.comment:
        return False
    room = WIDTH - line.indent - len(line.code)
    todo: list[tuple[bool, Layout]] = [(is_flat, part) for _, is_flat, part in rest]
    todo.append((True, layout))
    while todo and room >= 0:
        is_flat, part = todo.pop()
        match part:
            case str():
                room -= len(part)
            case list():
                todo += [(is_flat, piece) for piece in reversed(part)]
            case Fill(parts, start):
                if not is_flat and isinstance(parts[start], Break):
                    return True
                todo += [(is_flat, piece) for piece in reversed(parts[start:])]
            case Nest(_, inner) | BreakGroup(inner):
                todo.append((is_flat, inner))
            case Break(text):
                if not is_flat:
                    return True
                room -= len(text)
            case Comment():
                return not is_flat
            case IfBroken():
                pass
    return room >= 0
