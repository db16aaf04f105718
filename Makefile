# Everything a newcomer, a contributor and a build server need. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help run test test-swift test-clients splits fuzz bench bench-check guard ledger soak pii-report build \
	install sbom reproduce test-packaging lint format clean

# Arguments for the program that a target runs, such as: make run ARGS="--port 9000"
ARGS ?=
# Where `make install` puts things, and below which folder.
PREFIX ?= /usr/local
DESTDIR ?=
export PREFIX DESTDIR

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  ARGS="…" hands arguments on: make run ARGS="--port 9000"'

run: ## build, and try the gateway in front of simulated providers
	@scripts/run-demo $(ARGS)

test: ## all that must pass: lint, build, unit tests, outside checks
	@scripts/test $(ARGS)

test-swift: ## only lint, build and unit tests
	@scripts/test --without-clients $(ARGS)

test-clients: ## only the outside checks, against the debug build: ARGS="--only 'input.*'"
	@scripts/check-clients $(ARGS)

test-packaging: ## only what is about installing: image, service, chart, manual, against the debug build
	@scripts/check-packaging $(ARGS)

splits: ## split every recorded reply 10,000 times; what comes out must not change
	@scripts/check-splits $(ARGS)

fuzz: ## look for bytes that a reader can't cope with: ARGS="--runs 10000000", or ARGS=json
	@scripts/fuzz $(ARGS)

bench: ## build for speed and measure, about ten minutes: ARGS=--quick for one
	@scripts/bench $(ARGS)

bench-check: ## count the instructions of small parts, against their thresholds: ARGS=--update
	@scripts/bench-check $(ARGS)

guard: ## count what the check of addresses costs a request: needs `make build`, and Valgrind
	@Benchmarks/guard $(ARGS)

ledger: ## measure what custody costs, and how many records the store takes: needs `make build`, Valgrind and strace
	@Benchmarks/ledger $(ARGS)

soak: ## let it work at half of what it can do for half an hour: needs `make build`, ARGS="--minutes 2"
	@Benchmarks/soak $(ARGS)

pii-report: ## measure what the substitution of personal information finds and leaks: needs a debug build, ARGS=--errors
	@Tests/Privacy/report $(ARGS)

build: ## build the program for use: .build/release/northern
	@scripts/build-release

install: ## put it in place, with manual, completions and service: PREFIX=/usr/local, DESTDIR=
	@scripts/install

sbom: ## write what it is made of, as CycloneDX: .build/northern.cdx.json
	@scripts/sbom > .build/northern.cdx.json

reproduce: ## build once more in another folder, and compare the bytes: needs `make build`
	@scripts/check-reproducible $(ARGS)

lint: ## look at the form of the Swift code
	@scripts/lint

format: ## mend the form of the Swift code
	@scripts/format

clean: ## remove what was built and installed here
	rm -rf .build .venv
