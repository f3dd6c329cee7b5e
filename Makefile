# The environment, the checks, the demonstration, the report and its results, each one command.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)

.PHONY: venv demo test check report results clean

venv: $(STAMP)

# torch goes first and alone: it is the largest download, and the rest then finds it in place.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(TORCH)
	$(BIN)/python -m pip install -c constraints.txt -e '.[dev,images]'
	touch $@

demo: venv
	$(BIN)/acncodec demo

test: venv
	$(BIN)/python -m pytest

check: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict acncodec cli

# What the committed results say, beside the paper: seconds.
report: venv
	$(BIN)/acncodec report bench/results -o docs/report -f

# The results themselves: `$(BIN)/python bench/all.py --list` says which, and how long each takes.
# One that is there already is kept; remove it, or name it with --only and -f, to measure it anew.
results: venv
	$(BIN)/python -m pip install -c constraints.txt -e '.[rivals]'
	$(BIN)/python bench/all.py

clean:
	rm -rf $(VENV) build dist *.egg-info
