# One command to ask, one to test: see README.md. Works with GNU make 3.81 and later.

PYTHON ?= python3
VENV ?= .venv
SOURCES ?= seeds
# A package index to take torch from, such as https://download.pytorch.org/whl/cpu; empty means pip's own.
TORCH_INDEX ?=
Q ?= How much did Amazon invest in OpenAI?
# A floor under the accuracy that is reached today, on every so many cases: it catches a step back. The goal is 0.75.
FAIL_UNDER ?= 0.75
GATE_CASES ?= 90

# $(value ...) keeps a dollar sign of the question as it was typed.
export QUESTION := $(value Q)

BIN := $(VENV)/bin
RAG := $(BIN)/rag
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --progress-bar on -c constraints.txt

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help install dev ask ui eval test lint types gate unit freeze clean

help:
	@echo 'make ask Q="..."   answer a question over $(SOURCES)/ (the first run installs; about ten minutes)'
	@echo 'make ui            open the page in the browser'
	@echo 'make eval          measure accuracy, citations, abstention and speed'
	@echo 'make test          lint, types, evaluation gate, tests'
	@echo 'make lint | types | gate | unit     each of these by itself'
	@echo 'make clean         remove $(VENV) and what the tools left behind'
	@echo
	@echo 'SOURCES=DIR        another folder of sources      PYTHON=python3.12   another Python, 3.11 or later'
	@echo 'TORCH_INDEX=URL    take torch from there, for example https://download.pytorch.org/whl/cpu'

# The stamps are written last, so that an install that was interrupted is taken up again by the next run.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or later is needed. Name one: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(PIP) --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo 'Installing into $(VENV): about ten minutes the first time, most of it compiling llama-cpp-python.'
	@$(INSTALL) --no-deps $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch && $(INSTALL) -e '.[embedded]' || \
	  { echo 'The install did not finish. The next run goes on from here; see "If something fails" in docs/guide.md.' >&2; exit 1; }
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(INSTALL) -e '.[embedded,formats,train,milvus,ray,dev]'
	@touch $@

install: $(VENV)/.installed
dev: $(VENV)/.dev

ask: install
	@$(RAG) ask --sources "$(SOURCES)" -- "$$QUESTION"

ui: install
	@$(RAG) ui --sources "$(SOURCES)"

eval: install
	@$(RAG) eval

# pytest comes last: its closing lines say what passed and what was skipped.
test: lint types gate unit

lint: dev
	$(BIN)/ruff check .

types: dev
	$(BIN)/mypy

gate: install
	HF_HUB_OFFLINE=1 $(RAG) eval --split dev --limit $(GATE_CASES) --fail-under $(FAIL_UNDER)

unit: dev
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest

# Writes the versions that .venv holds; CONTRIBUTING.md says when. audioop-lts is wanted by Python 3.13 and later only.
freeze: dev
	@{ sed -n '/^#/p' constraints.txt; \
	   { $(PIP) freeze --all --exclude-editable | sed 's/+.*//' | tr 'A-Z_' 'a-z-'; echo 'audioop-lts==0.2.2'; } | LC_ALL=C sort -u; } > constraints.tmp
	@mv constraints.tmp constraints.txt && touch $(VENV)/.installed $(VENV)/.dev

clean:
	rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
