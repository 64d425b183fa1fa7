PYTHON ?= python3
VENV := .venv
PEERS := .venv-peers
BIN := $(VENV)/bin

.PHONY: run demo install test lint unit bench bench-large bench-scorm bench-management bench-certificates bench-compliance bench-reports bench-peers clean

run: install  ## start the server with its own MongoDB on http://127.0.0.1:8080
	@$(BIN)/lyceum serve

demo: install  ## a small course, three learners, a requirement; into the running server, else a new one
	@$(BIN)/lyceum serve --demo

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lyceum needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[embedded]'
	@sh deploy/install-pango.sh
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[embedded,dev]'
	@touch $@

test: lint unit  ## lint, types, import contract, every test

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

unit: $(VENV)/.installed-dev
	@sh tests/browser/install-chromium.sh
	$(BIN)/pytest

bench: $(VENV)/.installed-dev  ## measure speed; prints a table beside the targets
	$(BIN)/python -m bench

bench-large: $(VENV)/.installed-dev  ## the same among ten million statements; an hour, 20 GB of disk
	$(BIN)/python -m bench --statements 10000000

bench-scorm: $(VENV)/.installed-dev  ## commits of both standards, launches, 5,000 items, a 200 MB package
	$(BIN)/python -m bench.commits
	$(BIN)/python -m bench.commits --standard scorm2004
	$(BIN)/python -m bench.courses
	$(BIN)/python -m bench.packages

bench-management: $(VENV)/.installed-dev  ## lists, progress, ten thousand people enrolled at once
	$(BIN)/python -m bench.management

bench-certificates: $(VENV)/.installed-dev  ## certificates printed, verification pages
	$(BIN)/python -m bench.certificates

bench-compliance: $(VENV)/.installed-dev  ## a register of 100,000 people under 20 requirements; minutes
	$(BIN)/python -m bench.compliance

bench-reports: $(VENV)/.installed-dev  ## 100,000 attempts on lessons as pages, groups, CSV and XLSX; minutes
	$(BIN)/python -m bench.reports

bench-peers: $(VENV)/.installed-dev $(PEERS)/bin/ralph  ## the same load on Lyceum and on Ralph
	$(BIN)/python -m bench.peers --ralph $(PEERS)/bin/ralph

$(PEERS)/bin/ralph:
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check 'ralph-malph[backend-mongo,cli,lrs]==5.1.0' requests

clean:
	rm -rf $(VENV) $(PEERS) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
