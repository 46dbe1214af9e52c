# Everything one does with this project. `make` alone lists the targets.

SHELL := /bin/sh
NODE  := node
TSX   := $(NODE) --import tsx
# Written by npm last of all: an interrupted installation does not count.
DEPS  := node_modules/.package-lock.json
# One file, or part of its name: make test only=explain
only  ?=

.DEFAULT_GOAL := help
.PHONY: help deps build check test soak try bench install clean

help: ## list the targets (what plain `make` does)
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1#\2/p' $(MAKEFILE_LIST) | \
	  while IFS='#' read -r target text; do printf '%-16s %s\n' "$$target" "$$text"; done

deps: $(DEPS) ## install the packages the lock file names (SQLite is compiled: 2 to 5 minutes)

$(DEPS): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

build: deps ## bundle the program into dist/
	@npm run --silent build

check: deps ## types and architecture, no other tests
	$(NODE) node_modules/typescript/bin/tsc --project .
	$(TSX) scripts/test.ts architecture

test: build ## types, then every test; make test only=explain for some
	$(NODE) node_modules/typescript/bin/tsc --project .
	@$(TSX) scripts/test.ts $(only)

soak: build ## long runs of the property and kill -9 tests
	@BITLOOPS_SOAK=1 $(TSX) scripts/test.ts $(only)

try: build ## watch it work in a scratch repository, then go on there yourself
	@$(TSX) scripts/try.ts

bench: build ## measure hooks, commits and commands; writes docs/BENCHMARKS.md
	@$(TSX) scripts/bench.ts $(only)

install: build ## put git-bitloops and its man page on this machine
	npm install --global .

clean: ## remove what was built (node_modules stays)
	rm -rf dist coverage
