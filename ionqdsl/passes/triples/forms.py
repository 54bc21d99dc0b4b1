"""Exact forms of three-qubit unitaries with the fewest interactions that were found, by class.

Made by `python -m tests.bench.triple_forms`: do not edit. Classes are those of invariants.py, in 8 hexadecimal
digits; unitaries of one class may need several forms, shortest first. An interaction of a form is the number of its
pair of wires, the letters of its axes u and v, and its angle in parts of pi / 192. A letter stands for a coordinate, a
capital one for its negative; see `LETTERS`.
"""

from __future__ import annotations

import math

LETTERS = {
    "o": 0.0,
    "a": 1.0,
    "b": 0.5,
    "c": math.sqrt(0.5),
    "d": math.sqrt(0.75),
    "e": math.cos(math.pi / 8),
    "f": math.sin(math.pi / 8),
    "g": math.sqrt(1 / 3),
    "h": math.sqrt(2 / 3),
}
"""The coordinate of each letter."""

FORMS: dict[int, str] = {
    0x0117F364: (
        "0ooaooa-24,1ooAooa72,2ooAaoo48,1ooaoAo24,2cocCoC-48 "
        "1ooaooa24,2ooaaoo48,0ooAooa24,1ooAoao-72,2cocooa-48 "
        "1ooaooa24,2ooaaoo48,0ooaooA24,1ooaoAo-24,2coCCoc-48"
    ),
    0x025A2D8A: "0ooaooa-24,2ooaooa48,1aoocoC48,2ooABcb48,0gGgooa-64",
    0x0AD82EA7: "0ooaooa48,2hoGooa64,1ooaooA-24,2Ccoaoo-48 2ooaooa48,1ooacoC-48,0ooAaoo48,2cocbCB-48",
    0x0B8E1CC6: "2ooaooa-48,0ooacoC-48,1ooAcoc48,2BcbBCB-48",
    0x0D69D55D: "2ooaooa72,0ooaooA-48,1aooooA24,0aooaoo48,2oAoooA72",
    0x0E653FF0: "0ooaooa48,2ooaooa-48,0aooaoo-48,1aooooA-48,0ooaoAo48",
    0x1018670E: "1ooaooa-48,2ooaooa-48",
    0x18E47ECA: "2ooaooa-48,1ooaaoo-48,0ooAaoo24,2ocCoao48",
    0x1CBD12FC: "2ooaooa-48,0ooaaoo48,2Aooaoo-48",
    0x2128D376: "2ooaooa48,0ooacoc48,1ooacoC48,2bcbcoc-48,0aooBcB48",
    0x23E84451: "1ooaooa48,2ooacoc-48,0ooAhog-64,2AooCoc48,1ooaBCB-48",
    0x254A86E9: "0ooaooa-48,1ooaooa24,2ooaaoo-48",
    0x25ADE193: "2ooaooa72,1ooaaoo-48,2ooaoAo-72",
    0x28457CC5: "1ooaooa48,0coCooa-48,2aooaoo-48,0coccoc-48,2bcboCC48,1bCBAoo48,0CoCCoc-48",
    0x2A7192AA: "2ooaooa48,0ooaaoo-48,2oAoaoo-24,1ooaGgG64",
    0x2B13FD80: "2ooaooa48,0ooaaoo24,2ocCooa48,1ooaooa-24",
    0x2FF8FBA2: "2ooaooa-48,1ooacoC-48,0ooAooA24",
    0x31E9BA7F: "1ooaooa48,2ooaaoo-24,0ooAooA-72 2ooaooa-24,0ooaooa24,1ooAaoo48",
    0x35C2BF18: "2ooaooa24,1ooaaoo48,2ooaGgg-32 2ooaooa-48,1ooacoC48,0ooAooA-24,2ooahGo32",
    0x35DE3E3B: "2ooaooa48,1ooahog64,2cocCCo-48,0ooAcoc72",
    0x36F217E1: "0ooaooa-48,1aooooa48,2coCooa-48,0CocBCb48,2CoCaoo-48",
    0x3CAEF4FA: "2ooaooa-32,1ooaaoo48,0ooahoG24,2Hogoao-72",
    0x3DB6208A: "2ooaooa48,0ooaaoo72,2oCcaoo48,1ooaoCc48 2ooaooa-48,1ooacoc-48,2aoobcb48,1ooaBcB24,0ooaAoo24",
    0x3F8874A4: "2ooaooa-24,1ooaaoo-48,2ooaoAo-24,0ooAhog-64",
    0x40EB2240: "2ooaooa72,1ooaaoo48",
    0x419146F2: "2ooaooa-24,0ooaooA-48,1aooooa24,0aooaoo48,2oAoaoo-48",
    0x46CB5403: "2ooaooa48,1ooaaoo-48,0ooahog64,2cCooao-48",
    0x48B17A15: "0ooaooa48,1aooooa-48,0Cocaoo-48,2oCcooA-48,0CoCCbB48,1bCBooa48",
    0x4EFB1FFA: "2ooaooa48,1ooacoc-48",
    0x54546B8D: "0ooaooa-24,1ooAooa24,2ooaaoo-48,1ooAoAo-24,2aoocoC-48",
    0x59020F63: "0ooaooa-48,2aooooa24,1aooooA48,0cococC48,2Aooaoo-48",
    0x62472338: "0ooaooa-64,2aooooa-48,0hoGoAo24,1hoGooA24,2cocaoo48",
    0x6367A24C: "1ooaooa-48,0aooooa48,1ooaaoo48,2aoooAo48,1aooooa48",
    0x749EB859: "2ooaooa48",
    0x75BC3A9A: "2ooaooa48,1ooaooa24,0ooAaoo24,2oCCaoo-48",
    0x785856C1: "2ooaooa-48,0ooaaoo48,2oAoaoo24",
    0x7893FDEE: "2ooaooa48,1ooaaoo-72",
    0x78FF0734: (
        "2ooaooa48,1ooacoc-24,0ooAaoo24,2oaoCoC48,0ooaooA24 2ooaooa48,1ooacoc-72,0ooAaoo24,2occCoC48,0ooaocC24"
    ),
    0x79CAFFF3: "2ooaooa48,1ooaooA24,2cocaoo-48,0ooAcoc72,1ooAoao24",
    0x7D4B2376: "2ooaooa72,1ooaaoo48,2ooaCoC-48,0ooAooa72",
    0x7E143FF0: (
        "0ooaooa48,2aooooa48,1aoocoC-48,2oaoBcb48,0aoooao-24 "
        "1ooaooa-48,2ooaaoo-48,0cocaoo48,2ocCooA-48,0coCocc72,1BcBooa48"
    ),
    0x8546D1FA: "0ooaooa48,2aooooa48,1ooAcoC48",
    0x87500089: "0ooaooa-48,1ooAooa72,2aooaoo48,1ooaoAo24,2ocCcoc-48",
    0x8EA9B827: "1ooaooa-48,0aooooa-48,2aooooa-24,0occAoo48",
    0x8FCD6238: "2ooaooa24,1ooaaoo48,2ooAcoC-48",
    0x90BF2087: "2ooaooa-48,0ooaaoo-72,1ooaaoo24,2oCCAoo-48 2ooaooa-48,1ooaaoo-24,2aoooCC-48,0ooaaoo24,1ooAocC-72",
    0xA2DB4C23: "1ooaooa48,0aooooa48,1Aooaoo-48,0ooaaoo48",
    0xA6D22AC3: "0ooaooa48,2coCooa48,1ooaaoo48,2BCbcoc-48,0ooacoc48",
    0xB0413436: "2ooaooa24,1ooaaoo-72,0ooAaoo24,2ocCaoo-48",
    0xB1B2795B: "0ooaooa48,2aooooa48,0aooAoo48,2ooaaoo-48,1oAooao-48",
    0xB7D975D3: "2ooaooa48,1ooaaoo-48",
    0xB8AC7A1F: "2ooaooa-32,0ooaooA32,1hoGhog-48",
    0xB8B07DA4: "2ooaooa-48,1ooaaoo48,0ooAaoo24,2ggGoao-64",
    0xBA373B5B: (
        "0ooaooa48,1aooooa24,0aooaoo-48,2oAoooA-72,0oCcoao48 "
        "0ooaooa-48,1ooAooa-72,0aooaoo-48,2aooooA-24,0oaoooA48,1oAoooA-24"
    ),
    0xBDDC1F53: "2ooaooa-24,1ooaooa-24,0ooAaoo48,2oaoaoo-48",
    0xC0F36294: "0ooaooa-24,1ooAooa72,2ooAaoo48,1ooaGgG64,2coCoao-48",
    0xC7A9CD9A: "0ooaooa-48,1hoGooa-64,0cCoooa48,2ooAooa72",
    0xC8918F6D: "2ooaooa48,1ooaaoo24,0ooaaoo-24,2ocCAoo-48,0aooocc48",
    0xD395F0D5: "2ooaooa48,0ooahoG64,2Ccoaoo48,1ooAoao24",
    0xD3CF6766: "2ooaooa-48,1ooacoc-48,2aooBCB-48,0ooaggg-32 2ooaooa-48,1ooaaoo-24,2aoooCC-48,1ooaCbb-48,0ooAggg32",
    0xD72BA0DD: "2ooaooa-48,1ooacoC48,0ooaooa24,2ooaBCb-48",
    0xD7F5092E: "2ooaooa48,0ooaaoo-48,2oaoaoo-24,1ooaaoo72",
    0xD995BCCE: "2ooaooa-72,1ooaaoo48,0ooaooa-24,2ooAoAo24,1ooAcoC48",
    0xDAB6E7A9: "2ooaooa48,1ooaaoo-24,0ooaaoo-24,2Aooocc-48,1hogoCc32",
    0xDC18D8D2: "0ooaooa-48,1hogooa64,2hogooa64,0CCoCCo48,2cCoaoo48",
    0xDDB59941: "1ooaooa-48,2ooaaoo-48,1aoooCc-48,0aooaoo-24,2oCcCBb-48,1oaoocc-48",
    0xE0FE8C63: "2ooaooa-48,1ooahoG64,0ooahog-64,2CCocco48",
    0xE28D96A5: "0ooaooa24,2ooAooa-72,1aooaoo-48,2ooAoao24",
    0xE7813787: (
        "2ooaooa-48,1ooacoC48,0ooaaoo24,2aooCoC-72,1ooaBcb-48,2ocCcoc-48 "
        "2ooaooa48,1ooaaoo-72,2aooocC48,1ooaocc24,0ooAaoo72,2oaoCbB48"
    ),
    0xEA80CA4C: "0ooaooa48,2aooooa24,1aooooA-24,0AoooCC-48,2ocCooA24,0occCBB48",
    0xF176955A: "0ooaooa48,2aooooa48,0aooggg-64,1aoohog64,2ooAcCo48",
    0xF2B06196: "2ooaooa48,1ooaooa-48,0aooaoo-48,2GgGaoo64,1gggAoo64,0oaoooa48",
    0xF2F6C261: "2ooaooa-72,1ooaaoo48,0ooaooA24,2hogoao-32",
    0xF4BEE296: "0ooaooa48,1aooooa48,2aooaoo-48",
    0xF6AA2102: "2ooaooa-48,0ooaaoo72,2occaoo-48,1ooagGg32 2ooaooa48,1ooaaoo-24,2aoooCc48,1ooaGoh32,0ooaAoo24",
    0xF8A1AF46: "2ooaooa72,1ooaooA-48,0aooooa-24,1oAoooA-48",
    0xFA138042: "0ooaooa48,2aooooa-24,0ooAocc48,1hogooa-64 2ooaooa-48,1ooaaoo-24,0ooAooA-24,2ooaoCc48,1hoGocc-32",
    0xFB273ED4: "2ooaooa24,0ooaaoo48,1aooooA-48,2oaoaoo48",
    0xFE5E716F: "0ooaooa48,2aooooa48,1ooAaoo-24",
    0xFFEF9413: "0ooaooa48,1aooooa24,2ooaooa24,0aooaoo48",
}
