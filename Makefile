# Every step of work on Gangwright. `make help` lists the targets.

GANGWRIGHT := .build/release/gangwright
QUICKSTART := simulations/quickstart
SWIFT_SOURCES := Package.swift Sources Tests Fuzz Benchmarks
DOCUMENTS := README.md $(wildcard docs/*.md) $(QUICKSTART)/README.md
EXAMPLE := docs/schedule-output.example.json

# How long each fuzz target runs.
SECONDS ?= 20

# Random histories that both allocators go through, and the seed of the first.
SEEDS ?= 10000
FIRST_SEED ?= 1

# Tests on published traces look for them here, and are skipped where there are none.
TRACES := $(wildcard ../shared/data)
ifneq ($(TRACES),)
export GANGWRIGHT_DATA ?= $(abspath $(TRACES))
endif

.DEFAULT_GOAL := help
.PHONY: help control-plane control-plane-down e2e check-topology e2e-large setup setup-ci build run test soak bench bench-e2e demo bench-gate lint format coverage fuzz fuzz-allocator docs-output check-output simulations simulations-output check-deploy helm-chart image-root setup-deploy clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing, with apt-get; needs Swift 6.3 in PATH
	@scripts/setup.sh

setup-ci: ## Install what the checks of the output need besides
	@scripts/setup.sh python3 python3-jsonschema python3-yaml

# A first build takes minutes and shows how far it is; later ones say something only when something is wrong.
build: setup ## Build the program, optimised
	@swift build -c release --product gangwright $(if $(wildcard $(GANGWRIGHT)),--quiet) >&2

run: build ## Set up, build, and place the quickstart's jobs on its cluster
	@$(GANGWRIGHT) schedule --cluster $(QUICKSTART)

test: setup ## Set up and run all tests
	@swift test --disable-xctest

# The first time, the API server is built, which takes some ten minutes; it is kept outside the build folder.
control-plane: setup ## Start etcd and kube-apiserver on loopback in .control-plane, and say how to reach them
	@scripts/control-plane/up.sh .control-plane

control-plane-down: ## Stop them; their data stays in .control-plane
	@scripts/control-plane/down.sh .control-plane

E2E ?= EndToEndTests
e2e: setup ## Run the end-to-end tests on a real API server; E2E=FaultTests for some of them
	@scripts/control-plane/binaries.sh >/dev/null
	@GANGWRIGHT_E2E=1 swift test --disable-xctest --filter '$(E2E)'

check-topology: setup ## Read the machines that hwloc is tested with; they come with Debian's source package
	@folder=$$(scripts/hwloc-exports.sh) && GANGWRIGHT_HWLOC_XML=$$folder swift test --disable-xctest --filter RealMachineTests

# Takes minutes, and is about size alone.
e2e-large: setup ## Run the end-to-end test of a thousand nodes and ten thousand pods
	@scripts/control-plane/binaries.sh >/dev/null
	@GANGWRIGHT_E2E=1 GANGWRIGHT_E2E_LARGE=1 swift test --disable-xctest --filter LargeClusterTests

HOURS ?= 24
soak: setup ## Run a cluster for HOURS=24 of virtual time under several configurations, and check every cycle
	@GANGWRIGHT_HOURS=$(HOURS) swift test --disable-xctest --filter SoakTests

# BENCH="--filter place --repetitions 21" and the like go to the program; `make bench BENCH=--help` lists them.
bench: setup ## Run the benchmarks; BENCH="--filter place" says which and how
	@swift build -c release --product gangwright-bench --quiet >&2
	@GANGWRIGHT_COMMIT=$$(git describe --always --dirty 2>/dev/null) .build/release/gangwright-bench $(BENCH)

# BENCH="--nodes 5000 --running 45000 --pods 5000" and the like go to the program; --peer COMMAND measures another scheduler.
bench-e2e: build ## Measure binding on a real API server: a bare binder, gangwright run, a peer; BENCH="--pods 10000"
	@swift build -c release --product gangwright-load --quiet >&2
	@scripts/control-plane/with.sh .build/release/gangwright-load bench $(BENCH)

demo: build ## Watch gangwright run place a stream of training jobs on fake nodes, until Ctrl-C
	@swift build -c release --product gangwright-load --quiet >&2
	@scripts/control-plane/with.sh .build/release/gangwright-load demo $(DEMO)

bench-gate: ## Hold instructions and allocations per placement to their limits
	@scripts/setup.sh valgrind
	@Benchmarks/gate.sh

lint: ## Check format and documentation of all Swift files
	@swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

format: ## Bring all Swift files into format
	@swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

coverage: setup ## Run all tests and print what they cover, by module
	@scripts/coverage.sh

fuzz: setup ## Feed broken input to the readers, SECONDS=20 for each target
	@Fuzz/run.sh $(SECONDS)

# A failing seed is printed, and replayed alone with GANGWRIGHT_SEED=… make test.
fuzz-allocator: setup ## Hold the index to the reference on SEEDS=10000 random histories from FIRST_SEED=1 on
	@GANGWRIGHT_SEEDS=$(SEEDS) GANGWRIGHT_FIRST_SEED=$(FIRST_SEED) \
		swift test -c release -Xswiftc -enable-testing --scratch-path .build-fuzz-allocator \
		--disable-xctest --filter AllocatorTests.EquivalenceTests --quiet

# Every command that a document shows is run again, and the example of the output is made anew.
docs-output: setup-ci build ## Bring the output that documents show up to date
	@$(GANGWRIGHT) schedule --cluster $(QUICKSTART) -o json > $(EXAMPLE) 2>/dev/null
	@scripts/docs-output.py $(DOCUMENTS)

check-output: setup-ci build ## Check output against its schema, and documents against what is printed
	@$(GANGWRIGHT) schedule --cluster $(QUICKSTART) -o json 2>/dev/null | scripts/check-schedule-output.py - $(EXAMPLE)
	@$(GANGWRIGHT) schedule --cluster $(QUICKSTART) -o json 2>/dev/null | diff -u $(EXAMPLE) - \
		|| { echo "$(EXAMPLE) is out of date: run make docs-output" >&2; exit 1; }
	@for what in jobs "job bert-large" "job llama-13b" "pod bert-large-worker-0" "pod jupyter-mara-0 -n notebooks"; do \
		$(GANGWRIGHT) explain $$what --cluster $(QUICKSTART) -o json 2>/dev/null \
			| scripts/check-schedule-output.py --schema docs/explain-output.schema.json - || exit 1; done
	@for question in "--drain dgx-1" "--fit agentpool=dgx" "--when bert-large --add-nodes 2 --like dgx-1 --assume-run-time 24h"; do \
		$(GANGWRIGHT) whatif --cluster $(QUICKSTART) $$question -o json 2>/dev/null \
			| scripts/check-schedule-output.py --schema docs/whatif-output.schema.json - || exit 1; done
	@$(GANGWRIGHT) simulate $(QUICKSTART)/scenario.yaml -o json 2>/dev/null \
		| scripts/check-schedule-output.py --schema docs/simulation-output.schema.json -
	@scripts/check-schedule-output.py --schema docs/scenario.schema.json simulations/*/scenario.yaml
	@folder=$$(mktemp -d) && python3 Tests/TopologyTests/Topologies/make.py $$folder \
		&& diff -r --exclude=make.py $$folder Tests/TopologyTests/Topologies && rm -r $$folder
	@for machine in Tests/TopologyTests/Topologies/*.xml; do \
		$(GANGWRIGHT) topology --xml $$machine -o json \
			| scripts/check-schedule-output.py --schema docs/topology-output.schema.json - || exit 1; done
	@scripts/docs-output.py --check $(DOCUMENTS)

simulations: build ## Run all simulations, and hold them to their stored results
	@scripts/simulations.sh --check

simulations-output: build ## Run all simulations, and store what comes of them
	@scripts/simulations.sh

# Debian's promtool comes with a server, which starts where systemd runs: systemctl disable --now prometheus.
setup-deploy:
	@scripts/setup.sh python3-yaml prometheus golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev

check-deploy: setup-deploy build ## Check overlays, the Helm chart, alerts and the dashboard; needs kubectl 1.21 or newer
	@PYTHONDONTWRITEBYTECODE=1 scripts/deploy/check.py
	@for configuration in deploy/*/volcano-scheduler.conf deploy/*/*/volcano-scheduler.conf; do \
		output=$$($(GANGWRIGHT) config check $$configuration 2>&1) || { echo "$$output" >&2; exit 1; }; done

helm-chart: setup-deploy ## Make anew the Helm chart and the PrometheusRules, which come from other files of deploy/
	@PYTHONDONTWRITEBYTECODE=1 scripts/deploy/generate.py

# The build is one of its own, with Swift's libraries in the program; the first time it takes minutes.
IMAGE_ROOT ?= .image-root
image-root: setup ## Assemble the root of the container image in .image-root; docker build -f deploy/Dockerfile .image-root
	@scripts/setup.sh ca-certificates binutils
	@scripts/image-root.sh $(IMAGE_ROOT)

clean: ## Remove everything that was built
	@rm -rf .build .build-* fuzz-* .image-root
