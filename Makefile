# The two commands a newcomer needs: `make run` and `make test`. Each makes what it needs from nothing.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
DEMO_SEED := 20261124
DEMO_CLIENTS := 6000
LATER_SEED := 20261125
LATER_CLIENTS := 3000

.DEFAULT_GOAL := help
.PHONY: help run test test-all check unit spark fuzz train docs board bench screenshots notebook golden space publish clean

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/.service ## Serve the pages and the API on http://127.0.0.1:7860
	$(BIN)/python app.py

test: check unit ## Check style and types, then run every test

test-all: test spark fuzz ## Everything that `make test` runs, Spark (wants Java 17), and the API under made-up requests

check: $(VENV)/.dev ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: $(VENV)/.dev ## Run every test (browser tests want Chromium)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

spark: $(VENV)/.spark ## Run the tests on Spark
	$(BIN)/python -m pytest -m spark

fuzz: $(VENV)/.dev ## Try some ten thousand made-up requests on the API, and a thousand damages of tables
	CLAIRSCORE_FUZZ=400 $(BIN)/python -m pytest -n 2 -rP tests/scoring/api/test_fuzz.py
	CLAIRSCORE_DAMAGES=1000 $(BIN)/python -m pytest -n 2 tests/test_damaged_tables.py

train: $(VENV)/.train ## Train the demo and make its studies again on a synthetic portfolio, into data/demo
	$(BIN)/python -m training portfolio --clients $(DEMO_CLIENTS) --seed $(DEMO_SEED) --out data/work/demo_tables
	$(BIN)/python -m training run --tables data/work/demo_tables --out data/demo --seed $(DEMO_SEED)
	$(BIN)/python -m training resampling --tables data/work/demo_tables --out data/demo --seed $(DEMO_SEED)
	$(BIN)/python -m training simplicity --tables data/work/demo_tables --out data/demo --seed $(DEMO_SEED)
	$(BIN)/python -m training check --tables data/work/demo_tables --out data/demo/quality.json
	$(BIN)/python -m training portfolio --clients $(LATER_CLIENTS) --seed $(LATER_SEED) --out data/work/later_tables
	$(BIN)/python -m training watch --tables data/work/later_tables --artefacts data/demo --out data/demo/watch.json
	$(BIN)/python -m training shock --artefacts data/demo --out data/demo/shock.json

docs: $(VENV)/.train ## Write the documents that hold figures again, from data/demo and the benchmarks
	$(BIN)/python -m training publish

board: $(VENV)/.train ## Write the board of data problems again
	$(BIN)/python -m training problems

bench: $(VENV)/.dev ## Measure speed, memory and quality; write benchmarks/results.json
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev ## Take the screenshots of docs/screenshots again
	$(BIN)/python -m tests.browser.screenshots
	$(BIN)/python -m tests.browser.model_screenshots

notebook: $(VENV)/.dev ## Run docs/tour.ipynb and write its outputs again
	$(BIN)/python -m tests.notebook

golden: $(VENV)/.dev ## Store again what the product says of the demo, after a change that was meant
	$(BIN)/python -m tests.golden_answers

space: $(VENV)/.train ## Build the folder of a Hugging Face Space, and try it as a Space would run it
	$(BIN)/python -m training space --run

publish: $(VENV)/.train ## Push it: make publish SPACE=owner/name (HF_TOKEN set; OPTIONS="--private …" for more)
	$(BIN)/python -m training push --space "$(SPACE)" $(OPTIONS)

clean: ## Remove the virtual environment and what tools left
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.venv:
	$(PYTHON) -c "import sys; sys.exit(None if sys.version_info[:2] == (3, 11) else f'Python must be 3.11; got {sys.version.split()[0]}. Set PYTHON=/path/to/python3.11')"
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.service: $(VENV)/.venv requirements.txt
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.train: $(VENV)/.venv requirements.txt requirements-train.txt
	$(PIP) -r requirements-train.txt
	touch $@

$(VENV)/.dev: $(VENV)/.venv requirements.txt requirements-train.txt requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	touch $@

$(VENV)/.spark: $(VENV)/.dev requirements-spark.txt
	$(PIP) -r requirements-spark.txt
	touch $@
