# `make demo` and `make test` set up what they need on a machine with Python 3.11 or newer.
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/ready
export PYTHONUTF8 := 1

.PHONY: demo test lint types contracts bench lock venv-on-debian clean

demo: $(READY)
	$(BIN)/ballot demo board-2003 --out demo-out --force

test: lint types contracts $(READY)
	$(BIN)/python -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 ballot
	$(BIN)/mypy --platform darwin ballot

contracts: $(READY)
	$(BIN)/lint-imports --no-cache --no-logo

bench: $(READY)
	$(BIN)/python -m bench

# Resolve the locked versions anew, for every platform, with hashes.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra dev pyproject.toml -o requirements-dev.lock

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed")'
	$(PYTHON) -m venv --clear $(VENV) || $(MAKE) --no-print-directory venv-on-debian
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -c 'open("$(READY)", "w").close()'

# Debian ships Python without the part that makes virtual environments; root can add it, others are told how.
venv-on-debian:
	@[ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && \
	  $(PYTHON) -m venv --clear $(VENV) || \
	  { echo "error: Python cannot make a virtual environment here"; echo "hint: apt-get install python3-venv"; exit 1; }

clean:
	$(PYTHON) -c 'import shutil; [shutil.rmtree(p, ignore_errors=True) for p in ("$(VENV)", "demo-out", ".mypy_cache", ".ruff_cache", ".pytest_cache")]'
