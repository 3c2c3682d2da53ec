# `make demo` and `make test` need nothing but Python 3.11+ with venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What browsers load, from npm by lock file; without npm the pages say what is missing.
ASSETS := groundbreak/site/static/vendor/manifest.json

.PHONY: demo test lint wheel bench docs messages assets screenshots clean

demo: $(VENV)/.demo $(ASSETS)
	$(BIN)/groundbreak demo

test: $(VENV)/.dev lint $(ASSETS)
	$(BIN)/python -m pytest --numprocesses auto
	$(BIN)/python tests/packaging/check_wheel.py

lint: $(VENV)/.dev
	$(BIN)/ruff check groundbreak tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.dev
	$(BIN)/python docs/render.py

assets: $(ASSETS)

$(ASSETS): $(wildcard groundbreak/site/assets/*) | $(VENV)/.demo
	$(BIN)/python -m groundbreak.site.assets

messages: $(VENV)/.dev
	$(BIN)/python -m groundbreak.locale

# Pictures of every page at two widths, light and dark, to be looked at.
screenshots: $(VENV)/.dev $(ASSETS)
	$(BIN)/python -m tests.site.screenshots screenshots

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.site

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# pyam brings parts under the GPL: it reads a release's IAMC table in an environment of its own.
.PHONY: interop
interop: $(VENV)/.dev $(VENV)-interop/.made
	GROUNDBREAK_INTEROP_PYTHON=$(abspath $(VENV)-interop)/bin/python \
		$(BIN)/python -m pytest -q tests/publishing/test_other_forms.py

$(VENV)-interop/.made:
	$(PYTHON) -m venv $(VENV)-interop
	$(VENV)-interop/bin/python -m pip install --quiet "pyam-iamc>=3.0" "sqlalchemy<2.1"
	touch $@
