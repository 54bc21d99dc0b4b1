"""The shortest structures of classes of three-qubit unitaries.

Made by `python -m tests.bench.triple_classes`: do not edit. Classes are those of invariants.py, in 8 hexadecimal
digits. A structure has the pair of wires of each interaction in order: 0 is (0, 1), 1 is (0, 2), 2 is (1, 2).
"""

from __future__ import annotations

from typing import NamedTuple


class ClassRow(NamedTuple):
    """The fewest interactions that a search found, and structures that suffice; "" for those of the pattern."""

    least: int
    structures: str = ""


_NUMBERS = {
    ClassRow(1, "2"): "749EB859",
    ClassRow(2, "21"): "7893FDEE B7D975D3",
    ClassRow(3): "1CBD12FC",
    ClassRow(3, "012"): "287E050E F4BEE296",
    ClassRow(3, "012 021"): "31E9BA7F",
    ClassRow(3, "021"): "B8AC7A1F",
    ClassRow(3, "021 201"): "9CCA3C6C",
    ClassRow(3, "102"): "1BC8ACDD 785856C1",
    ClassRow(3, "102 121"): "254A86E9",
    ClassRow(3, "121"): "8FCD6238",
    ClassRow(3, "202"): "C8442B02",
    ClassRow(3, "210"): "FE5E716F",
    ClassRow(3, "212"): "25ADE193 572EC09B 891A7A22 9A5B9219 E7819E03 EA7CD6CA EB87C853",
    ClassRow(4): (
        "0CD25EC8 11686A39 2A7192AA 2EA21635 35C2BF18 3A850627 3F8874A4 46CB5403 531E40E6 5FF7B736 6886A2FE 7076FCD0 "
        "736DA455 73BECF3D CAF08A6B D2E177BF D72BA0DD D781B0A3 D7F5092E E7211737 FB273ED4 "
    ),
    ClassRow(4, "0101"): "1C43FC88 51EBD18D CBC424A0",
    ClassRow(4, "0102"): "3B405361 6C2C90BE",
    ClassRow(4, "0102 0120"): "8EA9B827",
    ClassRow(4, "0102 2012"): "F8A1AF46",
    ClassRow(4, "0120"): "5479CD73 8D4858C4 FFEF9413",
    ClassRow(4, "0120 0102"): "8F4DA464",
    ClassRow(4, "0120 0121"): "2B13FD80",
    ClassRow(4, "0121"): "02B7AD88",
    ClassRow(4, "0121 1201"): "6D2800FE",
    ClassRow(4, "0201"): "C187F52C",
    ClassRow(4, "0201 1020"): "FA138042",
    ClassRow(4, "0202"): "0B58F1ED 1682023B",
    ClassRow(4, "0212"): "083F60D9 0AD82EA7 0EAE9424 63907AE1 9BCEB602 E28D96A5",
    ClassRow(4, "1010"): "7AD32FE5 A2DB4C23 DE7B7BDC F03C6D36",
    ClassRow(4, "1020"): "FBEF7096",
    ClassRow(4, "1020 0201"): "8CE0CAD9",
    ClassRow(4, "1020 1010"): "7B2237D3",
    ClassRow(4, "1021"): "5971A0D4 7D4B2376",
    ClassRow(4, "1201"): "2F7D5FF1 D0F37CCF",
    ClassRow(4, "1202"): "5BF45853 6AA12286 82F5EEB3 A58494A1 B4A5B6C9 BDDC1F53 F34A3A3F",
    ClassRow(4, "1212"): "1104BD75 868F1035 E6E39992 FAC1C6B4",
    ClassRow(4, "2010"): "0B008853 610BC172 BA0E6FD8 E1BA887D",
    ClassRow(4, "2010 0102"): "C7A9CD9A",
    ClassRow(4, "2012"): "071E8A15 0B8E1CC6 18E47ECA 4C795C08 D56BE7DB DBA6E19D E0FE8C63 F16B98B9",
    ClassRow(4, "2012 0212"): "0393D762",
    ClassRow(4, "2012 2021"): "90BF2087",
    ClassRow(4, "2012 2102"): "8FE901A5",
    ClassRow(4, "2020"): "04BF05B4",
    ClassRow(4, "2021"): "25357585 60CF52E4 7103C9CA",
    ClassRow(4, "2021 2012"): "45454AEC",
    ClassRow(4, "2021 2121"): "F6AA2102",
    ClassRow(4, "2101"): "3A17CE23 951F9F8F",
    ClassRow(4, "2102"): "1A34745F 22BF787F 2E31B9D5 CE72E756 CF3061C4 E60A4709 EE752ABE",
    ClassRow(4, "2102 2012"): "75BC3A9A",
    ClassRow(4, "2120"): "35DE3E3B AE95F65B F5C92793",
    ClassRow(4, "2120 2021"): "3DB6208A",
    ClassRow(4, "2121"): (
        "0C0B8D62 0DA78E43 226BF794 2B640A17 355471A0 75975916 78C0A40E 8464F6D4 9394B4E2 A17759B3 B7FDFC0F C4A5217F "
        "D007C262 E4E33E2F EE65A336 F3B61BB1 "
    ),
    ClassRow(5): (
        "0117F364 0E6DDED0 20C9B033 244240E1 40622E38 444C9C6A 4C8CC36E 623961C9 68882DD7 6EF5B365 78FF0734 7A848697 "
        "8176C734 87500089 8EF0D59D 91CCEDCA 93D5E7C8 942B5F78 A012D53D A134A1A5 A71DDEAD AB860125 B817D8E8 BBD5013D "
        "C6A1D2B4 D3CF6766 D995BCCE E9EB7448 F015C7DD F52A72C1 F5B22505 F98E68DB "
    ),
    ClassRow(5, "01010"): "5926AFB1",
    ClassRow(5, "01020"): "BA373B5B C137AEAE",
    ClassRow(5, "01020 01010"): "CA2B8409",
    ClassRow(5, "01020 21010"): "B1B2795B",
    ClassRow(5, "01202 02102"): "77664180",
    ClassRow(5, "01202 12010"): "36F217E1",
    ClassRow(5, "01212"): "54546B8D 91D5975D",
    ClassRow(5, "02010 02020"): "0E653FF0",
    ClassRow(5, "02012 02120"): "BA547E8A",
    ClassRow(5, "02020"): "3A963ABF 53624B86",
    ClassRow(5, "02102 20210"): "CDFAD352",
    ClassRow(5, "02120"): "025A2D8A",
    ClassRow(5, "02120 02102"): "A6D22AC3",
    ClassRow(5, "02121 12101"): "4A7D6C5D",
    ClassRow(5, "10201"): "0D69D55D 801D84B6 A199FA5A D663D59A",
    ClassRow(5, "10202"): "59020F63",
    ClassRow(5, "10210 12010"): "8791B8D7",
    ClassRow(5, "10212"): "5080DCC0",
    ClassRow(5, "10212 12012"): "0019FBCC",
    ClassRow(5, "12010"): "6367A24C",
    ClassRow(5, "12012 12020"): "D951F59A",
    ClassRow(5, "12021"): "79CAFFF3",
    ClassRow(5, "12102 12012"): "93846870",
    ClassRow(5, "20120 21020"): "2F8AE833",
    ClassRow(5, "20212"): "F97B0A9B",
    ClassRow(5, "21012 21201"): "2128D376",
    ClassRow(5, "21020 20201"): "10382638",
    ClassRow(5, "21021"): "67086F4D C8918F6D",
    ClassRow(5, "21202"): "3852F11D 4786A7C9 5D9E0650 8D993E8C FFCE6B26",
    ClassRow(5, "21202 20212"): "34504FE0",
    ClassRow(6): "04CA6E20 4FB6F310 74A1656D 8B680AB5 EA80CA4C",
    ClassRow(6, "012010"): "F9D8AD4B",
    ClassRow(6, "012012"): "3CDE47C1 861DDD55",
    ClassRow(6, "012012 012120"): "F3C1654E",
    ClassRow(6, "020121 210212"): "DAC0191D",
    ClassRow(6, "020212"): "6EFE6E78",
    ClassRow(6, "021210"): "7E143FF0",
    ClassRow(6, "201202 202102"): "E88EDA46",
    ClassRow(6, "202102"): "E7813787",
    ClassRow(6, "202121"): "1C802E87",
    ClassRow(6, "210202 201202"): "8C7D61B8",
    ClassRow(6, "212101"): "0F828538",
    ClassRow(7, "0102012 1201020"): "E410551E",
    ClassRow(7, "0102102"): "6FCB833B",
    ClassRow(7, "0102102 0101202"): "EA0AAB8D",
    ClassRow(7, "1201202"): "11604E0C",
    ClassRow(7, "2010101 2021201"): "8788E59B",
    ClassRow(7, "2010201 2021021"): "4879FBD6",
    ClassRow(7, "2020121"): "26B2E555",
    ClassRow(7, "2020121 2120101"): "ACF355FD",
    ClassRow(7, "2101021 2020101"): "7F077BE0",
    ClassRow(7, "2101201 2021201"): "8B6863CC",
    ClassRow(7, "2102021"): "533F1DFC",
    ClassRow(8, "01010210"): "4138F634",
    ClassRow(8, "01021012 21012120"): "B95610A9",
    ClassRow(8, "10120210 01012120"): "C6D8C55F",
    ClassRow(8, "10121201"): "C08BF97F",
    ClassRow(8, "21202101 21212101"): "2B03F6B9",
    ClassRow(9, "101012120 210101202"): "5BACE99F",
}

CLASSES = {int(number, 16): row for row, numbers in _NUMBERS.items() for number in numbers.split()}
"""The row of each class."""
