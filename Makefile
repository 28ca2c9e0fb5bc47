# Everything happens in .venv, which each target makes and fills by itself. Needs Python 3.11 or newer, nothing else.
# make PYTHON=/path/to/python chooses one; ARGS="..." goes to the command behind `run`, `test`, `bench` and `chaos`.

SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
TIERS := tests/unit tests/contract tests/property tests/integration tests/acceptance tests/meta

.DEFAULT_GOAL := help
.PHONY: help run test setup check lint types imports security unit chaos bench bench-setup docs lock test-browser screenshots clean

# $(call prepare,run|test|bench)
define prepare
	@python=$$(PYTHON='$(PYTHON)' sh setup/find-python.sh) && "$$python" setup/environment.py $(1)
endef

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

run: ## set up what running needs, then serve the API with simulated channels
	$(call prepare,run)
	@$(BIN)/duecourse run $(ARGS)

setup: ## the set-up for development alone
	$(call prepare,test)

# the browser's tests have a run of their own: what drives it keeps an event loop, in which no other test could open one;
# ARGS may choose tests of which the browser has none (pytest's exit 5); test_done looks at every page in all its sizes
# and looks, which takes four minutes of its own
test: ## every tier but chaos and bench: on SQLite, on a real PostgreSQL, the flows in a Chromium if one is found
	$(call prepare,test)
	@$(BIN)/python -m pytest $(TIERS) -n 2 --dist worksteal -q $(ARGS)
	@if $(BIN)/python -m tests.browser.chromium ready; then \
	  $(BIN)/python -m pytest tests/browser --ignore tests/browser/test_done.py -n 2 --dist worksteal -q $(ARGS)$(if $(ARGS), || [ $$? -eq 5 ]); \
	else echo "SKIPPED for what is said above: the tests in a browser (make test-browser)."; fi
	@echo "Not run here: every page's looks (make test-browser), chaos (make chaos), benchmarks (make bench)."

check: ## lint, types, import contracts, security lint, unit and size tests
	$(call prepare,test)
	@$(BIN)/python setup/check.py

chaos: ## faults, kills and planted bugs: takes minutes
	$(call prepare,test)
	@$(BIN)/python -m pytest tests/chaos -q $(ARGS)

bench-setup: ## the peers that the benchmarks compare with
	$(call prepare,bench)

bench: bench-setup ## all benchmarks, both sides in one run
	@$(BIN)/duecourse bench $(ARGS)

test-browser: ## the console in a real Chromium, which is found, or installed where that needs no password
	$(call prepare,test)
	@$(BIN)/python -m tests.browser.chromium ensure
	@$(BIN)/python -m pytest tests/browser -n 2 --dist worksteal -q $(ARGS)

screenshots: ## every page as a picture, wide and narrow, light and dark, both languages: var/screenshots/index.html
	$(call prepare,test)
	@$(BIN)/python -m tests.browser.chromium ensure
	@$(BIN)/python -m tests.browser.pictures

docs: ## write the reference pages from the code; check links, settings, commands, error codes
	$(call prepare,test)
	@$(BIN)/python setup/reference.py
	@$(BIN)/python -m pytest tests/meta -q -k "documentation" $(ARGS)

lock: ## resolve requirements*.in anew (needs the network)
	@python=$$(PYTHON='$(PYTHON)' sh setup/find-python.sh) && "$$python" setup/lock.py

clean: ## remove the environment and caches, not var/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis node_modules orchestrator/*/assets/vendor tests/browser/vendor
