# SPDX-License-Identifier: GPL-3.0-or-later
#
# make run     build the lab and start it (installs missing packages first)
# make test    what a user runs: unit tests, screens, gnuplot (at most two minutes)
# make help    the rest
#
# Everything is built below build/$(VARIANT); the sources stay clean. MPI=1 builds sweeps over many machines in.

VERSION := 0.1.0
VARIANT ?= release
MPI ?=
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc)
BUILD := build/$(VARIANT)$(if $(MPI),-mpi)
PACKAGES := gsl openblas lapacke ncursesw yaml-0.1 jansson zlib sqlite3 libpcre2-8

# The variants. Each has a folder of its own below build/; `make test VARIANT=asan` runs the suite in one.
CC = gcc
CC.clang := clang
CC.fuzz := clang
OPTIMISE.release := -O2
OPTIMISE.gcc := -O2 -Werror
OPTIMISE.clang := -O2 -Werror
OPTIMISE.fuzz := -O2
SANITIZE.asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SANITIZE.tsan := -fsanitize=thread
SANITIZE.fuzz := -fsanitize=address,undefined -fno-sanitize-recover=all
INSTRUMENT.fuzz := -fsanitize=fuzzer-no-link
SETUP_MPI = $(if $(MPI),--mpi)
MPI_CFLAGS = $(if $(MPI),-DRANKSCOPE_MPI $(shell pkg-config --cflags ompi-c))
MPI_LIBRARIES = $(if $(MPI),$(shell pkg-config --libs ompi-c))
TEST.asan := -s 4 -l 300
TEST.tsan = -s 10 -l 300 $(shell setarch -R true 2>/dev/null && echo "-w 'setarch -R'") # TSan dislikes some layouts

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wdouble-promotion \
            -Wformat=2 -Wundef -Wvla -Wwrite-strings
CFLAGS ?= $(or $(OPTIMISE.$(VARIANT)),-O1) -g
SANITIZE ?= $(SANITIZE.$(VARIANT))
COMPILER = $(or $(CC.$(VARIANT)),$(CC))
COMPILE = $(COMPILER) -std=c17 -D_GNU_SOURCE -pthread -Isrc -Itests $(WARNINGS) $(CFLAGS) $(SANITIZE) \
          $(INSTRUMENT.$(VARIANT)) $(MPI_CFLAGS) -DRANKSCOPE_VERSION='"$(VERSION)"' \
          -DRANKSCOPE_DATADIR='"$(PREFIX)/share/rankscope"' $(PACKAGE_CFLAGS)
LINK = $(COMPILER) $(CFLAGS) $(SANITIZE) -pthread

# pkg-config is asked once, and only where something is built, which is after the set-up.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)
# GSL's own CBLAS comes along with it; OpenBLAS stands before it, so that every symbol resolves there.
LIBRARIES = $(eval LIBRARIES := $(shell pkg-config --libs openblas) \
    $(shell pkg-config --libs lapacke ncursesw yaml-0.1 jansson zlib sqlite3 libpcre2-8) -lgsl -lm $(MPI_LIBRARIES))$(LIBRARIES)
TEST_LIBRARIES = $(eval TEST_LIBRARIES := $(shell pkg-config --libs cmocka vterm))$(TEST_LIBRARIES)

# A room may have folders of its own.
SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
TEST_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/*/test_*.c)))
BENCH_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/bench/bench_*.c)))
FUZZ_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
# ThreadSanitizer has nothing to see in the others.
THREADED := $(addprefix $(BUILD)/tests/,base/test_pool model/test_threads model/test_encoder run/% sweep/% dialogue/% plot/test_windows% \
    cmd/% screen/%)
TESTS.tsan = $(filter $(THREADED),$(TEST_PROGRAMS))
TESTS = $(or $(TESTS.$(VARIANT)),$(TEST_PROGRAMS))
TEST_SUPPORT := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))
SCENARIOS := $(sort $(wildcard scenarios/*.yaml))
LESSONS := $(sort $(wildcard lessons/*.yaml))

# A sub-make that may use all cores, unless the caller has said how many.
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

# What is made is said in a line each; V=1 shows the commands.
QUIET := $(if $(V),,@)
SAY = @$(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),:,echo '  $(1)')

# ---- for people ----

.PHONY: all run test test-all bench lint format fuzz setup install uninstall clean help
all: ## Build rankscope (says what is missing, installs nothing)
	@tools/setup --check $(SETUP_MPI) build
	+@$(SUBMAKE) $(BUILD)/rankscope

run: ## Install what is missing, build and start the lab; ARGS='…' are its arguments
	@tools/setup $(SETUP_MPI) build
	+@$(SUBMAKE) $(BUILD)/rankscope >&2
	@$(BUILD)/rankscope $(ARGS)

test: ## Install what is missing, build and run all tests (at most two minutes)
	@tools/setup $(SETUP_MPI) test
	+@$(SUBMAKE) tests
	@tools/test $(TEST.$(VARIANT)) $(BUILD) $(TESTS)

test-all: ## test, both compilers, sanitizers, valgrind, fuzzing, installation, lint; WITHOUT='…' leaves parts out
	@tools/setup all
	+@MAKE='$(MAKE)' tools/test-all $(WITHOUT)

bench: ## Measure a release build, one benchmark after the other
	@tools/setup bench
	+@$(SUBMAKE) $(BUILD)/rankscope $(BENCH_PROGRAMS)
	@failed=0; for program in $(BENCH_PROGRAMS); do echo "== $${program##*/}"; \
	    env -i PATH="$$PATH" HOME="$$HOME" LC_ALL=C.UTF-8 TERM=xterm-256color OPENBLAS_NUM_THREADS=1 \
	    RANKSCOPE_PROGRAM='$(CURDIR)/$(BUILD)/rankscope' RANKSCOPE_SOURCE='$(CURDIR)' RANKSCOPE_SLOWNESS=1 \
	    $$program || failed=1; done; exit $$failed

lint: ## Check the rooms' arrows, format, clang-tidy, the man page
	@tools/setup all
	+@MAKE='$(MAKE)' tools/lint

format: ## Format all sources in place
	@tools/setup all
	clang-format -i $(wildcard src/*.[ch] src/*/*.[ch] src/*/*/*.[ch] tests/*/*.[ch])

fuzz: ## Fuzz every target of tests/fuzz for SECONDS (20)
	@tools/setup all
	+@$(SUBMAKE) VARIANT=fuzz fuzzers
	@tools/fuzz $(or $(SECONDS),20) $(FUZZ_PROGRAMS:build/$(VARIANT)/%=build/fuzz/%)

setup: ## Install what building and testing need
	@tools/setup $(SETUP_MPI) test

install: all ## Install below $(DESTDIR)$(PREFIX)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/rankscope/scenarios" \
	    "$(DESTDIR)$(PREFIX)/share/rankscope/lessons" \
	    "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/doc/rankscope"
	install -m 755 $(BUILD)/rankscope "$(DESTDIR)$(PREFIX)/bin/rankscope"
	install -m 644 $(SCENARIOS) "$(DESTDIR)$(PREFIX)/share/rankscope/scenarios"
	install -m 644 $(LESSONS) "$(DESTDIR)$(PREFIX)/share/rankscope/lessons"
	install -m 644 docs/rankscope.1 "$(DESTDIR)$(PREFIX)/share/man/man1/rankscope.1"
	install -m 644 README.md CHANGELOG.md COPYING $(wildcard docs/*.md) "$(DESTDIR)$(PREFIX)/share/doc/rankscope"

uninstall: ## Remove what install put there
	rm -f "$(DESTDIR)$(PREFIX)/bin/rankscope" "$(DESTDIR)$(PREFIX)/share/man/man1/rankscope.1"
	rm -rf "$(DESTDIR)$(PREFIX)/share/rankscope" "$(DESTDIR)$(PREFIX)/share/doc/rankscope"

clean: ## Remove everything that was built
	rm -rf build

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

# ---- for the targets above, after the set-up ----

.PHONY: everything tests fuzzers tidy
everything: tests $(BENCH_PROGRAMS)
tests: $(BUILD)/rankscope $(TESTS)
fuzzers: $(FUZZ_PROGRAMS)

# Everything but main, so that a test takes in only the rooms it uses.
$(BUILD)/librankscope.a: $(OBJECTS) $(BUILD)/objects
	@rm -f $@
	$(call SAY,AR    $@)
	$(QUIET)ar rcs $@ $(OBJECTS)

$(BUILD)/rankscope: $(BUILD)/src/main.o $(BUILD)/librankscope.a
	$(call SAY,LINK  $@)
	$(QUIET)$(LINK) -o $@ $^ $(LIBRARIES)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call SAY,CC    $<)
	$(QUIET)$(COMPILE) -MMD -MP -c -o $@ $<

# Its vectors never leave the file, so how they would be passed does not matter; products and sums may be one instruction.
$(BUILD)/src/model/encoder/kernel.o: private WARNINGS += -Wno-psabi -ffp-contract=fast

# Kernels unrolled whole take clang with UndefinedBehaviorSanitizer more than ten minutes; asan's gcc has them checked.
$(BUILD)/src/model/thin.o: private SANITIZE.fuzz := -fsanitize=address

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TEST_SUPPORT) $(BUILD)/librankscope.a
	$(call SAY,LINK  $@)
	$(QUIET)$(LINK) $(TEST_LINK) -o $@ $^ $(TEST_LIBRARIES) $(LIBRARIES)

# Tests that let the n-th allocation fail put their own functions in front of what our objects call.
WRAPPED := malloc calloc realloc aligned_alloc posix_memalign strdup strndup asprintf vasprintf open_memstream fopen \
           fdopen pthread_create gsl_rng_alloc gsl_multilarge_nlinear_alloc
ALLOC_PROGRAMS := $(filter $(BUILD)/tests/alloc/%,$(TEST_PROGRAMS))
$(ALLOC_PROGRAMS): TEST_LINK = $(WRAPPED:%=-Wl,--wrap=%)
$(ALLOC_PROGRAMS): $(BUILD)/tests/alloc/failing.o

$(FUZZ_PROGRAMS): TEST_LINK = -fsanitize=fuzzer

# What objects are compiled with, and which there are: they change, and what is made from them is made anew.
$(BUILD)/flags: export CONTENT = $(COMPILE)
$(BUILD)/objects: export CONTENT = $(OBJECTS)
$(BUILD)/flags $(BUILD)/objects: always
	@mkdir -p $(@D)
	@echo "$$CONTENT" | cmp -s - $@ || echo "$$CONTENT" >$@
.PHONY: always

# clang-tidy on every source that has changed since it was last clean, its headers included.
TIDY_SOURCES := $(sort $(wildcard src/*.c src/*/*.c src/*/*/*.c tests/*/*.c))
tidy: $(TIDY_SOURCES:%.c=build/tidy/%.ok)
build/tidy/%.ok: %.c .clang-tidy tests/.clang-tidy $(BUILD)/flags
	@mkdir -p $(@D)
	@$(COMPILE) -MM -MP -MT $@ -MF $(@:.ok=.d) $<
	@clang-tidy --quiet $< -- $(filter-out $(COMPILER),$(COMPILE)) 2>$(@:.ok=.log) || { cat $(@:.ok=.log); exit 1; }
	@touch $@

.SECONDARY:
-include $(shell find build/tidy $(BUILD) -name '*.d' 2>/dev/null)
