"""Sums over paths: two circuits, one inverted, as variables, bits that are polynomials of them, and a phase.

Each gate that is neither diagonal nor a flip begins a variable, a bit that is 0 on some paths and 1 on others. The
product of two circuits B A+ is then a sum over all values of the variables of e^(2 pi i phase) |b><a|, where the
bits a and b and the phase are functions of the variables. Gates of B change the bits b, gates of A the bits a, so that
both are followed from their inputs. A variable that no bit depends on can be summed: half a turn of it says that a
polynomial is 0, which gives another variable. Source: Amy, EPTCS 287, 1 (2018).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

TURN = 1 << 60
"""A turn in units of phases, which are whole numbers."""

HALF, QUARTER = TURN // 2, TURN // 4

GRID = TURN // 64
"""Multiples of this are written out as polynomials, so that they cancel however they are written."""

SNAP = 10**-12
"""A phase so near to such a multiple, in turns, is one up to rounding."""

MOST_WRITTEN = 10_000
"""The most terms of a phase that is written out."""

MOST_TERMS = 50_000
"""The most terms of all phases and bits together."""

MOST_WORK = 1_000_000
"""The most terms that are touched."""

Monomial = int
"""The variables whose bits are multiplied, a bit each; 0 is the number 1."""

Polynomial = frozenset[Monomial]
"""Products that are added modulo 2."""

NONE: Polynomial = frozenset()
ONE: Polynomial = frozenset((0,))


class TooLarge(ValueError):
    """A sum that takes more work than it may."""


def times(one: Polynomial, other: Polynomial) -> Polynomial:
    """The product of two polynomials."""
    if one == ONE or other == ONE:
        return one if other == ONE else other
    result: set[Monomial] = set()
    for left in one:
        for right in other:
            result ^= {left | right}
    return frozenset(result)


def variables(mask: Monomial) -> Iterator[int]:
    """The numbers of the variables of a mask."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(polynomial: Iterable[Monomial]) -> Monomial:
    """The variables that a polynomial depends on."""
    result = 0
    for monomial in polynomial:
        result |= monomial
    return result


def replaced(polynomial: Iterable[Monomial], variable: int, value: Polynomial) -> Polynomial:
    """A polynomial with another one in place of a variable."""
    alone = 1 << variable
    kept = frozenset([each for each in polynomial if not each & alone])
    rest = frozenset([each ^ alone for each in polynomial if each & alone])
    return kept ^ times(rest, value)


def kernel(columns: Mapping[int, int]) -> Iterator[list[int]]:
    """Numbers of columns, each a mask, that add up to nothing; independent of each other."""
    pivots: dict[int, tuple[int, set[int]]] = {}
    for number, column in columns.items():
        added = {number}
        while column:
            lead = column.bit_length()
            if lead not in pivots:
                pivots[lead] = column, added
                break
            column ^= pivots[lead][0]
            added = added ^ pivots[lead][1]
        else:
            yield [*added]


class PathSum:
    """Bits of two sides as polynomials of variables, and a phase; from the identity on.

    The phase is a sum of products of variables, `terms`, and of polynomials that are not written out, `functions`, with
    a factor each in units. `deviation` bounds the phases taken for rounding, in radians; `work` counts the terms
    that were touched.
    """

    def __init__(self, names: Sequence[int]) -> None:
        """Bit `q` of the second side begins as bit `names[q]` of the first."""
        self.terms: dict[Monomial, int] = {}
        self.functions: dict[Polynomial, int] = {}
        self.deviation = 0.0
        self.bits = ([NONE] * len(names), [NONE] * len(names))
        self.work = 0
        self._size = 0
        self._spare: list[int] = []
        self._terms_of: dict[int, set[Monomial]] = {}
        self._functions_of: dict[int, set[Polynomial]] = {}
        self._bits_of: dict[int, set[tuple[int, int]]] = {}
        self._uses_of: dict[int, set[int]] = {}
        self._definitions: dict[int, Polynomial] = {}
        self._news: dict[int, None] = {}
        inputs = [self.begin() for _ in names]
        for bit, name in enumerate(names):
            self.hold(0, bit, inputs[bit])
            self.hold(1, bit, inputs[name])

    # --- gates

    def begin(self) -> Polynomial:
        """A new variable."""
        variable = self._spare.pop() if self._spare else len(self._terms_of)
        self._terms_of[variable], self._functions_of[variable] = set(), set()
        self._bits_of[variable], self._uses_of[variable] = set(), set()
        return frozenset((1 << variable,))

    def _end(self, variable: int) -> None:
        self._spare.append(variable)
        self._news.pop(variable, None)

    def hold(self, side: int, bit: int, value: Polynomial) -> None:
        """Gives a bit another value."""
        before = self.bits[side][bit]
        for variable in variables(mask_of(before)):
            self._bits_of[variable].discard((side, bit))
            self._news[variable] = None
        self.bits[side][bit] = value
        self._charge(len(value) - len(before), len(value) + len(before))
        for variable in variables(mask_of(value)):
            self._bits_of[variable].add((side, bit))

    def add(self, factor: int, polynomial: Polynomial) -> None:
        """Adds a phase, in units, where a polynomial is 1."""
        if 0 in polynomial:  # the rest is negated
            polynomial, factor = polynomial - ONE, -factor
        factor %= TURN
        if not factor or not polynomial:
            return
        if polynomial in self.functions:
            factor = (factor + self._take_function(polynomial)) % TURN
        rest = (factor + GRID // 2) % GRID - GRID // 2
        if abs(rest) < SNAP * TURN:
            self.deviation += abs(rest) / TURN * 6.3
            factor = (factor - rest) % TURN
            if self._write_out(factor, polynomial):
                return
        self.functions[polynomial] = factor
        self._charge(len(polynomial), len(polynomial))
        for variable in variables(mask_of(polynomial)):
            self._functions_of[variable].add(polynomial)

    def _write_out(self, factor: int, polynomial: Polynomial) -> bool:
        """Adds a phase as products: c (p + q mod 2) = c p + c q - 2 c p q. False if these were too many."""
        count, degree, total = len(polynomial), 0, 0
        size = 1
        while factor << degree & TURN - 1 and degree < count:
            size = size * (count - degree) // (degree + 1)
            degree += 1
            total += size
        if total > MOST_WRITTEN:
            return False
        each = factor
        for chosen in range(1, degree + 1):
            for monomials in combinations(polynomial, chosen):
                self._add_term(each, mask_of(monomials))
            each = -2 * each % TURN
        return True

    def _add_term(self, factor: int, monomial: Monomial) -> None:
        before = self.terms.get(monomial, 0)
        after = (before + factor) % TURN
        self._charge(0, 1)
        if after:
            self.terms[monomial] = after
        if not before and after:
            self._charge(1, 0)
            for variable in variables(monomial):
                self._terms_of[variable].add(monomial)
        elif before and not after:
            self._charge(-1, 0)
            del self.terms[monomial]
            for variable in variables(monomial):
                self._terms_of[variable].discard(monomial)
        for variable in variables(monomial):
            self._news[variable] = None

    def _take_function(self, polynomial: Polynomial) -> int:
        for variable in variables(mask_of(polynomial)):
            self._functions_of[variable].discard(polynomial)
            self._news[variable] = None
        self._charge(-len(polynomial), len(polynomial))
        return self.functions.pop(polynomial)

    def _charge(self, more: int, work: int) -> None:
        self._size += more
        self.work += work
        if self._size > MOST_TERMS or self.work > MOST_WORK:
            raise TooLarge

    # --- simpler ways to write the same sum

    def simplify(self, may_shift: bool) -> None:
        """Sums variables where possible, and renames bits that both sides hold; with `may_shift` the slower way too."""
        self._reduce()
        for bit, value in enumerate(self.bits[0]):
            if len(value) > 1:
                self._rename(bit)
        while may_shift and self._shift():
            self._reduce()

    def expand(self) -> None:
        """Writes all phases in the variables that the bits depend on."""
        while self._definitions:
            self._expand([min(self._definitions)])
        self._reduce()

    def _shift(self) -> bool:
        """Makes bits depend on fewer variables, if some are the same where several variables change at once.

        In the place of each of these variables but one its sum with that one is written, which is then in no bit.
        """
        columns: dict[int, int] = {}
        numbers: dict[tuple[int, int, Monomial], int] = {}
        for variable, places in self._bits_of.items():
            column = 0
            for side, bit in places:
                for monomial in self.bits[side][bit]:
                    if monomial >> variable & 1:
                        key = side, bit, monomial ^ 1 << variable
                        column ^= 1 << numbers.setdefault(key, len(numbers))
            if places:
                columns[variable] = column
        found = False
        for group in kernel(columns):
            together = [each for each in group if self._bits_of[each]]  # others have been replaced
            if len(together) > 1 and all(
                self._is_same(together, *place) for each in together for place in self._bits_of[each]
            ):
                last, *others = sorted(together)
                for other in others:
                    self._replace(other, self.begin() ^ {1 << last})
                found = True
        return found

    def _rename(self, bit: int) -> None:
        """Gives a value that both sides have for a bit a variable of its own, if that makes the bits simpler."""
        value = self.bits[0][bit]
        if (value ^ self.bits[1][bit]) - ONE:
            return
        variable = self._solved(value)
        if variable is None:
            return
        more, other = 0, value  # the name of the variable may be used again
        for side, place in self._bits_of[variable]:
            before = self.bits[side][place]
            more += len(replaced(before, variable, other)) - len(before)
        if more < 0:
            self._define(variable, value ^ {1 << variable} ^ self.begin())

    def _define(self, variable: int, value: Polynomial) -> None:
        """Writes a polynomial in place of a variable in the bits; phases keep the variable until it must be known."""
        for side, bit in [*self._bits_of[variable]]:
            self.hold(side, bit, replaced(self.bits[side][bit], variable, value))
        self._definitions[variable] = NONE
        self._redefine(variable, value)
        self._news[variable] = None

    def _redefine(self, variable: int, value: Polynomial) -> None:
        for each in variables(mask_of(self._definitions[variable])):
            self._uses_of[each].discard(variable)
            self._news[each] = None
        for each in variables(mask_of(value)):
            self._uses_of[each].add(variable)
        self._charge(len(value) - len(self._definitions[variable]), len(value))
        self._definitions[variable] = value

    def _expand(self, defined: Iterable[int]) -> None:
        """Writes the definitions of variables in their place."""
        for variable in defined:
            value = self._definitions[variable]
            self._redefine(variable, NONE)
            del self._definitions[variable]
            self._replace(variable, value)

    def _is_same(self, together: Sequence[int], side: int, bit: int) -> bool:
        """Whether a bit is the same if these variables change."""
        changes, change = mask_of([1 << each for each in together]), set[Monomial]()
        for monomial in self.bits[side][bit]:
            inner = monomial & changes
            part = inner
            while part:
                part = (part - 1) & inner
                change ^= {monomial ^ inner | part}
            self._charge(0, 1 << inner.bit_count())
        return not change

    # --- variables that are summed

    def _reduce(self) -> None:
        """Sums the variables that can be summed."""
        while self._news:
            variable, _ = self._news.popitem()
            self._sum(variable)

    def _sum(self, variable: int) -> None:
        """Sums a variable on which no bit depends, if its phase is half a turn of a polynomial, or a quarter more."""
        if self._bits_of[variable] or self._functions_of[variable]:
            return
        if variable in self._definitions:
            if not self._terms_of[variable] and not self._uses_of[variable]:
                self._redefine(variable, NONE)
                del self._definitions[variable]
                self._end(variable)
            return
        own, alone = self._terms_of[variable], 1 << variable
        defined = self._uses_of[variable] or [each for each in variables(mask_of(own)) if each in self._definitions]
        if defined:
            self._expand([*defined])
            self._news[variable] = None
            return
        quarter = self.terms.get(alone, 0) % HALF
        if quarter not in (0, QUARTER) or any(self.terms[each] != HALF for each in own if each != alone):
            return
        polynomial = frozenset([each ^ alone for each in own if each != alone])
        if self.terms.get(alone, 0) >= HALF:
            polynomial ^= ONE
        if not quarter:
            solved = self._solved(polynomial)
            if solved is None and polynomial:
                return
        for monomial in [*own]:
            self._add_term(-self.terms[monomial], monomial)
        self._end(variable)
        if quarter:  # 1 + i (-1)^p is a constant times i^-p
            self.add(-QUARTER, polynomial)
        elif solved is not None:
            self._replace(solved, polynomial ^ {1 << solved})

    def _solved(self, polynomial: Polynomial) -> int | None:
        """A variable that a polynomial contains by itself and nowhere else: the one in the fewest places."""
        once = twice = 0
        for monomial in polynomial:
            twice |= once & monomial
            once |= monomial
        best, least = None, 0
        for monomial in polynomial:
            if monomial and not monomial & monomial - 1 and not monomial & twice:
                variable = monomial.bit_length() - 1
                price = len(self._terms_of[variable]) + len(self._functions_of[variable]) + len(self._bits_of[variable])
                if best is None or price < least:
                    best, least = variable, price
        return best

    def _replace(self, variable: int, value: Polynomial) -> None:
        """Writes a polynomial in place of a variable."""
        for side, bit in [*self._bits_of[variable]]:
            self.hold(side, bit, replaced(self.bits[side][bit], variable, value))
        for defined in [*self._uses_of[variable]]:
            self._redefine(defined, replaced(self._definitions[defined], variable, value))
        for polynomial in [*self._functions_of[variable]]:
            self.add(self._take_function(polynomial), replaced(polynomial, variable, value))
        for monomial in [*self._terms_of[variable]]:
            factor = self.terms[monomial]
            self._add_term(-factor, monomial)
            self.add(factor, replaced((monomial,), variable, value))
        self._end(variable)
