/* Parses files with the grammar of editors/tree-sitter-qc; prints a line for each: 1 if it has a fault, 0 if not. */
#include <stdio.h>
#include <stdlib.h>
#include <tree_sitter/runtime.h>

extern const TSLanguage *tree_sitter_qc(void);

int main(int count, char **names) {
    TSParser *parser = ts_parser_new();
    ts_parser_set_language(parser, tree_sitter_qc());
    for (int number = 1; number < count; number++) {
        FILE *file = fopen(names[number], "rb");
        if (!file) return 1;
        fseek(file, 0, SEEK_END);
        long size = ftell(file);
        rewind(file);
        char *text = malloc(size + 1);
        size = fread(text, 1, size, file);
        fclose(file);
        TSTree *tree = ts_parser_parse_string(parser, NULL, text, size);
        printf("%d\n", ts_node_has_error(ts_tree_root_node(tree)));
        ts_tree_delete(tree);
        free(text);
    }
    ts_parser_delete(parser);
    return 0;
}
