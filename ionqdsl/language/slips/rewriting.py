"""Rewrites a statement in ways that no template can say: moves operands, adds braces, separates statements.

Every function takes a `Site` and returns the statement as it would be written here, or None if it has nothing to say.
The result need not be right: `explain` shows it only if the grammar reads it.
"""

from __future__ import annotations

import re

from ionqdsl.ir.circuit import MEASURE, RESET
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language.slips import calls
from ionqdsl.language.slips.patterns import Word, split
from ionqdsl.language.slips.words import SPELLINGS
from ionqdsl.record import changed, record


@record
class Site:
    """A statement with a fault: its words, the number of the word at fault (their count if it breaks off), the captures
    of the pattern, a register of the program, and the names it gives to qubits and to gates.
    """

    text: str
    words: list[Word]
    fault: int
    captured: dict[str, str]
    register: str
    qubits: frozenset[str]
    gates: frozenset[str]

    def before(self) -> str:
        """The text before the word at fault."""
        return (
            self.text[: self.words[self.fault].start].rstrip() if self.fault < len(self.words) else self.text.rstrip()
        )

    def after(self) -> str:
        """The text from the word at fault."""
        return self.text[self.words[self.fault].start :].strip() if self.fault < len(self.words) else ""


# --- gates -----------------------------------------------------------------------------------------------------------


def gate_call(place: Site) -> str | None:
    """`rx(0.3)(q[0])`, `qc.rx(0.3, 0)` and `cirq.CNOT(a, b)`: captures g, the gate, and p and a, lists."""
    given = place.captured
    return calls.call(given["g"], ", ".join(filter(None, (given.get("p"), given.get("a")))), place.register, each=True)


def controlled_call(place: Site) -> str | None:
    """`Controlled X([c], t)`: captures g, and a, the operands."""
    line = calls.call(place.captured["g"], place.captured["a"], place.register)
    qubits = line.count(",") if line else 0
    return f"ctrl({qubits}) @ {line}" if line and qubits > 1 else f"ctrl @ {line}" if line else None


def inverse_call(place: Site) -> str | None:
    """`Adjoint S(q)`: captures g, and a, the operands."""
    line = calls.call(place.captured["g"], place.captured["a"], place.register)
    return f"inv @ {line}" if line else None


def power_call(place: Site) -> str | None:
    """`cirq.X(q)**0.5`: captures g, a, the operands, and k, the exponent."""
    line = calls.call(place.captured["g"], place.captured["a"], place.register)
    return f"pow({place.captured['k'].strip('()')}) @ {line}" if line else None


def _gate(place: Site) -> tuple[str, str, list[Word]] | None:
    """The modifiers of an application, its gate as it is written here, and the words after it."""
    at = max((number for number, word in enumerate(place.words[:-1]) if word.text == "@"), default=-1) + 1
    name = place.words[at]
    gate = name.text if name.text in place.gates else calls.spelling(name.text)
    if name.kind != "name" or gate is None:
        return None
    return place.text[: name.start], gate, place.words[at + 1 :]


_JOINS = {"+", "-", "*", "/", "**", "//", "%", "."}
_BETWEEN = {",", "->", "=>", "<->", ":", ";", "and", "&", "to", "with"}


def _items(place: Site, words: list[Word], between: set[str] = _BETWEEN) -> list[str]:
    """The values and qubits in a list that lacks commas, or has other marks in their place."""
    found: list[list[Word]] = []
    depth, joined = 0, False
    for word in words:
        if word.text in (")", "]", "}"):
            depth -= 1
        begins = word.kind != "mark" or (word.text in ("(", "-") and not joined)
        if not depth and word.text in between:
            joined = False
            found.append([])
            continue
        opens = word.text == "[" or (word.text == "(" and bool(found and found[-1]) and found[-1][-1].end == word.start)
        if not found or (not depth and begins and not joined and not opens and found[-1]):
            found.append([])
        found[-1].append(word)
        if word.text in ("(", "[", "{"):
            depth += 1
        joined = bool(depth) or word.text in _JOINS
    return [place.text[item[0].start : item[-1].end] for item in found if item]


_QUBIT = re.compile(r"[A-Za-z_]\w*+(?:\[[^\]]*+\])?", re.ASCII)
_CONSTANT = {"pi", "tau", "e", "theta", "phi", "alpha", "beta", "gamma", "lambda", "lam"}


def misplaced_arguments(place: Site) -> str | None:
    """`rx q[0], 0.3` and `rx 0.3 q[0]`: arguments outside parentheses."""
    found = _gate(place)
    if found is None or not found[2] or found[2][0].text == "(":
        return None
    modifiers, gate, words = found
    count = calls.angles(gate)
    items = _items(place, words)
    if not count or len(items) <= count:
        return None
    values = [item for item in items if not _QUBIT.fullmatch(item) or item in _CONSTANT or item.isdecimal()]
    if len(values) != count:
        values = items[:count]
    qubits = calls.operands([item for item in items if item not in values], place.register)
    if not qubits or not all(_QUBIT.fullmatch(qubit) for qubit in qubits):
        return None
    return modifiers + calls.statement(gate, [value.strip("()") for value in values], qubits)


def separated_operands(place: Site, numbered: bool = False) -> str | None:
    """`cnot q[0] q[1]` and `cnot q[0] -> q[1]`: operands without commas, or with other marks between them."""
    found = _gate(place)
    if found is None:
        return None
    modifiers, gate, words = found
    head = ""
    if words and words[0].text == "(":
        depth = 0
        for number, word in enumerate(words):
            depth += (word.text == "(") - (word.text == ")")
            if not depth:
                head, words = place.text[words[0].start : word.end], words[number + 1 :]
                break
    items = _items(place, words, _BETWEEN | {"+", "|", "."})
    is_numbered = any(item.isdecimal() or item[0] == "$" for item in items)
    if is_numbered is not numbered or (calls.angles(gate) and not head):
        return None
    items = calls.operands(items, place.register)
    if not items or not all(_QUBIT.fullmatch(item) for item in items):
        return None
    if place.qubits and not all(item.partition("[")[0] in place.qubits for item in items):
        return None
    if gate in calls.ONE_QUBIT and not modifiers:
        return "; ".join(f"{gate}{head} {item}" for item in items)
    if gate.startswith("ctrl(2)"):
        gate = calls.statement(gate, [], items).partition(" " + items[0])[0]
    return f"{modifiers}{gate}{head} {', '.join(items)}"


def numbered_operands(place: Site) -> str | None:
    """`H 0`, `CNOT 0 1` and `h $0`: qubits by their numbers."""
    return separated_operands(place, numbered=True)


def spare_comma(place: Site) -> str | None:
    """`h q[0],` and `cnot q[0],, q[1]`: a comma without an operand."""
    at_comma = place.fault == len(place.words) or place.words[place.fault].text in (",", ";")
    return separated_operands(place) if at_comma else None


def indexed_operands(place: Site) -> str | None:
    """`cnot q(0), q(1)`, `cnot q{0}, q{1}`, `cnot q.0, q.1`: indices in other brackets."""
    found = _gate(place)
    if found is None:
        return None
    modifiers, gate, words = found
    if not words or words[0].text in ("(", "{", "["):
        return None
    rest = place.text[words[0].start : words[-1].end]
    fixed = re.sub(r"(?<!\w)([A-Za-z_]\w*+)[({](\d++)[)}]", r"\1[\2]", rest)
    fixed = re.sub(r"(?<!\w)([A-Za-z_]\w*+)\.(\d++)", r"\1[\2]", fixed)
    return f"{modifiers}{gate} {fixed}" if fixed != rest else None


def measured(place: Site) -> str | None:
    """`s[0] = measure q(0)`, with the slips of a gate's operands; captures l, the left side, and q, the qubits."""
    text = f"{RESET} {place.captured['q']}"
    alone = changed(place, text=text, words=split(text))
    for repaired in (indexed_operands, separated_operands, numbered_operands):
        line = repaired(alone)
        if line is not None and line != text:
            return f"{place.captured['l']} = {MEASURE} {line.removeprefix(RESET).lstrip()}"
    return None


def slot(place: Site) -> str | None:
    """`m.0 = measure q[0]`; captures c, the register, i, the number with its point, and q, the qubits."""
    name, number, qubits = (place.captured[key] for key in "ciq")
    return f"{name}[{number[1:]}] = {MEASURE} {qubits}" if number[0] == "." else None


def method(place: Site) -> str | None:
    """`q[0].reset()` or `q[0].measure()`; captures q and i, the qubit, and m, the method."""
    name, number, verb = (place.captured[key] for key in "qim")
    return f"{RESET} {name}[{number}]" if verb == RESET else f"register m = {MEASURE} {name}[{number}]"


def turned(place: Site) -> str | None:
    """`register m = measure x q[0]`; captures c, the register, b, the basis, and q, the qubits."""
    name, basis, qubits = (place.captured[key] for key in "cbq")
    return f"{f'sdg {qubits}; ' * (basis in 'yY')}h {qubits}; register {name} = {MEASURE} {qubits}"


def bare_list(place: Site) -> str | None:
    """`h [q[0], q[1]]`: operands in brackets; captures g and a."""
    qubits = calls.operands(calls.arguments(place.captured["a"]), place.register)
    gate = calls.spelling(place.captured["g"])
    if gate in calls.ONE_QUBIT:
        return "; ".join(f"{gate} {qubit}" for qubit in qubits)
    return f"{gate} {', '.join(qubits)}" if gate else None


# --- statements ------------------------------------------------------------------------------------------------------


_BEGINNING = KEYWORDS - {"and", "or", "not", "if", "else", "for", "in", "as", "true", "false", "null"}


def two_statements(place: Site) -> str | None:
    """`h q[0] x q[1]`, `h q[0], x q[1]`, `h q[0] & x q[1]`: a second statement begins at the fault or next to it."""
    is_mark = place.fault < len(place.words) and place.words[place.fault].text in (",", ".", "&", "|", ":", "+")
    for at in (place.fault + 1,) if is_mark else (place.fault, place.fault - 1):
        if not 0 < at < len(place.words) - 1:
            continue
        word, following = place.words[at], place.words[at + 1]
        is_gate = calls.spelling(word.text) is not None or word.text in place.gates
        begins = word.text in _BEGINNING or (is_gate and (following.text in ("(", "@") or following.kind == "name"))
        if word.kind == "name" and begins:
            previous = place.text[: word.start].rstrip(" \n,.&|:+")
            return f"{previous}; {place.text[word.start :]}" if previous else None
    return None


def braces(place: Site) -> str | None:
    """`for i in range(3) h q[i]`: the body begins at the fault."""
    body = place.after()
    return f"{place.before()} {{ {body} }}" if body and "{" not in body and place.fault else None


def each_size(place: Site) -> str | None:
    """`qubit[4] data, anc`: captures k, the size, and n, the names."""
    names = calls.arguments(place.captured["n"])
    return "qubit " + ", ".join(f"{name}[{place.captured['k']}]" for name in names)


def assigned(place: Site) -> str | None:
    """`theta = pi/4` and `a = q[0]`: captures n, the name, and v, the value."""
    name, value = place.captured["n"], place.captured["v"]
    if re.search(rf"\b{name}\b|[A-Z]\w*+\(|\.[A-Za-z_]", value):
        return None
    return f"let {name} = {value}" if _is_qubits(value) else f"const {name} = {value}"


def _is_qubits(text: str) -> bool:
    parts = calls.arguments(text)
    return bool(parts) and all(re.fullmatch(r"[a-z_]\w*+\[[^\]]*+\]", part) for part in parts)


def named_list(place: Site) -> str | None:
    """`let a = [q[0], q[1]]`: qubits without brackets, values with `const`; captures n, v and the whole value w."""
    name, inside, whole = place.captured["n"], place.captured["v"], place.captured.get("w")
    return f"let {name} = {inside}" if _is_qubits(inside) else f"const {name} = {whole or '[' + inside + ']'}"


def several_names(place: Site) -> str | None:
    """`let a, b = q[0], q[1]`: captures n, the names, and v, the values."""
    names, values = calls.arguments(place.captured["n"]), calls.arguments(place.captured["v"])
    if len(names) < 2 or len(names) != len(values):
        return None
    word = "let" if _is_qubits(place.captured["v"]) else "const"
    return "; ".join(f"{word} {name} = {value}" for name, value in zip(names, values, strict=True))


def each_register(place: Site) -> str | None:
    """`register a[2], b`: registers declared by one statement; captures n, the list."""
    parts = calls.arguments(place.captured["n"])
    is_list = len(parts) > 1 and all(_QUBIT.fullmatch(part) for part in parts)
    return "; ".join(f"register {part}" for part in parts) if is_list else None


def two_measurements(place: Site) -> str:
    """`s[0], s[1] = measure a, b`: captures c and d, perhaps with their indices i and j, and the qubits q and r."""
    given = place.captured
    first = f"{given['c']}[{given['i']}]" if "i" in given else given["c"]
    second = f"{given['d']}[{given['j']}]" if "j" in given else given["d"]
    return f"{first} = measure {given['q']}; {second} = measure {given['r'].removeprefix('measure ')}"


def names_with_commas(place: Site) -> str | None:
    """`qubit a b`, `gate g(t) a b {`: names in a row without commas, beginning one word before the fault."""
    at = place.fault
    if not 0 < at < len(place.words) or place.words[at].kind != "name" or place.words[at].text in KEYWORDS:
        return None
    previous = place.words[at - 1]
    return f"{place.text[: previous.end]}, {place.text[place.words[at].start :]}"


def run_of_pairs(place: Site) -> str:
    """`run f(a, b) for a in p for b in q as "name"`: captures x, a, p, b and q, which may end with the name."""
    x, a, p, b, q = (place.captured[name] for name in "xapbq")
    values, name, label = q.partition(" as ")
    return f"run {x} for {a}, {b} in [({a}, {b}) for {a} in {p} for {b} in {values}]{name}{label}"


def run_of_some(place: Site) -> str:
    """`run f(a) for a in p if q as "name"`: captures x, a, p and q, which may end with the name."""
    x, a, p, q = (place.captured[name] for name in "xapq")
    condition, name, label = q.partition(" as ")
    item = f"({a})" if "," in a else a
    return f"run {x} for {a} in [{item} for {a} in {p} if {condition}]{name}{label}"


def joined(place: Site) -> str:
    """`let a = q[0:2] + q[3]`: qubits in a row, or numbers, whose sum is a `const`; captures n, a and b."""
    n, a, b = (place.captured[name] for name in "nab")
    are_qubits = {split(part)[0].text for part in (a, b)} <= place.qubits
    return f"let {n} = {a}, {b}" if are_qubits else f"const {n} = {a} + {b}"


def included(place: Site) -> str | None:
    """`include std/fourier.qc`: a path without quotes; captures f and x, which begins with the rest of it."""
    path = place.captured["f"] + place.captured["x"]
    return f'include "{path}"' if "." in path and " " not in path else None


def unquoted_run(place: Site) -> str | None:
    """`run "a"`: captures s."""
    return f"run {place.captured['s'][1:-1]}"


# --- ranges ----------------------------------------------------------------------------------------------------------


def _and_one(bound: str) -> str:
    """An inclusive bound as an exclusive one."""
    if bound.isdecimal():
        return str(int(bound) + 1)
    return bound[:-3].rstrip() if re.search(r"- ?1$", bound) else f"{bound} + 1"


def closed_range(place: Site) -> str | None:
    """`[0:5]`, `[0:2:5]`, `0..5` and `i = 0 to 5`, which include their last value; captures n, a, b and perhaps s."""
    given = place.captured
    parts = [given["a"], _and_one(given["b"]), given.get("s")]
    if parts[0] == "0" and parts[2] is None:
        parts = parts[1:]
    return f"for {given['n']} in range({', '.join(filter(None, parts))}) {given.get('o', '{')}"


def half_open_range(place: Site) -> str | None:
    """`0:5` and `for (i = 0; i < 5; i++)`, which leave their last value out; captures n, a, b."""
    given = place.captured
    inside = given["b"] if given["a"] == "0" else f"{given['a']}, {given['b']}"
    return f"for {given['n']} in range({inside}) {given.get('o', '{')}"


def closed_slice(place: Site) -> str | None:
    """`q[0..2]`, which includes its last index; captures a and b."""
    return f"[{place.captured['a']}:{_and_one(place.captured['b'])}]"


# --- values ----------------------------------------------------------------------------------------------------------


def product(place: Site) -> str | None:
    """`2 pi` and `0.5 ZZ`: captures k, the number, and n, the name."""
    name = place.captured["n"]
    if name in place.qubits or place.words[0].text in ("if", "for"):
        return None
    return f"{place.captured['k']} * {calls.pauli_product(name) or name}"


def member(place: Site) -> str | None:
    """`np.arcsin`: captures f, the function or constant."""
    return SPELLINGS.get(place.captured["f"], place.captured["f"])


def called_member(place: Site) -> str | None:
    """`np.arcsin(`: captures f, the function."""
    return f"{SPELLINGS.get(place.captured['f'], place.captured['f'])}("


def quoted(place: Site) -> str | None:
    """`'text'` with double quotes; captures s."""
    text = place.captured["s"]
    return '"' + text[1:-1].replace('"', '\\"') + '"' if text[0] == "'" else None


# --- definitions -----------------------------------------------------------------------------------------------------

_TYPED = re.compile(
    r"(?:(?:const |mutable )?(qubit|int|uint|float|angle|bool|bit|double)(?:\[([^\]]*+)\])? )?([A-Za-z_]\w*+)"
    r"(?: ?: ?([A-Za-z]\w*+(?:\[\])?))?"
)


def gate_header(place: Site) -> str | None:
    """`def bell(qubit a, angle t) {` and `operation Bell(q : Qubit) : Unit {` as a gate; captures n, p, o."""
    angles, qubits = [], []
    for part in calls.arguments(place.captured["p"]):
        match = _TYPED.fullmatch(" ".join(part.split()))
        if match is None:
            return None
        kind = match[1] or match[4] or ""
        if (kind == "qubit" and match[2]) or kind == "Qubit[]":
            qubits.append(f"{match[3]}[{match[2] or ''}]")
        elif kind in ("int", "uint", "float", "angle", "Double", "Int", "bool", "double"):
            angles.append(match[3])
        elif kind in ("bit", "Result"):
            return None
        else:
            qubits.append(match[3])
    if not qubits or re.search(r"\breturn\b", place.text):
        return None
    formals = f"({', '.join(angles)})" if angles else ""
    return f"gate {place.captured['n']}{formals} {', '.join(qubits)} {place.captured.get('o', '{')}"


def qubits_after_angles(place: Site) -> str | None:
    """`rx(pi/2 q[0])`: qubits in the parentheses, without a comma before them; captures g, v, q and x."""
    given = place.captured
    is_qubit = given["q"] in place.qubits
    return calls.call(given["g"], f"{given['v']}, {given['q']}{given['x']}", place.register) if is_qubit else None


def size_or_value(place: Site) -> str | None:
    """`param th(4)` and `param theta(0.3)`: captures n and k."""
    name, number = place.captured["n"], place.captured["k"]
    return f"param {name}[{number}]" if number.isdecimal() else f"param {name} = {number}"


def misspelled(place: Site) -> str | None:
    """`quibt q[2]` and `fro i in range(2) {`: the first word is nearly a keyword."""
    from difflib import get_close_matches

    word = place.words[0]
    meant = get_close_matches(word.text.lower(), sorted(_BEGINNING | {"if", "for", "else"}), 1, 0.65)
    is_gate = word.text in place.gates or calls.spelling(word.text)
    return meant[0] + place.text[word.end :] if meant and meant[0] != word.text and not is_gate else None


def comma_between(place: Site) -> str | None:
    """`[0.1 0.2]` and `u3(0.1 0.2 0.3)`: numbers in a list without commas; captures k and m."""
    before = place.before()
    is_inside = before.count("[") > before.count("]") or before.count("(") > before.count(")")
    is_apart = place.words[place.fault - 1].end < place.words[place.fault].start
    return f"{place.captured['k']}, {place.captured['m']}" if is_inside and is_apart else None


# --- settings --------------------------------------------------------------------------------------------------------


def semicolons(place: Site) -> str | None:
    """`shots = 100, dry_run = true`: entries of a block with commas between them."""
    text = re.sub(r",\s*+(?=[A-Za-z_]\w*+ ?(?:=|:|\{))", "; ", place.text)
    return re.sub(r"(?<!\w)([A-Za-z_]\w*+) ?: ?(?=[\w\"\[.-])", r"\1 = ", text).rstrip(", ")


def unquoted_key(place: Site) -> str | None:
    """`"shots": 100`: captures k and v."""
    return f"{place.captured['k'][1:-1]} = {place.captured['v']}"


def quoted_value(place: Site) -> str | None:
    """`backend = qpu.forte-1`: captures k and v."""
    value = place.captured["v"]
    return f'{place.captured["k"]} = "{value}"' if re.fullmatch(r"[A-Za-z][\w.-]*+", value) else None


def grouped_number(place: Site) -> str | None:
    """`shots = 1,000`: captures k, a and b."""
    value = place.captured["b"]
    return f"{place.captured['k']} = {place.captured['a']}{value}" if len(value) == 3 else None
