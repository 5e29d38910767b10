# Two commands: `make run` brings up the whole hall with simulators, `make test` proves it.
# Options go into ARGS: make run ARGS="--speed 4 --seed 7 --no-crowd"

VENV := .venv
BIN := $(VENV)/bin
HALL ?= examples/dezhou.toml
ARGS ?=

.PHONY: run test test-kernel check setup setup-dev clean

run: setup
	@exec $(BIN)/hallkeeper up $(HALL) $(ARGS)

test: setup-dev check
	$(BIN)/pytest -n 3 --dist loadfile
	$(BIN)/pytest tests/kernel -rs

# The real drivers on a stock Linux kernel, in a small virtual machine. HALLKEEPER_NO_KERNEL_TEST=1 leaves it
# out, and says so.
test-kernel: setup-dev
	$(BIN)/pytest tests/kernel -rs

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(VENV)/ready
setup-dev: $(VENV)/ready-dev

$(VENV)/ready: pyproject.toml constraints.txt tools/install
	@tools/install run

$(VENV)/ready-dev: pyproject.toml constraints.txt tools/install
	@tools/install dev

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
