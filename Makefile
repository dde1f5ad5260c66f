# What a person does with this repository, by name. `make` alone lists it.

TAGS := browser,providers,postgres
FUZZTIME ?= 30s
CHANGES ?= 100000
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
SEED ?= $(shell od -An -N3 -tu4 /dev/urandom | tr -d " ")
KILLS ?= 200
# SQLite is C that was translated to Go: the race detector has nothing to find there, and takes half of the time for it.
RACE := -race -shuffle=on -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false
NPM := internal/browsertest/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo test raced simulated vetted check generate generated format tidy lint race fuzz browser screenshots bench soak chaos cover docker image tools

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Start a made-up company and the page that corrects its times, on this machine alone
	go run . demo

test: tools ## Install what is missing (Debian), then run every test
	$(MAKE) --no-print-directory --jobs=2 raced simulated

# The longest packages are named first, because they start in this order.
raced: $(NPM)
	go test $(RACE) -vet=off -timeout 25m -tags $(TAGS) ./handlers ./internal/endtoend ./internal/audit ./internal/change ./protime/contract \
		$$(go list -tags $(TAGS) ./... | grep -v internal/simulation)

simulated: vetted
	go test -count=1 -timeout 15m ./internal/simulation

vetted:
	go vet -tags $(TAGS),docker ./...

check: generated format tidy lint test ## Everything that a change must pass; commit first

generate: ## Write the generated files anew
	go generate ./...

generated: generate ## Fail if a generated file differs from the committed one
	@changed="$$(git status --porcelain)"; \
	if [ -n "$$changed" ]; then echo "not committed, or generated anew:"; echo "$$changed"; exit 1; fi

format: ## Fail if a file is not formatted
	@files="$$(gofmt -l $$(git ls-files '*.go'))"; \
	if [ -n "$$files" ]; then echo "not formatted (gofmt -w):"; echo "$$files"; exit 1; fi

tidy: ## Fail if go.mod does not say what the code uses
	go mod tidy -diff

lint: ## Ask the linters; the arrows between rooms are among their rules
	go tool -modfile=.tools/go.mod golangci-lint run

race: ## Run what needs no browser, Node or PostgreSQL, with the race detector
	go test $(RACE) $$(go list ./... | grep -v internal/simulation)

fuzz: ## Fuzz each parser and invariant for FUZZTIME (30s)
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

browser: tools $(NPM) ## Run the tests in Chromium; SCREENSHOTS=folder keeps pictures
	go test -count=1 -tags browser ./...

screenshots: tools $(NPM) ## Take the pictures of the README anew
	PICTURES=$(CURDIR)/docs go test -count=1 -tags browser -run '^TestPicturesOfTheREADME$$' ./handlers

bench: ## Measure, each side beside the other in one run
	go test -run '^$$' -bench . -benchmem -timeout 60m ./...

soak: tools $(NPM) ## Kill the server KILLS (200) times in a stream of changes and compare log and API
	KILLS=$(KILLS) go test -count=1 -timeout 60m -tags $(TAGS) -run 'Kill' -v ./...

chaos: ## Make CHANGES (100000) random changes through faults, crashes and restarts, and compare log and API
	SIMULATION_SEED=$(SEED) SIMULATION_CHANGES=$(CHANGES) go test -count=1 -timeout 180m -v ./internal/simulation

cover: ## Say what the tests reach; coverage.html shows it
	go test -coverpkg=./... -coverprofile=coverage.out ./...
	go tool cover -html=coverage.out -o coverage.html
	go tool cover -func=coverage.out | tail -n 1

docker: ## Build the container image, which says VERSION (git describe)
	docker build --build-arg VERSION=$(VERSION) -t protime-admin .

image: ## Build and run the container image as a test; it needs Docker
	go test -count=1 -tags docker ./internal/imagetest

tools:
	@.ci/tools

$(NPM): internal/browsertest/package.json internal/browsertest/package-lock.json internal/browsertest/.npmrc
	cd internal/browsertest && npm ci --no-progress
	@touch $@
