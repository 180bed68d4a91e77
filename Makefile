# stormbench: everything that a checkout needs, by name. `make help` lists it.
#
# Needs: GNU make 4, bash, Python 3.10 or later. `make deps` puts the rest in place.
# Exits: 0 done; 2 something failed, and the last lines say what.

PYTHON ?= python3
# Of `make test`: the tiers to run.
TIER ?= unit property runtime emulated
# Of `make soak`: the time budget, in seconds; the tiers, or files of one; examples of each law in
# a round.
SOAK_S ?= 600
SOAK_TIER ?= runtime/test_fuzz_on_both.py property
SOAK_EXAMPLES ?= 500
# Of `make demo`: where the report goes.
OUT ?= out

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

venv := .venv
bin := $(venv)/bin
ready := $(venv)/ready
stubs := $(venv)/stubs
uv_version := 0.13.9
python_folders := boards firmware host_tools protocol tests
# tshark and openssl are second opinions on the alerts that we make; chromium opens the report as a person would.
packages := $(shell cat boards/debian/packages.txt) chromium openssl tshark

# What the tiers asked for need beside the environment.
whole := $(filter-out $(TIER),unit property runtime emulated)
image_tiers := $(filter runtime emulated,$(TIER))

.PHONY: help demo test soak bench lint fmt deps venv firmware lock clean

help:  ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1|\2/p' Makefile | while IFS='|' read -r name purpose; do
		printf 'make %-9s %s\n' "$$name" "$$purpose"
	done

demo: deps venv firmware  ## set up, build the image, compare on the emulated Pico, print the verdict
	@$(bin)/stormbench compare --hub emulated --out $(OUT)

test: $(if $(image_tiers),deps) venv $(if $(whole),,lint) $(if $(image_tiers),firmware)  ## every check and tier that needs no board; TIER=unit: one tier
	@$(bin)/python -m pytest $(addprefix tests/,$(TIER))

# Rounds with new examples each time, until the time is up; a round of `emulated` takes hours.
soak: venv $(if $(filter emulated,$(SOAK_TIER)),firmware)  ## the long runs, for SOAK_S seconds; says how far it got
	@round=0
	while left=$$(( $(SOAK_S) - SECONDS )) && (( left > 0 )); do
		code=0
		HYPOTHESIS_PROFILE=soak STORMBENCH_SOAK_EXAMPLES=$(SOAK_EXAMPLES) \
			timeout --signal=INT --kill-after=60 "$$left" \
			$(bin)/python -m pytest -m "soak or not soak" $(addprefix tests/,$(SOAK_TIER)) || code=$$?
		if (( code == 124 )); then
			break
		elif (( code )); then
			echo "soak: failed in round $$(( round + 1 )), after $$SECONDS s; how to repeat it is above"
			exit 1
		fi
		round=$$(( round + 1 ))
		echo "soak: round $$round is through, after $$SECONDS of $(SOAK_S) s"
	done
	echo "soak: no failure in $$SECONDS s: $$round whole rounds, and what is above of the next"

bench: venv  ## the throttle core beside PyPI limits: alerts a second of each, and the ratio
	@$(bin)/python tests/bench/throttle_beside_limits.py

lint: venv $(stubs)/ready  ## style, spelling and types
	@$(bin)/ruff check $(python_folders)
	$(bin)/ruff format --check $(python_folders)
	$(bin)/codespell $(python_folders) .ci *.md Makefile pyproject.toml
	$(bin)/mypy --strict host_tools protocol
	$(bin)/mypy $(addprefix --disable-error-code ,index union-attr var-annotated) \
		--follow-imports silent tests
	# MicroPython's stubs stand in the place of CPython's, so nothing of the environment is seen.
	MYPYPATH=$(stubs) $(bin)/mypy --custom-typeshed-dir $(stubs) --no-site-packages --platform linux \
		--follow-imports silent --cache-dir .mypy_cache/firmware firmware
	MYPYPATH=$(stubs) $(bin)/mypy --custom-typeshed-dir $(stubs) --no-site-packages --platform linux \
		--follow-imports silent --cache-dir .mypy_cache/firmware --exclude '^$$' \
		host_tools/stormbench/*/probes/*.py

fmt: venv  ## put the code into its form
	@$(bin)/ruff format $(python_folders)
	$(bin)/ruff check --fix $(python_folders)

firmware: venv  ## the hub's image, from the cache or built
	@$(bin)/stormbench firmware build

# The one place that installs anything on the machine. It goes on where it cannot: what needs a
# program then says so itself.
deps:  ## programs and sources outside Python, with apt; only what is missing
	@missing=()
	if command -v dpkg-query >/dev/null; then
		have=$$(dpkg-query -W -f '$${Package} $${db:Status-Status}\n' $(packages) 2>/dev/null || true)
		for package in $(packages); do
			grep -qx "$$package installed" <<<"$$have" || missing+=("$$package")
		done
		$(PYTHON) -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
	fi
	if ! command -v apt-get >/dev/null; then
		echo "deps: no apt-get here; install by hand what these Debian packages hold: $(packages)" >&2
		exit 0
	fi
	become=(env)
	(( EUID == 0 )) || become=(sudo env)
	if (( $${#missing[@]} )) && ! command -v "$${become[0]}" >/dev/null; then
		echo "deps: neither root nor sudo; ask for: apt-get install $${missing[*]}" >&2
	elif (( $${#missing[@]} )); then
		echo "deps: installing $${missing[*]}" >&2
		"$${become[@]}" apt-get -qq update || echo "deps: the package lists are as they were" >&2
		for package in "$${missing[@]}"; do
			"$${become[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
				--no-install-recommends "$$package" ||
				echo "deps: going on without $$package, which apt-get could not install" >&2
		done
	fi
	boards/debian/fetch-sources.sh ||
		echo "deps: going on without MicroPython's sources; an image that is built already will do" >&2

venv: $(ready)  ## the Python environment, exactly as in requirements.lock

$(ready): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
		{ echo "make: expected Python 3.10 or later, got $$($(PYTHON) -V); name one: PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip, venv' ||
		{ echo "make: expected Python's venv with ensurepip; on Debian: apt-get install python3-venv" >&2; exit 1; }
	[[ -x $(bin)/python ]] || $(PYTHON) -m venv $(venv)
	$(bin)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(bin)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(stubs)/ready: stubs.lock $(ready)
	@rm -rf $(stubs)
	$(bin)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
		--target $(stubs) -r stubs.lock
	touch $@

# The options keep indexes and settings of this machine out of the locks.
uv := env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_INDEX_URL -u UV_FIND_LINKS \
	$(bin)/uv --no-config pip compile --quiet --upgrade --universal --python-version 3.10 \
	--generate-hashes --custom-compile-command 'make lock'
lock: venv  ## newest versions that pyproject.toml allows, pinned with their hashes
	@$(bin)/python -m pip install -q --disable-pip-version-check uv==$(uv_version)
	$(uv) --group dev pyproject.toml -o requirements.lock
	$(uv) --group stubs -o stubs.lock

clean:  ## remove what make put into the tree; the cache with sources and images stays
	@rm -rf $(venv) out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(python_folders) -type d \( -name __pycache__ -o -name '.*_cache' -o -name .hypothesis \) \
		-prune -exec rm -rf {} +
