# `make demo` and `make test` are all a newcomer needs; both set up their environment in .venv first.
PYTHON ?= python3
BIN := .venv/bin

# Installs into an environment: with uv where it is found, which takes a tenth of pip's time.
UV := $(shell command -v uv)
install = $(if $(UV),$(UV) pip install --python $(1)/bin/python,$(1)/bin/python -m pip install --disable-pip-version-check) --quiet

RUNS ?= 10

.PHONY: demo quick test test-clients test-pythons environments steady lint style fresh generate page codemirror bench bench-peers bench-speed bench-published bench-settings clean campaign campaign-language campaign-kernel fuzz reproduce wheel tree-sitter site

demo: .venv/ready
	@echo '$$ ionqdsl run examples/bell.qc --shots 1000 --seed 7'
	@$(BIN)/ionqdsl run examples/bell.qc --shots 1000 --seed 7
	@echo
	@echo '$$ ionqdsl compile examples/bell.qc --target forte'
	@$(BIN)/ionqdsl compile examples/bell.qc --target forte

# After an edit: the style, and the tests that are quick.
quick: .venv/test
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 --quick $(ARGS)

test: .venv/test
	$(BIN)/python -m pytest -n 2

# The official clients against the emulator, in an environment of their own.
test-clients: .venv-clients/ready
	.venv-clients/bin/python -m pytest tests/test_clients.py tests/test_emulator_specification.py

# Every other Python of this computer, each in an environment of its own; ARGS=--full leaves nothing out.
test-pythons: .venv/test
	$(BIN)/python .ci/pythons.py $(ARGS)

# The environments of `test-clients` and `test-pythons` and Pyodide, without running anything in them.
environments: .venv/test .venv-clients/ready
	$(BIN)/python .ci/pythons.py --set-up $(ARGS)
	@if command -v npm >/dev/null; then $(MAKE) --silent build/pyodide/package; else echo 'no npm here: no Pyodide'; fi

# The tests RUNS times with two busy loops next to them; ARGS are pytest's.
steady: .venv/test
	$(BIN)/python .ci/steady.py $(RUNS) $(ARGS)

lint: style fresh

style: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict ionqdsl tests/typing_api.py

fresh: .venv/test
	$(BIN)/python generate --check

# Every generated file anew: reference pages, the map of the modules, gate methods, the editors' grammar.
generate: .venv/ready
	$(BIN)/python generate

# The playground without a server: build/page can be hosted anywhere. Pyodide comes from npm.
page: .venv/ready build/pyodide/package
	$(BIN)/ionqdsl playground --static build/page --pyodide build/pyodide/package

build/pyodide/package: ionqdsl/playground/folder.py
	@rm -rf build/pyodide && mkdir -p build/pyodide
	cd build/pyodide && npm pack --silent "pyodide@$$(sed -n 's/^PYODIDE = "\(.*\)"/\1/p' ../../$<)" >/dev/null && tar xzf pyodide-*.tgz
	@touch $@

# The editor of the playground, from the packages that editors/codemirror/package-lock.json locks.
codemirror:
	cd editors/codemirror && npm ci --ignore-scripts --no-audit --no-fund && npm run bundle

bench: .venv/test
	$(BIN)/python -m tests.bench

# Other compilers under equal terms, in an environment of its own; ARGS="--compilers ionqdsl" measures this project only.
bench-peers: .venv-peers/ready
	.venv-peers/bin/python -m tests.bench.fair $(ARGS)

# The time of -O2 against qiskit's, in one process; ARGS="adder qft" measures circuits whose names begin so.
bench-speed: .venv-peers/ready
	.venv-peers/bin/python -m tests.bench.speed $(ARGS)

# Published results; ARGS="--levels 2" leaves out the search, which takes ten minutes.
bench-published: .venv/test
	$(BIN)/python -m tests.bench.published $(ARGS)

# Every setting of the others and their defaults, with times; ARGS="--peers ionqdsl" measures this project only.
bench-settings: .venv-peers/ready
	.venv-peers/bin/python -m tests.bench.peers $(ARGS)

# Changed inputs of every kind, for so many minutes; failing ones are made smaller and kept under fuzz-found/.
MINUTES ?= 10
SEED ?= 1
# ENGINE=atheris, in an environment of its own: guided by coverage, one kind at a time (ARGS="--kind ledger").
ENGINE ?= plain
fuzz: $(if $(filter atheris,$(ENGINE)),.venv-fuzz/ready,.venv/test)
	$(if $(filter atheris,$(ENGINE)),.venv-fuzz/bin/python -m tests.fuzz.guided,$(BIN)/python -m tests.fuzz) \
	  --minutes $(MINUTES) --seed $(SEED) $(ARGS)

campaign: .venv/test
	$(BIN)/python tests/campaign

# ARGS="--programs 20000 --seed 1": random programs, as lowered and as a plain interpreter reads them.
campaign-language: .venv/test
	$(BIN)/python tests/language_campaign.py $(ARGS)

# ARGS="--problems 2000 --seed 1": the compiled kernel with sanitizers, against the numpy reference.
campaign-kernel: .venv/test
	$(BIN)/python -m tests.kernel_campaign $(ARGS)

# The sources and the wheel, built twice; the bytes must be the same, and the metadata good enough for PyPI.
reproduce: .venv/test
	$(BIN)/python .ci/reproduce.py -o dist $(ARGS)
	$(BIN)/twine check --strict dist/*

# The sources and the wheel, in dist/, and examples compiled by the wheel where nothing of this folder is.
wheel: .venv/test
	.ci/wheel

# The parser of editors/tree-sitter-qc, which tests/test_tree_sitter.py compares with the compiler's; needs npm and a C++ compiler.
tree-sitter:
	tests/tree_sitter/build.sh

# The documentation as a site, in site/: strict, every link checked.
site: .venv/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --config-file website/mkdocs.yml

clean:
	rm -rf site .tree-sitter .venv .venv-clients .venv-peers .venv-fuzz .venv-3.* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis ionqdsl/*.tables ionqdsl/_kernel.*.so

# The grammars, and the modules that make tables of them: with stale tables every start takes five times as long.
TABLES := grammar/qc.lark grammar/openqasm.lark $(addprefix ionqdsl/language/,lark_parser.py numbering.py brackets.py)

.venv/ready: pyproject.toml hatch_build.py $(TABLES) $(wildcard kernel/*.py kernel/*.[ch])
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo 'setting up .venv ...'
	@$(call install,.venv) --editable .
	@touch $@

.venv/test: .venv/ready
	@$(call install,.venv) --editable '.[test,dev]'
	@touch $@

.venv/docs: .venv/ready
	@$(call install,.venv) --editable '.[docs]'
	@touch $@

.venv-peers/ready: pyproject.toml tests/bench/peers/requirements.txt
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@echo 'setting up .venv-peers ...'
	@$(call install,.venv-peers) --editable . -r tests/bench/peers/requirements.txt
	@touch $@

.venv-fuzz/ready: pyproject.toml
	@test -x .venv-fuzz/bin/python || $(PYTHON) -m venv .venv-fuzz
	@echo 'setting up .venv-fuzz ...'
	@$(call install,.venv-fuzz) --editable '.[emulator,lsp]' 'atheris>=3,<4'
	@touch $@

.venv-clients/ready: pyproject.toml tests/clients.txt
	@test -x .venv-clients/bin/python || $(PYTHON) -m venv .venv-clients
	@echo 'setting up .venv-clients ...'
	@$(call install,.venv-clients) --editable '.[emulator]' -r tests/clients.txt
	@touch $@
