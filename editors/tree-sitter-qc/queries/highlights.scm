; Later patterns win in Neovim, earlier ones in Helix and on GitHub: no two of these match one node.

(comment) @comment
(string) @string
(number) @number
(constant) @constant.builtin

[
  "qc" "job" "energy" "function" "gate" "circuit" "hamiltonian" "def" "run" "as" "test" "expect" "within"
  "qubit" "let" "const" "param" "register" "measure" "gateset" "barrier" "verbatim" "native" "assert"
] @keyword
["if" "else"] @keyword.conditional
["for" "in"] @keyword.repeat
"include" @keyword.import
["ctrl" "negctrl" "inv" "pow" "and" "or" "not"] @keyword.operator

(application gate: (name) @function.call)
(call function: (name) @function.call)
(gate_definition name: (name) @function)
(circuit_definition name: (name) @function)
(def name: (name) @function)
(hamiltonian name: (name) @function)
(setting key: (name) @property)
(group key: (name) @property)
(argument name: (name) @variable.parameter)
(formal (name) @variable.parameter)
(operand_formal (name) @variable.parameter)
(operand (name) @variable)
(declarator (name) @variable)

["=" "+" "-" "*" "/" "//" "%" "**" "|" "^" "&" "~" "<<" ">>" "<" ">" "<=" ">=" "==" "!=" "@"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":" "."] @punctuation.delimiter
