"""A lexer for Pygments: highlights programs in documents, notebooks and terminals.

Takes a program's text and returns tokens; Pygments finds the lexer by the name `qc`. The words come from vocabulary.py.
Nothing else in the package imports this module.
"""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from ionqdsl.language import vocabulary as words
from ionqdsl.language.vocabulary import any_of


class QcLexer(RegexLexer):
    """Tokens of `.qc` programs."""

    name = "ionqdsl"
    aliases: ClassVar = ["qc"]
    filenames: ClassVar = ["*.qc"]
    mimetypes: ClassVar = ["text/x-qc"]

    tokens: ClassVar = {
        "root": [
            (r"##[^\n]*", Comment.Special),
            (r"#[^\n]*", Comment.Single),
            (r"^qc(?=\s+[0-9])", Keyword.Namespace),
            (words.DEFINITION, bygroups(Keyword.Declaration, Whitespace, Name.Function)),
            (words.TEST, Keyword.Declaration),
            (words.DEF, Keyword.Declaration),
            (words.EXPECT, bygroups(Whitespace, Keyword)),
            (words.WITHIN, Keyword),
            (words.MEASURED, bygroups(Operator, Whitespace, Keyword)),
            (words.KEY, bygroups(Whitespace, Name.Attribute)),
            (words.KEYED_BLOCK, bygroups(Whitespace, Name.Attribute)),
            (words.KNOWN_GATE, bygroups(Whitespace, Name.Builtin)),
            (words.GATE, bygroups(Whitespace, Name.Function)),
            (r"\n|[^\S\n]+", Whitespace),  # separate, because a gate or key is recognised at the start of its line
            (rf"({words.NUMBER})({'|'.join(words.WORDS['unit'])})\b", bygroups(Number, Keyword.Type)),
            (words.NUMBER, Number),
            (r'"', String, "string"),
            (any_of("declaration"), Keyword.Declaration),
            (any_of("literal"), Keyword.Constant),
            (any_of("operator"), Operator.Word),
            (any_of("modifier") + r"(?=\s*[(@])", Keyword.Pseudo),
            (any_of("keyword"), Keyword),
            (any_of("function") + r"(?=\()", Name.Builtin.Pseudo),
            (words.CALL, Name.Function),
            (any_of("unit"), Keyword.Type),
            (any_of("constant"), Name.Constant),
            (words.NAME, Name),
            (r"\*\*|//|<<|>>|<=|>=|==|!=|[-+*/%<>=@&|^~]", Operator),
            (r"[()\[\]{},;:.]", Punctuation),
        ],
        "string": [
            (words.ESCAPE, String.Escape),
            (words.FIELD, String.Interpol),
            (r'[^"\\{\n]+|[{\\]', String),
            (r'"', String, "#pop"),
            (r"\n", Whitespace, "#pop"),
        ],
    }
