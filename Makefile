.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --custom-compile-command "make lock"
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard eventweek/translations/*/LC_MESSAGES/messages.po))
# one more than cores, because tests wait for disks and servers; at most four, because each starts a PostgreSQL
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')
# Each test has a database of its own: where memory is mounted as a folder with room, they are copied there.
SCRATCH := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "TMPDIR=/dev/shm" }')
export PORT HOST TLS
export PYTHONUTF8 := 1
# Tests and servers start many processes: each would compile every module anew where this is set.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run test test-full check bench soak docs lock translations clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

COMPILED := $(wildcard eventweek/planner/*.py eventweek/planner/search/*.py)

setup: .venv/.stamp .venv/.planner $(CATALOGUES) ## Create .venv with the locked dependencies, compile the planner

.venv/.stamp: requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "eventweek needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "Python has no venv here: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv 2>/dev/null || true
	@if test -x $(BIN)/uv; then \
		$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
	fi
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.planner: .venv/.stamp $(COMPILED)
	@$(BIN)/eventweek plan prepare
	@touch $@

run: .venv/.stamp $(CATALOGUES) ## Migrate, load the demo week when empty, serve with the worker inside
	@$(BIN)/eventweek run

test: setup ## Run the suite with small counts; the rules of the house are in `make check`
	$(SCRATCH) EVENTWEEK_TEST_SCALE=$${EVENTWEEK_TEST_SCALE:-0.1} $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --ignore tests/house

test-full: setup ## Run the suite with the stated counts
	$(SCRATCH) EVENTWEEK_TEST_SCALE=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: setup ## Format, lint, types and the rules of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/house

bench: setup ## Measure the figures that we claim; tables and JSON
	@for module in programme feeds registration scans desk editor releases incident printing imports manifest rush; do $(BIN)/python -m benchmarks.$$module || exit 1; done

soak: setup ## Run the randomised and racing tests with ten times the stated counts
	EVENTWEEK_TEST_SCALE=10 $(BIN)/python -m pytest -k "race or together or random or property or hypothesis or once"

docs: setup ## Write docs/api.md, docs/performance.md, the schemas and the table of rules of the planner, the vectors of the door
	$(BIN)/python -m tools.build_api_docs
	$(BIN)/python -m tools.build_planner_schema
	$(BIN)/python -m tools.build_planner_rules
	$(BIN)/python -m tools.build_door_vectors
	$(BIN)/python -m tools.build_performance

lock: setup ## Renew the lock files
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

translations: setup ## Compile the catalogues that changed

%.mo: %.po .venv/.stamp
	@$(BIN)/pybabel -q compile -i $< -o $@

clean: ## Remove the environment and the caches, keep var/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
