# The one door: every command that a developer types. It is thin; cargo and cargo xtask do the work.

.DEFAULT_GOAL := help
SHELL := /bin/bash
CARGO ?= cargo
XTASK := $(CARGO) xtask

# Settings of the platform that run, up and down hand on; README.md and docs/operations.md explain them.
SETTINGS := STATE_DIR SOAP_ADDR SIP_ADDR SIPS_ADDR WS_ADDR WSS_ADDR PROXY_HTTP_ADDR ADMIN_USERNAME ADMIN_PASSWORD CUSTOMER_PASSWORDS DEMO DATABASE_URL PROFILE PROGRAMS
# As they were typed: a password may hold a $.
$(foreach setting,$(SETTINGS),$(eval override $(setting) := $$(value $(setting))))
export $(SETTINGS)

# What `cargo xtask tools` had to install itself.
export PATH := $(PATH):$(CURDIR)/.tools/bin

# Queries are checked against the committed .sqlx, so that nothing needs a database to build.
export SQLX_OFFLINE := true

# Outside conformance tests, used where the folder is present.
CONFORMANCE_DIR ?= ../shared/sip
SECONDS ?= 20

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

.PHONY: run up down ring
run: ## start the platform with a demo tenant, in the foreground until Ctrl-C
	@$(XTASK) run
up: ## start the platform in the background; returns when both programs are ready
	@$(XTASK) up
down: ## stop what `make up` or `make run` started
	@$(XTASK) down
ring: ## let the demo tenant's two phones ring each other, with sipp
	@$(XTASK) tools sipp
	@python3 tests/together/ring.py

.PHONY: check tidy rfc
check: ## formatting, lints, invariants, generated files, licences, advisories
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	@set -e; for workspace in bench fuzz; do \
	  $(CARGO) fmt --manifest-path tests/$$workspace/Cargo.toml --check; \
	  (cd tests/$$workspace && $(CARGO) clippy --quiet --all-targets --locked -- -D warnings); \
	done
	@$(XTASK) tidy
	@$(XTASK) generate --check
	@$(XTASK) tools postgresql
	@$(XTASK) schema-dump --check
	@$(XTASK) licences
	@$(XTASK) advisories
tidy: ## only the layout's invariants
	@$(XTASK) tidy
rfc: ## sections of RFCs that the code decides by, and which of them no test cites; keeps docs/rfcs.md
	@$(XTASK) rfc

.PHONY: test interop
test: programs ## all tests, against real processes and a real PostgreSQL
	@$(XTASK) tools postgresql sipp python php suds perl node nextest
	$(CARGO) nextest run --workspace --locked
	$(CARGO) test --workspace --locked --doc --quiet
	.tools/python/bin/python -m unittest discover --start-directory clients/python/tests
interop: programs ## only what runs over the wire: phones, sample clients, both programs together
	@$(XTASK) tools postgresql sipp python php suds perl node gsoap axis jaxws kdsoap mono phones browser nextest
	$(CARGO) nextest run --package blackbox-tests --locked --ignore-default-filter
	.tools/python/bin/python -m unittest discover --start-directory clients/python/tests
.PHONY: programs
programs:
	$(CARGO) build --workspace --all-targets --locked

.PHONY: packages
packages: ## Debian packages of both programs in target/packages
	$(CARGO) build --release --locked --package ngnpro-server --package sip-proxy
	packaging/debian/build $(or $(CARGO_TARGET_DIR),target)/release target/packages

.PHONY: bench bless generate fuzz sim conformance
bench: ## measure, as docs/benchmarks.md describes; QUICK=1 only tries it out
	@$(XTASK) tools kamailio || echo "bench: without Kamailio nothing is compared with it"
	$(CARGO) run --release --locked --manifest-path tests/bench/Cargo.toml -- $(if $(QUICK),--quick)
bless: programs ## rewrite the golden files; the diff is then reviewed like code
	@$(XTASK) tools postgresql sipp python php suds perl node nextest
	BLESS=1 $(CARGO) nextest run --workspace --locked --no-fail-fast
generate: ## wire types from wsdl/, schema/ and query data from migrations/
	@$(XTASK) generate
	@$(XTASK) tools postgresql
	@$(XTASK) sqlx-prepare
	@$(XTASK) schema-dump
fuzz: ## fuzz each target, or TARGET=name, for SECONDS=20 seconds from the committed corpus
	@set -e; for target in $(or $(TARGET),$(notdir $(wildcard tests/fuzz/corpus/*))); do \
	  $(CARGO) run --release --locked --manifest-path tests/fuzz/Cargo.toml -- \
	    $$target --seconds $(SECONDS) --corpus tests/fuzz/corpus/$$target; \
	done
sim: ## seeded simulation of the SIP core with loss, slow and dead phones and crashes; SEEDS=n, STEPS=n, or SEED=n for one
	$(CARGO) run --profile sim --locked --package sip-core --example sim -- $(if $(SEED),--seed $(SEED) --runs 1) $(if $(SEEDS),--runs $(SEEDS)) $(if $(STEPS),--steps $(STEPS))
conformance: ## outside conformance tests from CONFORMANCE_DIR, where present
	@if [ -d $(CONFORMANCE_DIR) ]; then tests/conformance/run $(CONFORMANCE_DIR) $(PARTS); \
	  else echo "$(CONFORMANCE_DIR) is not present: nothing to run"; fi
