# The two commands of the README are `demo` and `test`; each sets up what it needs.
.PHONY: help demo test build bytecode setup tools lint test-swift test-python test-node test-mcp \
	test-rgp instructions bench bench-json bench-rgp bench-peers clean

BUILD_FLAGS := --explicit-target-dependency-import-check error
TOOLS := .build/tools

help:
	@echo 'make demo    set everything up, build, and run the main job in a temporary folder'
	@echo 'make test    set everything up and run every test (Swift, Python, Node)'
	@echo 'make build   build the release binaries: .build/release/rig and rig-jail'
	@echo 'make lint    format and lint checks of all three languages'
	@echo 'make bench   print the figures that docs and TASKS.md quote'
	@echo 'make bench-json, bench-peers   the JSON check alone, and beside public libraries'
	@echo 'make bench-rgp   calls a second over HTTP beside nginx (needs wrk and nginx)'
	@echo 'make clean   remove everything that was built'

demo: build
	examples/first-light/run.sh .build/release/rig

test: setup tools lint test-swift test-python test-node test-mcp test-rgp instructions
	@echo 'make test: every suite passed'

build: setup bytecode
	swift build -c release --static-swift-stdlib $(BUILD_FLAGS)

# A worker may write no bytecode of its own. Checked by hash: an edit is never run as it was before,
# which costs less than can be measured.
bytecode: setup
	python3 -m compileall -q --invalidation-mode checked-hash runners/python/rig_runner

setup:
	.ci/setup

tools:
	.ci/tools $(TOOLS)

lint: tools
	swift format lint --strict -r Sources Tests bench Package.swift
	.ci/lint $(TOOLS)

test-swift: setup tools
	swift build --build-tests $(BUILD_FLAGS)
	PYTHONPATH=$(abspath $(TOOLS)) swift test --skip-build --parallel

# Holds a live server against spec/rgp/openapi.yaml.
test-rgp: tools test-swift
	.ci/test-rgp $(TOOLS)

test-python: tools
	.ci/test-python $(TOOLS)

test-node:
	.ci/test-node

# With the binaries of test-swift's build.
test-mcp: tools
	swift build $(BUILD_FLAGS) --product rig
	swift build $(BUILD_FLAGS) --product rig-jail
	.ci/test-mcp .build .build/debug/rig

# Fails when checking a payload takes 3 % more instructions than bench/json/instructions.txt says.
instructions: setup
	.ci/instructions

bench: build
	.build/release/rig-bench-json
	@echo; echo 'The path, sidecar and worker on one processor:'
	taskset -c 0 .build/release/rig-bench-path
	@echo; echo 'The path, placed by the scheduler:'
	.build/release/rig-bench-path
	@echo; echo 'A fresh worker for every call:'
	.build/release/rig-bench-pool
	@echo; echo 'What durability costs, on the disk of this folder:'
	.build/release/rig-bench-audit .build
	@echo; echo 'What the jail costs, beside none and beside bubblewrap:'
	.build/release/rig-bench-jail

# Rewrites the raw figures that bench/README.md speaks of.
bench-json:
	swift build -c release --product rig-bench-json
	.build/release/rig-bench-json | tee bench/results/json.txt

# Calls a second over HTTP, beside nginx; needs wrk and nginx.
bench-rgp: build
	bench/rgp/run.sh | tee bench/results/rgp.txt

bench-peers:
	swift build -c release --product rig-bench-json
	bench/json/peers.py | tee bench/results/json-peers.txt

clean:
	rm -rf .build
