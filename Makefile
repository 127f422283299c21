# Everything here can be typed by hand too; `make help` lists it.
GO        ?= go
IMAGE     ?= reportjob:latest
FUZZTIME  ?= 30s
OUT       ?= dist
BOOK      ?=
BENCHTIME ?= 1s
QUICK     ?=

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.DEFAULT_GOAL := help
.PHONY: help test test-large race lint generate fuzz bench bench-go build demo image check check-deploy check-formats xlsx-look xlsx-validate

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1	\2/' | expand -t 18
	@printf '\npeers of bench, measured if they are there, and the packages of Debian that bring them:\n'
	@printf '  %s\n' 'curl: curl' 'requests and pandas of Python: python3-requests python3-pandas' 'XlsxWriter of Python: python3-xlsxwriter' \
		'openpyxl of Python: python3-openpyxl' 'libxlsxwriter: libxlsxwriter-dev gcc libc6-dev'

check: ## all that .ci/run checks, before a change goes in
	.ci/run

test: ## run the tests
	$(GO) test ./...

test-large: ## run the tests that write workbooks of more than 4 GiB, in 2 minutes and with 6 GB of room
	$(GO) test -tags large -run MoreThan -v -timeout 30m ./exporters/xlsx

race: ## run the tests under the race detector
	.ci/run raced

lint: ## vet, staticcheck and gofmt
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	.ci/run formatted

generate: ## write anew what is made from the data of others: the CSV format's dates, from CLDR
	$(GO) generate ./exporters/csv

fuzz: ## run every fuzz target for FUZZTIME each
	FUZZTIME=$(FUZZTIME) .ci/run fuzzed

bench: ## measure speed and memory against bars and peers, into docs/performance.md; QUICK=1 is rougher and writes nothing
	$(GO) run ./bench/bars $(if $(QUICK),-quick,-write docs/performance.md)

bench-go: ## run the Go benchmarks for BENCHTIME each
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

build: ## build the static program into OUT
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.release=$(VERSION)' -o $(OUT)/reportjob ./cmd/reportjob

demo: ## run every report against the built-in stand-ins, into exports/
	$(GO) run ./cmd/reportjob run --once --demo

image: ## build the container image IMAGE, with docker, podman or buildah
	@if command -v docker >/dev/null; then docker build --build-arg VERSION=$(VERSION) -t $(IMAGE) .; \
	elif command -v podman >/dev/null; then podman build --build-arg VERSION=$(VERSION) -t $(IMAGE) .; \
	elif command -v buildah >/dev/null; then buildah build --build-arg VERSION=$(VERSION) -t $(IMAGE) .; \
	else echo 'there is no docker, podman or buildah' >&2; exit 1; fi

check-deploy: ## check deploy/ with kubectl and systemd-analyze, as far as they are there
	deploy/check

check-formats: ## hold files of the demo against openpyxl, LibreOffice and DuckDB, as far as they are there
	OUT='$(OUT)' exporters/independent/check

xlsx-look: ## draw the first pages of the workbook BOOK into OUT, to look at
	@test -n '$(BOOK)' || { echo 'usage: make xlsx-look BOOK=exports/REPORT/FILE.xlsx' >&2; exit 2; }
	@command -v soffice >/dev/null && command -v pdftoppm >/dev/null || { echo 'passed over: needs soffice and pdftoppm'; exit 0; }; \
	mkdir -p $(OUT) && soffice --headless --convert-to pdf --outdir $(OUT) '$(BOOK)' >/dev/null && \
	pdftoppm -png -r 80 -l 3 "$(OUT)/$$(basename '$(BOOK)' .xlsx).pdf" "$(OUT)/$$(basename '$(BOOK)' .xlsx)" && \
	ls $(OUT)/*.png

xlsx-validate: ## hold the workbook BOOK, or workbooks of the demo, against the schema of Office Open XML
	.ci/validate-workbooks $(if $(BOOK),'$(BOOK)')
