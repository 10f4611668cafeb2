# Needs python3 (3.11 or newer), git and make; everything else comes by itself into .uv and .venv.
SHELL := /bin/sh
PY ?= python3
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export UV_NO_PROGRESS := 1
export UV_SYSTEM_CERTS := 1
# Real recordings for tests and benchmarks; without the folder the suite is shorter, and says so.
export HOMEOSTAT_TEST_DATA ?= $(abspath ../shared/data)
BIN := .venv/bin
UV := .uv/bin/uv

.PHONY: demo test check faults bench lock docs clean

demo: .venv/.run
	@$(BIN)/homeostat demo $(DEMO)

test: .venv/.dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup

faults: .venv/.dev
	HOMEOSTAT_FAULT_ROUNDS=500 $(BIN)/python -m pytest tests/faults -n 2

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/deptry src
	$(BIN)/codespell
	$(BIN)/python tests/licences.py
	$(BIN)/python -m pytest tests/unit tests/property -n 2 --cov --cov-report=term

bench: .venv/.dev
	$(BIN)/python bench/run.py $(BENCH)

docs: .venv/.dev
	$(BIN)/zensical build --clean --strict

# One resolution, exported with hashes and without the places that the packages come from.
EXPORT := $(UV) export --quiet --no-emit-project --no-header --no-annotate --format requirements-txt
lock: .uv/bin/uv
	$(UV) lock --quiet --upgrade
	$(EXPORT) --no-dev -o requirements/run.txt
	$(EXPORT) --no-dev --all-extras -o requirements/all.txt
	$(EXPORT) --all-extras --group dev -o requirements/dev.txt
	rm -f uv.lock

clean:
	rm -rf .uv .venv .bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache site

# uv lives apart from the environment that it syncs: it would remove itself.
.uv/bin/uv:
	@echo "setting up: .uv (once)" >&2
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PY) is older than Python 3.11; name a newer one: make PY=python3.12 ..." >&2; exit 2; }
	@$(PY) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/bin/python: | .uv/bin/uv
	@$(UV) venv --quiet --python "$$(.uv/bin/python -c 'import sys; print(sys.executable)')" .venv

# dev holds all of run: whoever has run the tests keeps them for the demo.
.venv/.run: pyproject.toml requirements/run.txt | .venv/bin/python
	@if [ -e .venv/.dev ]; then $(MAKE) --no-print-directory .venv/.dev; else \
	echo "setting up: .venv (run)" >&2; $(UV) pip sync --quiet --require-hashes requirements/run.txt && \
	$(UV) pip install --quiet --no-deps -e . && $(BIN)/python -m compileall -q src; fi
	@touch $@

.venv/.dev: pyproject.toml requirements/dev.txt | .venv/bin/python
	@echo "setting up: .venv (run and tests)" >&2
	@$(UV) pip sync --quiet --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --no-deps -e .
	@$(BIN)/python -m compileall -q src
	@touch $@
