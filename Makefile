# From a clean clone: `make demo` to try it, `make test` to prove it. Both install
# what is missing and say what they do.
.DEFAULT_GOAL := help
.PHONY: help demo test race test-hours sim sim-mutants chaos chaos-plants cluster lint bench bench-large bench-inbox alerts fuzz build tunnel release proxies setup-demo setup-test

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup-demo ## try it: the gateway, a simulated Twilio, a company and a phone page
	go run ./cmd/ringback demo

test: setup-test ## prove it: vet, lint and every test
	.ci/test

race: setup-test ## every test under the race detector, which takes half an hour
	go test -race -parallel 4 -timeout 40m ./...

test-hours: setup-test ## every test at six times, from a Tuesday morning to 29 February
	.ci/test-hours

lint: ## look the sources over: format, vet, golangci-lint
	.ci/lint

sim: setup-demo ## play it by seed: SEED=1 SEEDS=20 STEPS=500, a script of what breaks
	go run ./cmd/sim -seed $(or $(SEED),1) -seeds $(or $(SEEDS),20) -steps $(or $(STEPS),500) -parallel 2

sim-mutants: setup-demo ## plant known faults, one after the other: make sim has to find each
	go run ./cmd/sim/mutants

chaos: setup-demo ## break it under load: SEED=1 MINUTES=10 RATE=40 FAULTS=kill,storm REPORT=file, SPOOL=nats for three NATS servers; all faults without FAULTS
	go run ./cmd/chaos -minutes $(or $(MINUTES),10) -rate $(or $(RATE),40) $(if $(SEED),-seed $(SEED)) $(if $(FAULTS),-faults $(FAULTS)) $(if $(SPOOL),-spool $(SPOOL)) $(if $(REPORT),-report $(REPORT))

chaos-plants: setup-demo ## plant known faults, one after the other: make chaos has to find each
	go run ./cmd/chaos -plant all

cluster: ## three machines with Patroni in network namespaces, broken under load: FOR=30m SEED=1
	@.ci/setup cluster
	go run ./cmd/cluster -for $(or $(FOR),30m) -seed $(or $(SEED),1)

bench: setup-demo ## measure it: webhooks and replies per second, as ratios
	go run ./cmd/bench

bench-large: setup-demo ## measure what millions of rows, a backlog, a burst, held transactions and erasing cost: ROWS=10000000 HELD=30m
	go run ./cmd/bench -large -rounds 3 -texts 1000 -rows $(or $(ROWS),10000000) -backlog $(or $(BACKLOG),1000000) -burst $(or $(BURST),100000) -held $(or $(HELD),30m)

bench-inbox: setup-demo ## measure search and every list of the console: MESSAGES=10000000 IN=folder that keeps what it was filled with
	go run ./cmd/bench -inbox $(or $(MESSAGES),10000000) $(if $(IN),-in $(IN)) $(if $(ONLY),-only "$(ONLY)")

fuzz: setup-demo ## look for inputs that break: every fuzzer for FUZZ=10m, one after the other
	.ci/fuzz

alerts: ## test the rules of docs/monitoring with promtool
	@.ci/setup promtool
	cd docs/monitoring && promtool check rules alerts.yml && promtool test rules alerts_test.yml

# Stack traces and profiles need no symbol table; a debugger does: go build ./cmd/ringback.
# Gin can bind MessagePack, which nothing here sends; its codec is 5 MB.
compile = CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -tags nomsgpack

build: ## bin/ringback, small: without tables for debuggers and without ngrok
	$(compile) -o bin/ringback ./cmd/ringback

tunnel: ## bin/ringback with ngrok built in, for serve --tunnel ngrok on a laptop
	$(compile),ngrok -o bin/ringback ./cmd/ringback

release: ## bin/release: the tag that is checked out as archives, debs, list of parts, checksums
	.ci/release

proxies: ## try docs/install's nginx, Caddy and HAProxy with signed requests
	.ci/proxies

setup-demo: ## install what the demo needs, as demo and bench do by themselves
	@.ci/setup postgres

setup-test: ## install what the tests need, as test and test-hours do by themselves
	@.ci/setup postgres compiler browser
