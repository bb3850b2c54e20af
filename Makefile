# Everything that is done more than once has a name here; `make help` lists them.
VENV ?= .venv
BIN := $(VENV)/bin
# Which Python makes the environment: PYTHON=… or the newest on PATH from 3.11 on.
PYTHON ?=
# The version of uv that `make lock` uses; nothing else does.
UV := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help demo dev install test test-fast test-sqlite test-postgres test-browser older-django \
	test-matrix bench assure coverage growth lint format messages wheel release lock

help: ## Print this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.runtime ## Serve the sample stories on http://127.0.0.1:8000 (PORT=… KB_DATA_DIR=…).
	@$(BIN)/python manage.py demo

dev: $(VENV)/.runtime ## Serve the sample stories for development, restarting when code changes (PORT=…).
	@$(BIN)/python manage.py dev

install: $(VENV)/.dev ## Make the environment with everything that running and testing need.

test: $(VENV)/.dev ## Run everything: lint, import contract, types, tests on both databases, browser.
	@$(BIN)/python -m tests.suite $(ARGS)

test-fast: $(VENV)/.dev ## Run the quick tests of every room, on SQLite, without lint and browser.
	@$(BIN)/python -m tests.suite --fast $(ARGS)

# What a continuous integration runs side by side, each in a job of its own.
PYTEST = $(BIN)/pytest -n $(or $(KB_TEST_PROCESSES),2) --dist worksteal

test-sqlite: $(VENV)/.dev ## Run the tests on SQLite alone, without a browser (ARGS=… for pytest).
	@DATABASE_URL= $(PYTEST) -m "not browser" $(ARGS)

test-postgres: $(VENV)/.dev ## Run the tests on PostgreSQL alone, without a browser.
	@$(BIN)/python -m tests.postgres -- $(PYTEST) -m "not browser" --database-only $(ARGS)

test-browser: $(VENV)/.dev ## Run the tests that need a browser.
	@DATABASE_URL= $(PYTEST) -m browser $(ARGS)

bench: $(VENV)/.dev ## Measure all pages and write docs/performance.md (SIZES=1000,20000 ENGINES=sqlite).
	@$(BIN)/python -m bench $(if $(SIZES),--sizes $(SIZES)) $(if $(ENGINES),--engines $(ENGINES)) $(ARGS)
	@$(BIN)/python -m bench.report

assure: $(VENV)/.dev ## Run the tests of the guards and write docs/assurance.md (CLASS=long GUARDS=G7,G13).
	@$(BIN)/python -m bench.assurance $(if $(CLASS),--class $(CLASS)) $(if $(GUARDS),--guards $(GUARDS)) $(ARGS)

coverage: $(VENV)/.dev ## Measure how much of kb/ all tests on SQLite cover, and fail below the floor.
	@$(BIN)/coverage erase
	@DATABASE_URL= $(BIN)/coverage run -m pytest -n $(or $(KB_TEST_PROCESSES),2) --dist worksteal \
		-m "not browser" $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

growth: $(VENV)/.dev ## Check how much longer each page takes in a larger record.
	@$(BIN)/python -m bench.growth

older-django: $(VENV)/.dev ## Put the oldest supported Django into the environment.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		-r requirements-django52.lock

test-matrix: ## Run the suite on every Python from 3.11 on that this machine has.
	@failed=""; \
	tests/interpreters.sh all > .matrix; \
	while read -r version python; do \
		echo "=== Python $$version"; \
		$(MAKE) --no-print-directory test VENV=.venv-$$version PYTHON=$$python </dev/null \
			|| failed="$$failed $$version"; \
	done < .matrix; \
	echo "Ran on Python: $$(cut -d' ' -f1 .matrix | tr '\n' ' ')"; \
	rm -f .matrix; \
	if [ -n "$$failed" ]; then echo "FAILED on Python:$$failed"; exit 1; fi

lint: $(VENV)/.dev ## Check style, imports, types, templates, stylesheets, scripts and workflows.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/oxlint --deny-warnings static
	$(BIN)/python -m tests.style
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms \
		$(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml compose.https.yaml

format: $(VENV)/.dev ## Put the code into its one format and mend what can be mended.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/.dev ## Bring the catalogue of translations up to date with the code.
	@$(BIN)/python -m tests.messages

wheel: $(VENV)/.dev ## Build the wheel into dist/, install it elsewhere and check that it serves.
	@$(BIN)/python -m tests.wheel dist

release: $(VENV)/.dev ## Build the wheel as above, and write its bill of materials and digests into dist/.
	@$(BIN)/python -m tests.release dist

lock: ## Write all lock files anew from pyproject.toml (UPGRADE=1 takes the newest versions).
	@$(call newest_python); "$$python" -m venv .venv-lock
	@.venv-lock/bin/pip install --quiet '$(UV)'
	@$(LOCK) pyproject.toml --output-file requirements.lock
	@$(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@echo 'django>=5.2.19,<5.3' | $(LOCK) --no-deps - --output-file requirements-django52.lock
	@rm -rf .venv-lock

# --universal: one file for every Python and system. --no-config and the absence of any index
# option keep the address of whichever registry this machine uses out of the file.
LOCK = .venv-lock/bin/uv --quiet --no-config pip compile --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --python-version 3.11 \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# Sets $$python, or stops with what to do.
define newest_python
python='$(PYTHON)'; \
	if [ -z "$$python" ]; then \
		python=$$(tests/interpreters.sh | head -n 1 | cut -d' ' -f2); \
	fi; \
	if [ -z "$$python" ]; then \
		echo "No Python 3.11 or later with venv on PATH. Install one (on Debian: apt-get install python3 python3-venv) or name it: make demo PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi
endef

# A venv that could not be made whole is removed, so that the next run starts over.
$(BIN)/python:
	@$(newest_python); \
	echo "Making $(VENV) with $$python"; \
	"$$python" -m venv "$(VENV)" || { rm -rf "$(VENV)"; exit 1; }

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing what running needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing what running and testing need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.runtime
