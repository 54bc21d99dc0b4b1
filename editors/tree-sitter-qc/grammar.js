// The .qc language for tree-sitter: Neovim, Helix, Zed, GitHub. Rules have the names of grammar/qc.lark, and a test compares
// the two grammars. It accepts a little more, as an editor should: names of the standard gates may be anything.
//
// A statement ends at a newline or a semicolon. The scanner (src/scanner.c) gives a newline only where a statement can end,
// so none inside brackets, before an operator, before `{` or `else`; at the end of a block or a file it gives an empty one.

const PRECEDENCE = {
  conditional: 1, or: 2, and: 3, not: 4, comparison: 5, union: 6, either: 7, both: 8, shifted: 9, sum: 10, product: 11,
  signed: 12, power: 13, call: 14,
};

const list = (rule, separator = ",") => seq(rule, repeat(seq(separator, rule)));
const trailing = (rule) => seq(list(rule), optional(","));

module.exports = grammar({
  name: "qc",
  word: ($) => $.name,
  externals: ($) => [$._newline],
  extras: ($) => [/[ \t\f\r\n]/, $.comment],
  conflicts: ($) => [[$.operand, $.measure]],

  rules: {
    source_file: ($) => seq(optional($.version), repeat(choice(seq($._item, $._end), $._block_item, ";"))),
    version: ($) => seq("qc", $.number, $._end),

    _end: ($) => choice($._newline, ";"),
    _item: ($) => choice($.const, $.param, $.hamiltonian, $.def, $.run, $.include, $._simple),
    _block_item: ($) =>
      choice($.job, $.energy, $.function, $.gate_definition, $.circuit_definition, $.test, $._compound),

    // --- items
    job: ($) => seq("job", $.settings),
    energy: ($) => seq("energy", $.settings),
    function: ($) => seq("function", $.settings),
    settings: ($) => seq("{", repeat(choice(seq($.setting, $._end), $.group, ";")), "}"),
    setting: ($) => seq(field("key", $._key), "=", $._expression),
    group: ($) => seq(field("key", $._key), $.settings),
    _key: ($) => choice($.name, alias(choice("function", "native", "job", "energy"), $.name)),

    gate_definition: ($) =>
      seq("gate", field("name", $.name), optional($.formals), optional(list($.operand_formal)), $.body),
    circuit_definition: ($) => seq("circuit", field("name", $.name), optional($.formals), $.body),
    formals: ($) => seq("(", optional(trailing($.formal)), ")"),
    formal: ($) => seq($.name, optional(seq("=", $._expression))),
    operand_formal: ($) => seq($.name, optional(seq("[", optional($._expression), "]"))),
    hamiltonian: ($) => seq("hamiltonian", field("name", $.name), optional($.formals), "=", $._expression),
    def: ($) => seq("def", field("name", $.name), $.formals, "=", $._expression),
    run: ($) => seq("run", list($.run_item)),
    run_item: ($) =>
      seq(
        field("name", $.name),
        optional($.arguments),
        optional(seq("for", $.target_list, "in", $._expression)),
        optional(seq("as", $.string)),
      ),
    include: ($) => seq("include", $.string),
    test: ($) => seq("test", $.string, repeat($.test_loop), alias($.test_body, $.body)),
    test_loop: ($) => seq("for", $.target_list, "in", $._expression),

    // --- circuit statements; those of tests may expect something
    body: ($) => seq("{", repeat(choice(seq($._statement, $._end), $._compound, ";")), "}"),
    test_body: ($) =>
      seq("{", repeat(choice(seq(choice($._statement, $.expect), $._end), $._test_compound, ";")), "}"),
    expect: ($) => seq("expect", $._expression, optional(seq("within", $._expression))),
    _statement: ($) => choice($.const, $.param, $.hamiltonian, $._simple),
    _simple: ($) =>
      choice($.qubits, $.alias, $.application, $.barrier, $.register, $.measure, $.gateset, $.assert),
    _compound: ($) => choice($.for, $.if, $.block),
    _test_compound: ($) =>
      choice(alias($.test_for, $.for), alias($.test_if, $.if), alias($.test_block, $.block)),

    qubits: ($) => seq("qubit", list($.declarator)),
    declarator: ($) => seq($.name, optional(seq("[", $._expression, "]"))),
    alias: ($) => seq("let", $.name, "=", $._operands),
    const: ($) => seq("const", field("name", $.name), "=", $._expression),
    param: ($) => seq("param", list($.parameter)),
    parameter: ($) => seq($.declarator, optional(seq("=", $._expression))),
    application: ($) =>
      seq(repeat($.modifier), field("gate", $._gate), optional($.arguments), optional($._operands)),
    _gate: ($) => choice($.name, alias(choice("not", "gphase"), $.name)),
    modifier: ($) =>
      seq(choice("ctrl", "negctrl", "inv", "pow"), optional(seq("(", $._expression, ")")), "@"),
    for: ($) => seq("for", $.target_list, "in", $._expression, $.body),
    if: ($) => seq("if", $._expression, $.body, optional(seq("else", choice($.if, $.body)))),
    block: ($) => seq(choice("verbatim", "native"), $.body),
    test_for: ($) => seq("for", $.target_list, "in", $._expression, alias($.test_body, $.body)),
    test_if: ($) =>
      seq(
        "if",
        $._expression,
        alias($.test_body, $.body),
        optional(seq("else", choice(alias($.test_if, $.if), alias($.test_body, $.body)))),
      ),
    test_block: ($) => seq(choice("verbatim", "native"), alias($.test_body, $.body)),
    barrier: ($) => seq("barrier", optional($._operands)),
    register: ($) =>
      seq(
        "register",
        $.name,
        choice(seq("=", optional("measure"), $._operands), optional(seq("[", $._expression, "]"))),
      ),
    measure: ($) => seq($.name, optional(seq("[", $._indices, "]")), "=", "measure", $._operands),
    gateset: ($) => seq("gateset", choice($.name, alias("native", $.name))),
    assert: ($) => seq("assert", $._expression, optional(seq(",", $._expression))),

    target_list: ($) => list($._target),
    _target: ($) => choice($.name, $.target_group),
    target_group: ($) => seq("(", $._target, repeat1(seq(",", $._target)), optional(","), ")"),
    _operands: ($) => list($.operand),
    operand: ($) => seq($.name, optional(seq("[", $._indices, "]"))),
    _indices: ($) => trailing(choice($._expression, $.slice)),
    slice: ($) =>
      seq(optional($._expression), ":", optional($._expression), optional(seq(":", optional($._expression)))),

    // --- expressions
    _expression: ($) => choice($.conditional, $._either),
    conditional: ($) => prec.right(PRECEDENCE.conditional, seq($._either, "if", $._either, "else", $._expression)),
    _either: ($) => choice($.unary, $.binary, $.comparison, $._primary),
    unary: ($) =>
      choice(
        prec(PRECEDENCE.not, seq("not", $._either)),
        prec(PRECEDENCE.signed, seq(choice("+", "-", "~"), $._either)),
      ),
    binary: ($) =>
      choice(
        ...[
          ["or", "or"], ["and", "and"], ["|", "union"], ["^", "either"], ["&", "both"], ["<<", "shifted"],
          [">>", "shifted"], ["+", "sum"], ["-", "sum"], ["*", "product"], ["/", "product"], ["//", "product"],
          ["%", "product"],
        ].map(([sign, name]) => prec.left(PRECEDENCE[name], seq($._either, sign, $._either))),
        prec.right(PRECEDENCE.power, seq($._either, "**", $._either)),
      ),
    comparison: ($) =>
      prec.left(
        PRECEDENCE.comparison,
        seq($._either, choice("<", ">", "<=", ">=", "==", "!=", "in", seq("not", "in")), $._either),
      ),
    _primary: ($) =>
      choice(
        $.number, $.string, $.constant, $.name, $.call, $.index, $.field, $.parenthesis, $.tuple, $.list,
        $.comprehension,
      ),
    constant: ($) => choice("true", "false", "null"),
    call: ($) => prec(PRECEDENCE.call, seq(field("function", $.name), $.arguments)),
    index: ($) => prec(PRECEDENCE.call, seq($._primary, "[", $._indices, "]")),
    field: ($) => prec(PRECEDENCE.call, seq($._primary, ".", $.name)),
    parenthesis: ($) => seq("(", $._expression, ")"),
    tuple: ($) => seq("(", $._expression, ",", optional(trailing($._expression)), ")"),
    list: ($) => seq("[", optional(choice(trailing($._expression), ",")), "]"),
    comprehension: ($) =>
      choice(seq("[", $._expression, repeat1($.clause), "]"), seq("(", $._expression, repeat1($.clause), ")")),
    clause: ($) => seq("for", $.target_list, "in", $._either, repeat($.condition)),
    condition: ($) => seq("if", $._either),
    arguments: ($) =>
      seq("(", choice(optional(choice(trailing($.argument), ",")), seq($._expression, repeat1($.clause))), ")"),
    argument: ($) => seq(optional(seq(field("name", $.name), "=")), $._expression),

    // --- words
    name: ($) => /[A-Za-z_][A-Za-z0-9_]*/,
    number: ($) => /([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][+-]?[0-9]+)?([A-Za-z_][A-Za-z0-9_]*)?/,
    string: ($) => /"([^"\\\n]|\\.)*"/,
    comment: ($) => /#[^\n]*/,
  },
});
