/* Turns a grammar in JSON, on standard input, into the C of its parser. */
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <tree_sitter/compiler.h>

int main() {
    std::string grammar((std::istreambuf_iterator<char>(std::cin)), {});
    TSCompileResult result = ts_compile_grammar(grammar.c_str(), nullptr);
    fputs(result.error_type ? result.error_message : result.code, result.error_type ? stderr : stdout);
    return result.error_type != 0;
}
