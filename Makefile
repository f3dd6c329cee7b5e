# The environment, the checks and the demonstration, each one command.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)

.PHONY: venv demo test check clean

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

clean:
	rm -rf $(VENV) build dist *.egg-info
