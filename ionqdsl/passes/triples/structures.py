"""Structures that write three-qubit unitaries with few interactions, by pattern.

Made by `python -m tests.bench.triples`: do not edit. A structure has the pair of wires of each interaction in order: 0
is (0, 1), 1 is (0, 2), 2 is (1, 2). Patterns are those of known_triples.py; the shortest structure comes first.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """Structures for a pattern, and the number of interactions from which on a block with it can often be shortened."""

    least: int
    structures: str


TABLE: dict[int, Row] = {
    0x0A1101: Row(5, "21 212 2121"),
    0x0E1111: Row(7, "21 201 20201"),
    0x1082A8: Row(6, "21010"),
    0x121111: Row(4, "21"),
    0x1219B3: Row(7, "021020 0121010"),
    0x192405: Row(4, "202 2102"),
    0x193841: Row(4, "212"),
    0x1A1111: Row(4, "21"),
    0x1A2145: Row(4, "121"),
    0x1A22E6: Row(6, "1020 20210"),
    0x1B3941: Row(4, "212"),
    0x1B616D: Row(8, "102101 1212021"),
    0x1BB951: Row(4, "212"),
    0x1C2111: Row(4, "21 210 212"),
    0x1C3840: Row(5, "012 2012 21010"),
    0x1CF9C8: Row(8, "201210 2012120 21212102"),
    0x1D3941: Row(5, "212 2120 21201"),
    0x1D3951: Row(5, "212 2120 21212"),
    0x1DBA41: Row(5, "2102"),
    0x1E1111: Row(5, "21 212 2101 2120 21210"),
    0x1E2111: Row(7, "21"),
    0x1E2AC2: Row(6, "10201"),
    0x1E2AC6: Row(7, "20102 202012"),
    0x1E2AE2: Row(8, "102010 2012010 20202120 212012010 2020210121"),
    0x1E2AE6: Row(7, "20102 010201 120120 2102120 21021010"),
    0x1E3111: Row(4, "21 212 2121"),
    0x1E3141: Row(4, "212"),
    0x1E3151: Row(5, "212 2121"),
    0x1E3245: Row(5, "202 2021"),
    0x1E3341: Row(6, "2120 21202"),
    0x1E3351: Row(5, "120 212 2102 2120 21202"),
    0x1E3355: Row(6, "210 2010 2021 2102 21021 210120 2102012 21210121"),
    0x1EB911: Row(4, "212"),
    0x1EBD11: Row(5, "212 2121 21212"),
    0x1EBD55: Row(7, "21020 212020 2010120"),
    0x1EF9B3: Row(9, "1021210 21012010"),
    0x1F3A41: Row(5, "2102"),
    0x1F3A42: Row(7, "20101 201021"),
    0x1F3A55: Row(5, "2021"),
    0x1F3ACB: Row(7, "12010 21210 201210 1201202 20210102 120120212"),
    0x1F3B4B: Row(6, "01010 121010 2010101"),
    0x1F9551: Row(5, "212 2121"),
    0x1FAAFE: Row(8, "012010 201202 1020210 21201212"),
    0x1FB555: Row(7, "21201 212010 2120121 21210101"),
    0x1FB755: Row(6, "21210"),
    0x1FBA74: Row(5, "0212"),
    0x1FBB55: Row(6, "2102 21012 212012"),
    0x1FBB77: Row(7, "201021"),
    0x1FBD51: Row(5, "212"),
    0x1FBEFD: Row(8, "202102 2020120"),
    0x1FBF41: Row(6, "2102 20212"),
    0x1FBF51: Row(6, "212 2120 21210 212021"),
    0x1FBF55: Row(6, "0212 2102 2120 01212 12102 21020 21210 210212 212012 212021"),
    0x1FBF7D: Row(6, "21201 021210 202021 2120201 21201202 212121201 2120101021"),
    0x1FFB4B: Row(6, "21012"),
    0x1FFD79: Row(6, "12121"),
    0x1FFDF9: Row(5, "2121 21212"),
    0x1FFDFB: Row(6, "21212"),
    0x1FFE76: Row(7, "121020"),
    0x1FFEF6: Row(8, "0101202"),
    0x1FFF75: Row(8, "010210 0120201 21012021 210210210 2021012012"),
    0x1FFF79: Row(5, "2121"),
    0x1FFF99: Row(9, "2020121 21201201 212121010 2121010210"),
    0x1FFFFD: Row(7, "202121 0102012 2102021 20120121 21021020 021201210 2121012021"),
    0x1FFFFE: Row(10, "20210212 210201021 1212121201"),
    0x1FFFFF: Row(11, "020102010 1201212120 2012101210"),
}
