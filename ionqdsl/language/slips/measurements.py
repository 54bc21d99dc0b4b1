"""The rows of measurements and resets in the table of slips; table.py explains how rows are written."""

from __future__ import annotations

from ionqdsl.language.slips import rewriting
from ionqdsl.language.slips.rows import Slip, rows
from ionqdsl.language.slips.words import FOREIGN

MEASURE = "read,measure,Measure,MEASURE,M,MZ,Mz,mz,meas,MResetZ"
"""The names of a measurement here and in other languages."""

MEASUREMENTS: list[Slip] = rows(
    "QC0131",
    (f"<c> = !<m:{MEASURE}> ( <q*> ) ;;", "{c} = measure {q}"),
    (f"<c> [ <i*> ] = !<m:{MEASURE}> ( <q*> ) ;;", "{c}[{i}] = measure {q}"),
    (f"register <c> = !<m:{MEASURE}> ( <q*> ) ;;", "register {c} = measure {q}"),
    (f"!<w:let,const,param> <c> = <m:{MEASURE}> ( <q*> ) ;;", "register {c} = measure {q}"),
    (f"!<w:let,const,param> <c> = <m:{MEASURE}> <q*> ;;", "register {c} = measure {q}"),
    (f"register <c> ![ <k*> ] = <m:{MEASURE}> <q*> ;;", "register {c} = measure {q}"),
    (f"register <c> = !<m:{MEASURE}> <q*> ;;", "register {c} = measure {q}"),
    (f"register <c> !<m:{MEASURE}> <q*> ;;", "register {c} = measure {q}"),
    ("<c> [ <i*> ] = measure <q*> !for <n> in <x*> ;;", "for {n} in {x} {{ {c}[{i}] = measure {q} }}"),
    ("<c> !<i#> = measure <q*> ;;", rewriting.slot),
    ("<c> [ <i*> ] . !<f> ( measure <q*> ) ;;", "{c}[{i}] = measure {q}"),
    ("<c> [ <i*> ] = <q*> . !<m:measure,measure_all> ( ) ;;", "{c}[{i}] = measure {q}"),
    ("<q> [ <i*> ] !-> <c> [ <j*> ] ;;", "{c}[{j}] = measure {q}[{i}]", "the register comes first"),
    ("<q> [ <i*> ] . !<m:measure,reset> ( ) ;;", rewriting.method),
    ("register <c> = measure !<b:x,y,X,Y> <q*> ;;", rewriting.turned, FOREIGN["measure_x"]),
    ("register <c> = measure <q*> !<o:to,into,in,as,=>,->> <d*> ;;", "register {c} = measure {q}"),
    ("!<w> <c> = measure <q*> ;;", "register {c} = measure {q}"),
    ("reset <q*> !<o:to,into,as> <k*> ;;", "reset {q}"),
    ("register !measure <q*> ;;", "register m = measure {q}"),
    ("register = measure <q*> ;;", "register m = measure {q}"),
    ("<c> !( <i*> ) = measure <q*> ;;", "{c}[{i}] = measure {q}"),
    ("if !measure <q*> {", None, "measure above, into a register: `register m = measure q`, `if m { ... }`"),
    ("<l*> = measure <q*> ;;", rewriting.measured),
    (f"<c> [ <i*> ] , <d> [ <j*> ] = <m:{MEASURE}> <q*> , <r*> ;;", rewriting.two_measurements),
    (f"<c> , <d> = <m:{MEASURE}> <q*> , <r*> ;;", rewriting.two_measurements),
    (f"<c> = !<m:{MEASURE}> <q*> ;;", "{c} = measure {q}"),
    (f"<c> [ <i*> ] = !<m:{MEASURE}> <q*> ;;", "{c}[{i}] = measure {q}"),
    ("<c> !<o:==,:=,<-,->,+=> measure <q*> ;;", "{c} = measure {q}"),
    ("<c> [ <i*> ] !<o:==,:=,<-,->,+=> measure <q*> ;;", "{c}[{i}] = measure {q}"),
    ("<c> [ <i*> ] !measure <q*> ;;", "{c}[{i}] = measure {q}"),
    ("measure <c> = <q*> ;;", "{c} = measure {q}", "a register first; `register` declares it"),
    ("measure <c> [ <i*> ] = <q*> ;;", "{c}[{i}] = measure {q}", "the register comes first"),
    (
        "measure <q*> !<o:to,into,in,as,=>,->> <c> ;;",
        "{c} = measure {q}",
        "a register first; `register` declares it",
    ),
    ("measure <q*> !<o:to,into,in,as,=>,->> <c> [ <i*> ] ;;", "{c}[{i}] = measure {q}", "the register comes first"),
    ("<c> = !measure ;;", None),
    ("<c> [ <i*> ] = !measure ;;", None),
    ("<c> = !reset <q*> ;;", "reset {q}", "a reset has no outcome"),
    ("<c> [ <i*> ] = !reset <q*> ;;", "reset {q}", "a reset has no outcome"),
    ("<w:register,let,const> <c> = !reset <q*> ;;", "reset {q}", "a reset has no outcome"),
)
