#!/bin/sh
# Builds the parser of editors/tree-sitter-qc, for tests/test_tree_sitter.py: `make tree-sitter`.
#
# Version 0.13 of tree-sitter is the last whose generator npm carries as sources; later ones fetch a program from
# GitHub. Editors take the C that a current `tree-sitter generate` makes of the same grammar.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
grammar=$here/../../editors/tree-sitter-qc
out=${1:-$here/../../.tree-sitter}
mkdir -p "$out" && cd "$out"

for package in tree-sitter-cli@0.13.16 tree-sitter@0.13.23; do
  folder=${package%@*}
  [ -d "$folder" ] && continue
  mkdir "$folder"
  tar xzf "$(npm pack --silent "$package")" -C "$folder" --strip-components=1
done
compiler=tree-sitter-cli/vendor/tree-sitter
runtime=tree-sitter/vendor/tree-sitter

if [ ! -x generate ]; then
  mkdir -p objects
  include="-I$compiler/include -I$compiler/src -I$compiler/externals/utf8proc -I$compiler/externals/json-parser"
  find "$compiler/src/compiler" -name '*.cc' | while read -r file; do
    c++ -O1 -std=c++14 $include -c "$file" -o "objects/$(echo "$file" | tr / _).o"
  done
  cc -O1 -I$compiler/externals/utf8proc -c $compiler/externals/utf8proc/utf8proc.c -o objects/utf8proc.o
  cc -O1 -c $compiler/externals/json-parser/json.c -o objects/json.o
  c++ -std=c++14 -I$compiler/include -o generate "$here/generate.cc" objects/*.o
fi

# its functions for grammars are JavaScript, and `field` came later; only its symbols are native
{
  echo 'function RuleBuilder() { return new Proxy({}, { get: (_, name) => ({ type: "SYMBOL", name }) }); }'
  grep -v 'require(.*binding' tree-sitter-cli/lib/api/dsl.js
} > dsl.js
GRAMMAR=$grammar/grammar.js node -e '
  Object.assign(global, require("./dsl.js"), { field: (_, rule) => rule });
  console.log(JSON.stringify(require(process.env.GRAMMAR)));
' > grammar.json
./generate < grammar.json > parser.c
cc -O1 -std=gnu99 -w -I$runtime/include -I$runtime/src -I$runtime/externals/utf8proc \
  -o parse "$here/parse.c" parser.c "$grammar/src/scanner.c" $runtime/src/runtime/runtime.c
echo "built $out/parse"
