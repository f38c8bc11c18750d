# Every recipe is plain lines of Python: whoever has no make types them.
PYTHON ?= python3
VENV_PYTHON = .venv/bin/python
COMPILE = $(VENV_PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" --quiet

.PHONY: run test test-fast lint format bench chaos cluster upgrade-test screenshots messages requirements install

run:
	$(PYTHON) -m see1.embedded run

install:
	$(PYTHON) -m see1.embedded install --dev

test: install
	$(VENV_PYTHON) -m pytest -n 2 --dist loadgroup

test-fast: install
	$(VENV_PYTHON) -m pytest -n 2 --dist loadgroup -m "not browser"

lint: install
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy see1 bookings modules
	.venv/bin/lint-imports
	$(VENV_PYTHON) -m see1.catalogues check
	$(VENV_PYTHON) -m djlint --check --lint templates
	$(VENV_PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(VENV_PYTHON) -m see1.embedded.migration_lint
	@if [ -x .venv/bin/hadolint ]; then .venv/bin/hadolint Dockerfile; else echo "NOT LINTED: Dockerfile (hadolint has no package for this machine)"; fi
	$(VENV_PYTHON) -m see1.embedded.audit

format: install
	$(VENV_PYTHON) -m ruff format .
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m djlint --reformat --quiet templates

bench: install
	$(VENV_PYTHON) -m bench

chaos: install
	$(VENV_PYTHON) -m bench.chaos

cluster: install
	$(VENV_PYTHON) -m bench.cluster

upgrade-test: install
	$(VENV_PYTHON) -m bench.upgrade

screenshots: install
	$(VENV_PYTHON) -m bench.screenshots

messages: install
	$(VENV_PYTHON) -m see1.catalogues

requirements: install
	$(COMPILE) requirements/runtime.in --output-file requirements.txt
	$(COMPILE) requirements/tracing.in --output-file requirements/tracing.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) --no-deps requirements/redis.in --output-file requirements/redis.txt
	$(COMPILE) requirements/node.in --output-file requirements/node.txt
