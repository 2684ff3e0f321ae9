# From a fresh clone: `make run` opens the site with its demo classes, `make test` runs every test.
# Needed beforehand: Python 3.11 or later with pip, and make. See README.md.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export ALLOW_MISSING ?=

.PHONY: run test test-slow check bench messages pins tools gettext
.DELETE_ON_ERROR:

run: $(VENV)/.runtime
	@exec $(PY) manage.py serve --demo

# BOTH=1: on both databases also what is otherwise done on one (conftest.py says what), in twice the time.
test: $(VENV)/.development tools
	@status=0; \
	for database in sqlite postgres; do \
	    case " $(ALLOW_MISSING) " in *" $$database "*) echo "Not run, as ALLOW_MISSING says: $$database"; continue;; esac; \
	    TEST_DATABASE=$$database $(PY) -m pytest -n 2 --dist worksteal -m "not slow" || status=1; \
	done; exit $$status

# Load, faults and kills, one test at a time: they measure. 5 is pytest's word for "no such test".
test-slow: $(VENV)/.development tools
	@status=0; \
	for database in sqlite postgres; do \
	    TEST_DATABASE=$$database $(PY) -m pytest -m slow || { [ $$? = 5 ] || status=1; }; \
	done; exit $$status

check: $(VENV)/.development gettext
	$(PY) -m ruff check .
	$(PY) -m mypy courses attendance vithanh_training
	$(PY) -m pytest -q tests/test_structure.py tests/test_settings.py tests/test_catalogues.py

# WeasyPrint, beside which certificates are drawn, needs Pango from the system; ALLOW_MISSING=pango leaves it out.
bench: $(VENV)/.development
	@$(PY) -m benchmarks

# Collects the texts of the source into the catalogue, and compiles it and the overrides.
messages: $(VENV)/.development gettext
	$(PY) manage.py makemessages --locale=vi --no-obsolete --add-location=file --ignore=tests --ignore=var
	$(PY) manage.py compilemessages --locale=vi --ignore=.venv --ignore=var

# Writes the pinned versions with their hashes anew from the two short lists.
pins: $(VENV)/.development
	$(PY) -m pip install --quiet uv
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt

# Some systems ship Python without ensurepip; their pip can still install into an environment that has none.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)

define install
@if $(PY) -m pip --version >/dev/null 2>&1; then \
    $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
else $(PYTHON) -m pip --python $(PY) install --quiet --disable-pip-version-check --require-hashes -r $(1); fi
endef

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.development: requirements-dev.txt | $(VENV)/bin/python
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.runtime

# What the tests need from the system. $(1): the packages of Debian and Ubuntu; $(2): a command or a file of each.
define system
@missing=; set -- $(1); for command in $(2); do command -v $$command >/dev/null || [ -e $$command ] || missing="$$missing $$1"; shift; done; \
for name in $(ALLOW_MISSING); do missing=$$(echo " $$missing " | sed "s/ $$name / /"); done; \
if [ -n "$$(echo $$missing)" ]; then \
    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
    else echo "Please install:$$missing (on Debian and Ubuntu: sudo apt-get install$$missing)." >&2; exit 1; fi; \
fi
endef

OFFICE := /usr/lib/libreoffice/program

tools:
	$(call system,chromium-headless-shell gettext poppler-utils libreoffice-writer-nogui libreoffice-calc-nogui,chromium-headless-shell msgfmt pdftotext $(OFFICE)/libswlo.so $(OFFICE)/libsclo.so)

gettext:
	$(call system,gettext,msgfmt)
