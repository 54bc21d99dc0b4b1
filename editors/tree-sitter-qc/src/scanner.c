/* Ends statements. A newline ends one unless the next word continues it: an operator, `{`, `else`, `and`, `or`. Blank lines
   and comments before that word do not matter. At `}` and at the end of the file a statement ends without a newline. */
#include <stdbool.h>
#include <tree_sitter/parser.h>

void *tree_sitter_qc_external_scanner_create(void) { return 0; }
void tree_sitter_qc_external_scanner_destroy(void *payload) {}
unsigned tree_sitter_qc_external_scanner_serialize(void *payload, char *buffer) { return 0; }
void tree_sitter_qc_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {}

static bool is_word(int32_t sign) {
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') || (sign >= '0' && sign <= '9') || sign == '_';
}

/* Whether the next word continues the statement before it. */
static bool continues(TSLexer *lexer) {
    char word[6];
    int length = 0;
    switch (lexer->lookahead) {
        case '-': case '+': case '*': case '%': case '&': case '|': case '^': case '<': case '>': case '{':
            return true;
        case '=': case '!':
            lexer->advance(lexer, false);
            return lexer->lookahead == '=';
        case '/':
            lexer->advance(lexer, false);
            return lexer->lookahead != '/' && lexer->lookahead != '*';
    }
    while (is_word(lexer->lookahead)) {
        if (length == 5) return false;
        word[length++] = (char)lexer->lookahead;
        lexer->advance(lexer, false);
    }
    return (length == 2 && word[0] == 'o' && word[1] == 'r') ||
           (length == 3 && word[0] == 'a' && word[1] == 'n' && word[2] == 'd') ||
           (length == 4 && word[0] == 'e' && word[1] == 'l' && word[2] == 's' && word[3] == 'e');
}

bool tree_sitter_qc_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
    if (!valid_symbols[0]) return false;
    lexer->result_symbol = 0;
    while (lexer->lookahead == ' ' || lexer->lookahead == '\t' || lexer->lookahead == '\f' || lexer->lookahead == '\r')
        lexer->advance(lexer, true);
    lexer->mark_end(lexer);
    if (lexer->lookahead == 0 || lexer->lookahead == '}') return true;
    if (lexer->lookahead != '\n') return false;
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    for (;;) {
        if (lexer->lookahead == '#') {
            while (lexer->lookahead != '\n' && lexer->lookahead != 0) lexer->advance(lexer, false);
        } else if (lexer->lookahead == ' ' || lexer->lookahead == '\t' || lexer->lookahead == '\f' ||
                   lexer->lookahead == '\r' || lexer->lookahead == '\n') {
            lexer->advance(lexer, false);
        } else {
            return !continues(lexer);
        }
    }
}
