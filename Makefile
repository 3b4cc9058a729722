# Everything that a developer or a machine runs is one of the commands that `make help` lists.

SHELL       := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# One build cache for product, checks and tests: with cgo the standard library's net package differs, and the
# Microsoft SDK, which takes minutes, would be compiled a second time. Only the race detector needs cgo.
export CGO_ENABLED := 0

# Versions of what is built into bin/, keyed by version so that a change takes effect without cleaning.
TEMPORAL_CLI  := 1.5.1
WORKFLOWCHECK := 0.6.0
# The server of the command line above, and of docker/temporal/Dockerfile.
TEMPORAL_SERVER := 1.29.1
STATICCHECK   := 0.8.2

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

# have,folder: the folder if it is there.
have = $(wildcard $(1))

# The portal, as Vite leaves it for go:embed. Node.js is needed only to build it.
PORTAL         := web/dist/portal/index.html
PORTAL_SOURCES := $(shell find web/src web/public web/*.ts web/index.html web/package.json -type f ! -name '*.gen.ts') api/openapi.yaml

# The browser extension, as WXT leaves it for a browser to load.
EXTENSION         := extension/dist/chrome-mv3/manifest.json
EXTENSION_SOURCES := $(shell find extension/src extension/entrypoints extension/public extension/*.ts extension/package.json web/src/texts web/src/parts -type f ! -name '*.gen.ts') api/openapi.yaml

.PHONY: help portal extension build demo bench test test-server test-upgrade soak test-live lint temporal temporal-server workflowcheck staticcheck test-packages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

portal: $(PORTAL) ## the portal, built into web/dist/portal for the binaries; quick when nothing changed

$(PORTAL): web/node_modules/.package-lock.json $(PORTAL_SOURCES)
	npm --prefix web run --silent build

web/node_modules/.package-lock.json: web/package-lock.json
	npm --prefix web ci --no-audit --no-fund
	@touch $@

extension: extension/node_modules/.package-lock.json ## the browser extension's packages for the stores, in extension/dist, and that a second build gives the same bytes
	npm --prefix extension run --silent pack

extension/dist/%-mv3/manifest.json: extension/node_modules/.package-lock.json $(EXTENSION_SOURCES) # chrome or firefox
	npm --prefix extension run --silent build -- -b $*

extension/node_modules/.package-lock.json: extension/package-lock.json
	npm --prefix extension ci --no-audit --no-fund
	@touch $@

build: portal ## bin/hourglass and bin/hourglass-demo
	$(if $(call have,cmd/hourglass),go build -ldflags '$(LDFLAGS)' -o bin/hourglass ./cmd/hourglass)
	$(if $(call have,cmd/demo),go build -ldflags '$(LDFLAGS)' -o bin/hourglass-demo ./cmd/demo)

demo: build temporal $(if $(BROWSER),$(EXTENSION)) ## the whole product on this machine, against the stand-in Microsoft (ONCE=1: one grant, then exit; BROWSER=chromium: with the extension)
	bin/hourglass-demo $(if $(ONCE),--once) $(if $(BROWSER),--browser $(BROWSER))

bench: temporal ## what Hourglass costs beside bare workflows of the same shape
	go run -ldflags '$(LDFLAGS)' ./cmd/bench

test: portal temporal test-packages $(if $(call have,workflows),workflowcheck) ## every check and test; the last line counts them
	@go run ./scripts/testrun -workflowcheck bin/workflowcheck-$(WORKFLOWCHECK)

test-server: portal temporal-server ## the whole product's tests on PostgreSQL and Temporal's own server, set up by the files in docker/
	@HOURGLASS_TEST_TEMPORAL_SERVER=$(TEMPORAL_SERVER) go run ./scripts/testrun -server

test-upgrade: portal ## from the version FROM (a tag or commit) to this one, under load, one process after the other
	@scripts/earlier $(FROM)
	HOURGLASS_TEST_EARLIER=$(CURDIR)/bin/hourglass-$(FROM) HOURGLASS_TEST_REQUIRE_POSTGRES=1 \
		go test -count=1 -timeout 20m -v -run '^TestUpgrade$$' ./internal/onemachine

soak: portal temporal-server ## steady requests on that server for MINUTES (30), with a restart every few of them; memory stays flat
	HOURGLASS_TEST_TEMPORAL_SERVER=$(TEMPORAL_SERVER) HOURGLASS_TEST_REQUIRE_POSTGRES=1 HOURGLASS_SOAK_MINUTES=$(or $(MINUTES),30) \
		go test -count=1 -timeout 5h -v -run '^TestSoak$$' ./internal/onemachine

test-live: ## the Entra suite against a real test tenant, named by HOURGLASS_LIVE_…; see docs/first-tenant.md
	HOURGLASS_TEST_LIVE=1 go test -count=1 -timeout 60m -v -run '^TestLive$$' ./internal/entra

lint: staticcheck web/node_modules/.package-lock.json extension/node_modules/.package-lock.json ## gofmt, go vet, staticcheck, and types and eslint of portal and extension; quick once compiled
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l); \
	if [[ -n "$$unformatted" ]]; then printf 'gofmt would change:\n%s\n' "$$unformatted"; exit 1; fi
	go vet ./...
	bin/staticcheck-$(STATICCHECK) ./...
	npm --prefix web run --silent check
	npm --prefix extension run --silent check

temporal: ## the Temporal command line (and its server) that demo, tests and benchmark use
	@scripts/temporal $(TEMPORAL_CLI)

temporal-server:
	@scripts/install-tool go.temporal.io/server/cmd/server $(TEMPORAL_SERVER) temporal-server
	@scripts/install-tool go.temporal.io/server/cmd/tools/sql $(TEMPORAL_SERVER) temporal-sql-tool

workflowcheck:
	@scripts/install-tool go.temporal.io/sdk/contrib/tools/workflowcheck $(WORKFLOWCHECK)

staticcheck:
	@scripts/install-tool honnef.co/go/tools/cmd/staticcheck $(STATICCHECK)

test-packages:
	@scripts/test-packages

clean: ## removes what was built; the tools in bin/ too
	rm -rf bin test-results web/dist/portal extension/dist
