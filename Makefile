# Orderwell, from a fresh clone: `make run` starts it, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Everything comes from a pinned list with hashes, as a wheel: nothing unpinned is fetched, no code runs to install it.
PINNED := $(PIP) install --quiet --require-hashes --only-binary :all:

HOST ?= 127.0.0.1
PORT ?= 8000
DATABASE ?= sqlite:///orderwell.db
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest
ARGS ?=

.PHONY: help install dev run test browser texts check bench prove openapi licences sbom lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.core $(VENV)/.project ## make .venv with .venv/bin/orderwell in it

dev: install $(VENV)/.dev ## install, and what tests and checks need

run: install ## start Orderwell with demonstration data (HOST, PORT, DATABASE can be set; ARGS=--no-customers: a quiet one)
	@exec $(BIN)/orderwell serve --demo --database $(DATABASE) --host $(HOST) --port $(PORT) $(ARGS)

test: dev browser ## all tests, on SQLite and PostgreSQL (ARGS: more for pytest)
	$(PYTEST) -n $(WORKERS) $(ARGS)

# The tests of the pages drive the system's Chromium. Debian has it; root gets it, others are told.
browser:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing chromium"; export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -qq </dev/null && apt-get install -y -qq --no-install-recommends chromium </dev/null; \
	fi; \
	command -v chromium >/dev/null || { echo "Missing: chromium. On Debian: apt-get install chromium" >&2; exit 1; }

texts: dev ## add texts of the pages that are not translated yet to src/orderwell/web/locale
	$(BIN)/python -m tests.web.texts

check: dev ## lint, types and the quick tests on SQLite, in under two minutes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) -n $(WORKERS) -m "not slow" --engines sqlite $(ARGS)

bench: dev ## measure (ARGS: what, see `make bench ARGS=--help`)
	$(BIN)/python -m bench $(ARGS)

prove: dev ## the long proofs: crashes, load, simulation
	$(PYTEST) -m prove --prove $(ARGS) tests

openapi: dev ## write docs/openapi.json: what the API promises (refused where that would break a promise)
	@$(BIN)/python -m tests.support.contract

licences: dev ## write docs/licences.md: what we build on, its licence, and why
	@mkdir -p docs
	$(BIN)/python requirements/inventory.py licences docs/licences.md

sbom: dev ## write build/sbom.json: what is shipped, as CycloneDX
	@mkdir -p build
	$(BIN)/python requirements/inventory.py sbom build/sbom.json

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-package orderwell
lock: $(VENV)/.dev ## pin anew what requirements/*.in and pyproject.toml ask for (ARGS=--upgrade: the newest)
	$(LOCK) $(ARGS) pyproject.toml --extra postgres --output-file requirements/core.txt
	$(LOCK) $(ARGS) requirements/build.in --constraint requirements/core.txt --output-file requirements/build.txt
	$(LOCK) $(ARGS) requirements/dev.in --output-file requirements/dev.txt
	@! grep -nE '://|^--|find-links' requirements/*.txt

clean: ## remove what can be made again (never a database)
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A Python that can make a virtual environment. Debian keeps that in a package of its own: root gets it, others are told.
$(BIN)/python:
	@find_python() { \
	  for candidate in python3.11 python3 python3.12 python3.13 python3.14; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then python=$$candidate; return 0; fi; \
	  done; return 1; }; \
	if ! find_python && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing python3 and python3-venv"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -qq </dev/null && apt-get install -y -qq --no-install-recommends python3 python3-venv </dev/null; \
	fi; \
	if ! find_python; then \
	  echo "Missing: Python 3.11 or newer with venv. On Debian: apt-get install python3 python3-venv" >&2; exit 1; \
	fi; \
	"$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.core: requirements/core.txt requirements/build.txt | $(BIN)/python
	$(PINNED) -r requirements/core.txt -r requirements/build.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.core
	$(PINNED) -r requirements/dev.txt
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.core
	@if [ -d src/orderwell ]; then \
	  $(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable . && touch $@; \
	else echo "src/orderwell is not there yet: only its requirements are installed"; fi
