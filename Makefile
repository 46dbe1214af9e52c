# Everything one does with this project. `make` alone lists the targets.

SHELL := /bin/sh
NODE  := node
TSX   := $(NODE) --import tsx
# Written by npm last of all: an interrupted installation does not count.
DEPS  := node_modules/.package-lock.json
# The one version that was found to build on Node 20
NODEGIT := 0.28.0-alpha.36
# One file, or part of its name: make test only=explain
only  ?=

.DEFAULT_GOAL := help
.PHONY: help deps build check test test-agents soak try bench nodegit install clean

help: ## list the targets (what plain `make` does)
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1#\2/p' $(MAKEFILE_LIST) | \
	  while IFS='#' read -r target text; do printf '%-18s %s\n' "$$target" "$$text"; done

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

test-agents: build ## try with the real clients, offline; BITLOOPS_AGENT_TOOLS names their drivers
	@$(TSX) scripts/test-agents.ts $(only)

soak: build ## long runs of the property and kill -9 tests
	@BITLOOPS_SOAK=1 $(TSX) scripts/test.ts $(only)

try: build ## watch it work in a scratch repository, then go on there yourself
	@$(TSX) scripts/try.ts

# About twenty minutes, most of it for stores of 100,000 checkpoints; only='rebase push' measures some, writes nothing.
bench: build ## measure hooks, commits, rewrites and sharing; writes docs/BENCHMARKS.md
	@$(TSX) scripts/bench.ts $(only)

# Compiled from source in four to ten minutes; npm ci does not touch it. Wants libssl-dev and libkrb5-dev.
nodegit: build/nodegit/built ## build the optional native reader, which the tests of readers then try, too

build/nodegit/built:
	mkdir -p build/nodegit
	cd build/nodegit && printf '{ "private": true, "allowScripts": { "nodegit": true } }\n' > package.json
	cd build/nodegit && npm install --ignore-scripts --no-audit --no-fund --save-exact nodegit@$(NODEGIT)
	cd build/nodegit && BUILD_ONLY=1 JOBS=2 npm rebuild nodegit --foreground-scripts > build.log 2>&1
	cd build/nodegit && $(NODE) -e 'require("nodegit")' && touch built

install: build ## put git-bitloops and its man page on this machine
	@# It is built already, and newer npm warns of scripts that it would leave out.
	npm install --global --ignore-scripts .

clean: ## remove what was built (node_modules stays)
	rm -rf dist coverage
