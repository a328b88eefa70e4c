# The commands of the project. `make help` lists them.
SHELL := bash
.DEFAULT_GOAL := help

.PHONY: help test check rust-tests odoo-tests simulation odoo-own-tests odoo-watchers crash-sweep second-printer hostile-values symbol-proof bench-render demo fuzz

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

test: ## Everything a newcomer should see pass: Rust, a real Odoo, a real browser. Installs what it needs
	tests/run.sh

check: ## What a reviewer wants as well: formatting, clippy, documentation, licences
	tests/check.sh

rust-tests: ## Only the Rust tests
	tests/run.sh rust

odoo-tests: ## Only the addon's tests and the browser journeys
	tests/run.sh odoo

odoo-watchers: ## Twenty people watch the list while five jobs print: how soon they see what is stored (about three minutes)
	cargo build --locked --quiet
	PLATEN_WATCHERS=20 tests/odoo/journeys.sh -n 0 -s -k watchers

odoo-own-tests: ## Odoo's own tests of mrp and stock, without the addon and with it: the same ones must pass (about an hour)
	tests/odoo/provision.sh
	tests/odoo/odoo.sh test-odoo --with-addon

crash-sweep: ## Kills and power cuts at every label of 200 and every byte of 3, on both databases, paper counted (10 062 crashes, an hour; CRASH_EVERY=9 takes every ninth)
	CRASH_SWEEP=full CRASH_AT_ONCE=$${CRASH_AT_ONCE:-24} cargo test --locked --release --test crash_sweep -- --test-threads 1 --nocapture

SIMULATION_SEED ?= 10000001
SIMULATION_HISTORIES ?= 1000000
simulation: ## Histories from seeds, labels counted on the paper: a million, or SIMULATION_HISTORIES from SIMULATION_SEED on
	SIMULATION_SEED=$(SIMULATION_SEED) SIMULATION_HISTORIES=$(SIMULATION_HISTORIES) \
	cargo test --locked --release --test simulation -- --exact no_label_is_lost_or_printed_twice_in_silence --nocapture

SECOND_PRINTER_SEEDS ?= 1-200
second-printer: ## Scenarios with a simulated printer of other hands: seeds 1-200, or SECOND_PRINTER_SEEDS, for at most half an hour
	test -n "$$PLATEN_BINARY" || cargo build --locked --quiet
	tests/second_printer/run.sh --seeds $(SECOND_PRINTER_SEEDS) --minutes 30

hostile-values: ## A million hostile values through every place of a label: no command more, none less
	HOSTILE_VALUES=1000000 cargo test --release --locked --test templates -- --nocapture no_value_becomes

symbol-proof: ## Bar codes of every symbology at three resolutions, drawn by two renderers and read by zxing-cpp (needs Node.js)
	tests/symbol_proof/run.sh

fuzz: ## Each fuzzer for FUZZ_SECONDS (300 unless told); needs `cargo install cargo-fuzz`
	for target in ready_zpl template_value printer_replies xmlrpc_answer; do \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run -s none $$target -- -max_total_time=$${FUZZ_SECONDS:-300} || exit 1; \
	done

bench-render: ## One label drawn by platen, Odoo's QWeb and the Python library zpl2, 200 times each, in one run
	benches/render/run.sh

demo: ## Labels print on two simulated printers
	cargo run --release -- demo
