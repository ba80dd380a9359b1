# Two commands do everything: `make demo` and `make test`. Each makes its own environment on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check format clean help
.DEFAULT_GOAL := help

help:
	@echo "make demo    set up, train a conditional WGAN-GP on digits for about a minute, show the verdict"
	@echo "make test    set up and run the tests"
	@echo "make check   format, lint, types, import contracts"
	@echo "make format  put the format right"
	@echo "make clean   remove the environment and the demo's run"

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (a minute or two, once) ..."
	@$(PYTHON) -m venv $(VENV)
	@PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $(READY)

demo: $(READY)
	@rm -rf demo-run
	@# one thread: networks this small gain nothing from more, and lose much where the machine has other work
	OMP_NUM_THREADS=1 $(BIN)/equipoise train --data digits --recipe wgan-gp --time 60s --out demo-run

test: $(READY)
	@$(BIN)/python -m pytest -q -n 2

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) demo-run
