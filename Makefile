# Two commands: `make run` sets everything up and plays the demo; `make test` sets up and runs every test.
# Everything is installed inside this folder (.tools, .venv); nothing outside it is changed.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/uv-$(UV_VERSION)/bin/uv
BIN := .venv/bin

.PHONY: run test setup check fast soak bench lock clean
run: setup
	$(BIN)/comity demo

test: setup check
	$(BIN)/pytest -n auto --dist worksteal

fast: setup
	$(BIN)/pytest -n auto --dist worksteal -x -q tests/unit tests/property

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

soak: setup
	$(BIN)/pytest -n auto -m soak --timeout=7200 tests

bench: setup
	$(BIN)/python -m tests.bench

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml $(UV)
	@echo "comity: setting up .venv"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --python .venv --require-hashes requirements.lock
	@$(UV) pip install --quiet --python .venv --no-deps --no-index -e .
	@touch $@

$(UV):
	@echo "comity: fetching uv $(UV_VERSION) into .tools"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools/uv-$(UV_VERSION) uv==$(UV_VERSION)

lock: $(UV)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev --no-header --no-annotate pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .tools build
