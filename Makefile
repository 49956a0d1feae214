# Every target makes its own .venv: Debian's pip refuses to install into the system.
PYTHON ?= python3
BIN = .venv/bin
# What is read once is compiled once, wherever this runs: the tests start khata some thousand times.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test wide check bench bench-large torture clean catalogs format

demo: .venv/run
	$(BIN)/khata demo

test: .venv/dev
	$(BIN)/pytest -n auto

# What the everyday suite leaves out, but for the torture: many inputs of one kind, and what other programs read.
wide: .venv/dev
	$(BIN)/pytest -n auto -m "(wide or paper or peers or hub) and not slow"

check: .venv/dev catalogs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# About twenty minutes on two quiet cores; BENCH=--write puts the result into docs/.
bench: .venv/bench
	$(BIN)/python bench/run.py $(BENCH)

bench-large: .venv/bench
	$(BIN)/python bench/run.py --sizes 10000,100000,1000000,10000000 $(BENCH)

torture: .venv/dev
	KHATA_EXPLORE=1 $(BIN)/pytest -n auto -m slow

# The messages, compiled: the build hook does the same when khata is installed.
catalogs: .venv/dev
	$(BIN)/python hatch_build.py

.venv/run: pyproject.toml hatch_build.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/dev: .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

.venv/bench: .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@

clean:
	rm -rf .venv build dist
