# Names for the everyday commands. A bare machine may lack make: bin/demo, bin/test and bin/setup need none.
BIN := .venv/bin
LOCALES := ar ru uz_Latn uz_Cyrl
LOCK := UV_CUSTOM_COMPILE_COMMAND='make lock' uv pip compile --quiet --no-config --upgrade \
	--generate-hashes --no-emit-index-url --universal --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help demo test drill lint types i18n assets bench shots certificates coverage lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## install what is missing and start the demo on 127.0.0.1:8000
	@bin/demo

test: ## install what is missing and run every check and test
	@bin/test

drill: ## what bin/test leaves out: full matrices, long drills, all tests on PostgreSQL
	@bin/test drill

lint: ## style and import layers
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: ## static types
	$(BIN)/mypy

i18n: ## collect the sentences of the code into the catalogues, then compile them
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keyword lazy_gettext --keyword _l --keyword _plural:1,2 --add-comments 'Translators:' --add-location file \
		--sort-by-file --no-wrap --project diploma --output-file translations/messages.pot .
	for locale in $(LOCALES); do $(BIN)/pybabel --quiet update --init-missing --no-fuzzy-matching --no-wrap \
		--ignore-pot-creation-date --input-file translations/messages.pot --output-dir translations --locale $$locale || exit 1; done
	$(BIN)/pybabel --quiet compile --directory translations

assets: ## subset the fonts and build the static files
	$(BIN)/flask --app wsgi assets

bench: ## measure the pages
	$(BIN)/python -m tests.bench $(if $(LONG),--long)

shots: ## pictures of the main pages, with contact sheets, in instance/shots
	@$(BIN)/python -m tests.shots

certificates: ## pictures of every certificate at 150 dpi, with contact sheets, in instance/shots/certificates
	@$(BIN)/python -m tests.contact_sheet

coverage: ## which branches the tests leave out
	$(BIN)/pytest -n 2 --cov --cov-report=term-missing:skip-covered

lock: ## pin the packages anew (needs uv)
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt
