# The environment, the checks, the demonstration, the report and its results, each one command.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)

LOWEST := .venv-minimal

.PHONY: venv torchac servers demo test check report figures results lock locked minimal clean

venv: $(STAMP)

# torch goes first and alone: it is the largest download, and the rest then finds it in place.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(TORCH)
	$(BIN)/python -m pip install -c constraints.txt -e '.[dev,images]'
	touch $@

# The second coder; its licence is the GPL, and it compiles when it is first imported. Without it
# its tests are skipped. It is imported here, if it can be, so that tests do not compile it at once.
torchac: venv
	$(BIN)/python -m pip install -c constraints.txt torchac ninja
	-$(BIN)/python -c "import torchac"

# A Ray cluster and an S3 server, which their tests start; without them those tests are skipped.
servers: venv
	$(BIN)/python -m pip install -c constraints.txt -e '.[servers]'

demo: venv
	$(BIN)/acncodec demo

# As many processes as there are cores, each with one thread for what does not ask for more.
test: venv
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist worksteal

check: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict acncodec cli

# What the committed results say, beside the paper: seconds.
report: venv
	$(BIN)/acncodec report bench/results -o docs/report -f

# The pictures of docs/EXPERIMENTS.md: a minute or two.
DATA := acncodec/data/mnist-test-binary.npz
figures: venv
	mkdir -p docs/figures
	$(BIN)/acncodec sample -o docs/figures/samples.png --count 100 --seed 1 -f
	$(BIN)/acncodec reconstruct $(DATA) -o docs/figures/reconstructions.png --draws 3 -f
	$(BIN)/acncodec daydream $(DATA) -o docs/figures/daydream.png --steps 14 -f
	$(BIN)/acncodec neighbours $(DATA) -o docs/figures/neighbours.png -f
	$(BIN)/acncodec plot pca $(DATA) -o docs/figures/pca.png -f
	$(BIN)/acncodec plot tsne $(DATA) -o docs/figures/tsne.png --count 5000 -f
	$(BIN)/acncodec plot matrix $(DATA) -o docs/figures/matrix.png --count 500 -f
	$(BIN)/acncodec plot costs $(DATA) -o docs/figures/costs.png -f

# The results themselves: `$(BIN)/python bench/all.py --list` says which, and how long each takes.
# All that need neither download nor training are measured anew; those are run by name, with --only.
results: venv torchac
	$(BIN)/python -m pip install -c constraints.txt -e '.[rivals]'
	$(BIN)/python bench/all.py -f

# The pins of constraints.txt with the SHA-256 of every file the index has for them. torch is
# left out: which of its builds an index gives (with CUDA, without) differs from place to place; and
# torchac, which is optional.
lock: venv
	$(BIN)/python -m pip install uv
	{ echo "# Made by \`make lock\` from constraints.txt; without torch and torchac, see the Makefile."; \
	  grep -v '^torch' constraints.txt | $(BIN)/uv pip compile --quiet --no-deps \
	    --generate-hashes --no-header --no-annotate --python-version 3.11 -; \
	} > requirements-lock.txt

# The environment once more, nothing in it whose hash is not in the lock (but torch).
locked:
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --require-hashes --only-binary :all: --no-deps -r requirements-lock.txt
	$(BIN)/python -m pip install -c constraints.txt $(TORCH)
	$(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	touch $(STAMP)

# The tests under the lowest versions that pyproject.toml declares (torch as pinned).
minimal:
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/python -m pip install uv
	$(LOWEST)/bin/python -m pip install $(TORCH)
	echo "$(TORCH)" > $(LOWEST)/torch.txt
	$(LOWEST)/bin/uv pip install --python $(LOWEST)/bin/python --resolution lowest-direct \
	    -c $(LOWEST)/torch.txt -e '.[dev,images]'
	$(LOWEST)/bin/python -m pytest

clean:
	rm -rf $(VENV) $(LOWEST) build dist *.egg-info
