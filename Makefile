# SPDX-License-Identifier: GPL-2.0-only
# Builds the module, the library, the tests and the examples, all into build/; `make help`
# lists the other targets.
#
# Which kernel: KERNEL=6.1, 6.12 or newest is fetched; debug checks what the module does, kcsan
# finds data races, and both are built once; KDIR=/path for given headers, KVER=release for an
# installed kernel. Without these the running kernel if its headers are installed, else 6.12.
# ARCH=arm64 or x86_64: for that machine, which is emulated if it is not this one.
# W=, C=, V= and LLVM= are passed to the kernel's build.

PREFIX ?= /usr/local

top := $(CURDIR)
build := $(top)/build

# Programs for another architecture get a directory of their own; modules have one per kernel.
native := $(patsubst aarch64,arm64,$(shell uname -m))
ARCH ?= $(native)
debarch = $(or $(patsubst x86_64,amd64,$(filter x86_64 arm64,$(ARCH))),\
	$(error ARCH is x86_64 or arm64, not $(ARCH)))
ifneq ($(ARCH),$(native))
CROSS_COMPILE := $(if $(filter arm64,$(ARCH)),aarch64,x86_64)-linux-gnu-
CC = $(CROSS_COMPILE)gcc
AR = $(CROSS_COMPILE)ar
programs := build/$(ARCH)
else
programs := build
endif

fetch = $(top)/selftests/vm/fetch-kernel --arch $(debarch)

# Without -j from the caller, as many jobs as there are processors.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-print-directory

all: module library tests examples ## build everything (the default)
.PHONY: all

##@ Trying it

demo: deps ## boot a virtual machine that runs the examples
	@$(MAKE) module examples KERNEL=$(vm_kernel)
	@$(vm) selftests/vm/run --add $(programs)/examples:/examples \
		--add examples/demo.sh:/examples/demo.sh --add LICENSES/GPL-2.0:/examples/GPL-2.0 \
		-- sh /examples/demo.sh

check: deps ## boot a virtual machine that runs the selftests: KERNEL=6.1, TESTS="channel handle"
	@$(MAKE) module tests KERNEL=$(vm_kernel)
	@$(vm) selftests/vm/check $(TESTS)

check-debug: deps-debug ## run them on a kernel with KASAN, lockdep and kmemleak, built the first time
	@$(MAKE) check KERNEL=$(or $(KERNEL),debug)

check-all: ## run them on every supported kernel, one after the other: MATRIX="6.1 newest newest-arm64"
	@env -u ARCH -u KERNEL MAKEFLAGS= selftests/vm/matrix $(MATRIX)
.PHONY: demo check check-debug check-all

fuzz: deps-debug ## search with coverage for operations that the selftests lack: MINUTES=60, SEED=1
	@$(MAKE) module build/selftests/explore KERNEL=debug
	@KERNEL=debug selftests/vm/explore $(or $(MINUTES),60) $(SEED)
.PHONY: fuzz

mutants: deps deps-mutants ## put small faults in and list those that the selftests do not see: MUTANTS="call-* fifo-*"
	@$(vm) selftests/vm/mutants $(foreach name,$(MUTANTS),'$(name)')
.PHONY: mutants

# Built from scratch: older counts belong to other code.
coverage: deps-debug ## run them on the debug kernel and list the lines of the module that they do not reach
	@rm -rf build/coverage
	@$(MAKE) coverage-module tests KERNEL=debug
	@KERNEL=debug VMFLAGS="--module build/coverage/zircon.ko --coverage build/coverage $(VMFLAGS)" \
		selftests/vm/check $(TESTS); tests=$$?; \
	selftests/vm/coverage $(if $(TESTS),--part) build/coverage && exit $$tests

coverage-module:
	+@$(call kbuild,$(build)/coverage,GCOV_PROFILE=y)
.PHONY: coverage coverage-module

# BASE: fails if a case costs more than one percent more than in that file.
bench: deps ## count what each call costs, next to Linux's own ways: BASE=bench/baseline.json, AREAS="channel"
	@$(MAKE) module $(programs)/bench/bench KERNEL=$(vm_kernel)
	@$(vm) bench/run --json build/bench.json $(if $(BASE),--base $(BASE)) $(programs)/bench/bench $(AREAS)

bench-growth: deps-bench ## costs with few and with many handles, messages, waiters: a table, build/bench-growth.tsv and .svg
	@$(MAKE) module $(programs)/bench/bench KERNEL=$(vm_kernel)
	@$(vm) bench/run --tsv build/bench-growth.tsv $(programs)/bench/bench growth
	@gnuplot -e "tsv='build/bench-growth.tsv'; svg='build/bench-growth.svg'" bench/growth.gp
.PHONY: bench bench-growth

# The virtual machine never runs this machine's kernel.
vm_kernel = $(or $(KERNEL),6.12)
vm = KERNEL=$(vm_kernel) ARCH=$(ARCH)

##@ Building

# In this order: a line's name, KDIR, KVER, the running kernel, the line 6.12. It is looked up when
# a recipe first uses it, so that only targets that need a kernel fetch one.
kdir = $(eval kdir := $(call find_kdir))$(or $(kdir),$(error no kernel headers to build against))
running := /lib/modules/$(shell uname -r)/build
fetched = $(shell $(fetch) $(1))
find_kdir = $(strip $(if $(KERNEL),$(if $(findstring /,$(KERNEL)),$(KDIR),$(word 2,$(call fetched,$(KERNEL)))),\
	$(if $(KDIR),$(abspath $(KDIR)),$(if $(KVER),/lib/modules/$(KVER)/build,\
	$(or $(and $(if $(CROSS_COMPILE),,here),$(wildcard $(running)/Makefile),$(running)),\
		$(word 2,$(call fetched,6.12)))))))
release = $(eval release := $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(kdir)/include/generated/utsrelease.h))$(or \
	$(release),$(error $(kdir) is no configured kernel's build directory))

# kbuild builds where the sources are, so each kernel gets a tree of links to them. Links to files
# that no longer exist are deleted. A Debian kernel names its compiler in a file that LLVM= does not
# override. If the kernel has KCOV, it traces the module. Modules for the newest kernel are built in
# a root directory with the tools that its headers need.
# $(1) is the tree's directory, $(2) more arguments to make
inside = $(if $(filter newest%,$(KERNEL)),$(top)/selftests/vm/inside \
	$(word 4,$(call fetched,$(KERNEL))) $(top) $(shell $(fetch) --cache) --)
define kbuild
	mkdir -p $(1) && \
	cp -rsf $(top)/Kbuild $(top)/zxmod $(top)/uapi $(1) && \
	find $(1) -xtype l -delete && \
	$(inside) $(MAKE) -C $(kdir) M=$(1) KCOV_INSTRUMENT=y $(if $(LLVM),CC=clang$(filter -%,$(LLVM))) $(2) modules
endef

module: ## build/module/<release>/zircon.ko, for the kernel that KERNEL, KDIR or KVER names
	+@$(call kbuild,$(build)/module/$(release))
.PHONY: module

library: ## build/lib/libzircon.a and libzircon.so
	@$(MAKE) -C libzircon-shim O=$(top)/$(programs) CC='$(CC)' AR='$(AR)'
.PHONY: library

$(programs)/lib/libzircon.a: library
	@:

includes := -I libzircon-shim/include -I uapi
CFLAGS ?= -O2 -g
warnings := -Wall -Wextra -Werror

# The programs are static, so that they run in any guest.
link = $(CC) -std=gnu11 -D_GNU_SOURCE= $(warnings) $(CFLAGS) $(includes) -pthread -static \
	$(LDFLAGS) -o $@ $(filter %.c,$^) $(programs)/lib/libzircon.a

# A test of several files is a directory with a main.c.
tests := $(patsubst %.c,$(programs)/%,$(wildcard selftests/*.c)) \
	$(patsubst %/main.c,$(programs)/%,$(wildcard selftests/*/main.c))
tests: $(tests) ## the selftests' programs, build/selftests/*
.PHONY: tests

$(programs)/selftests/%: includes += -isystem $(shell $(fetch) --kselftest)
$(programs)/selftests/%: selftests/%.c $(wildcard selftests/*.h) $(programs)/lib/libzircon.a
	@mkdir -p $(@D)
	$(link)
$(programs)/selftests/faults: $(wildcard selftests/faults/*.[ch])
$(programs)/selftests/explore: $(wildcard selftests/explore/*.[ch])
$(programs)/selftests/%: selftests/%/main.c $(wildcard selftests/*.h) $(programs)/lib/libzircon.a
	@mkdir -p $(@D)
	$(link)

examples := $(patsubst %.c,$(programs)/%,$(filter-out examples/meet.c,$(wildcard examples/*.c)))
examples: $(examples) ## the examples' programs, build/examples/*
.PHONY: examples

# These are started separately and meet at a path.
$(addprefix $(programs)/examples/,echo-server echo-client epoll-server count-client): examples/meet.c
$(programs)/examples/%: examples/%.c $(wildcard examples/*.h) $(programs)/lib/libzircon.a
	@mkdir -p $(@D)
	$(link)

$(programs)/bench/bench: $(wildcard bench/*.c bench/*.h) $(programs)/lib/libzircon.a
	@mkdir -p $(@D)
	$(link)

# Each call's page is made from its header; docs/man/ has the others.
headers := $(wildcard libzircon-shim/include/zircon/*.h)
man: build/man/made ## the man pages, build/man/*
build/man/made: docs/man/header2man.awk docs/man/zircon.4 docs/man/zircon.7 $(headers)
	@rm -rf build/man && mkdir -p build/man/man3 build/man/man4 build/man/man7
	@awk -v out=build/man/man3 -v version=$(version) -f docs/man/header2man.awk $(headers)
	@cp docs/man/zircon.4 build/man/man4 && cp docs/man/zircon.7 build/man/man7 && touch $@
.PHONY: man

version = $(shell sed -n 's/^VERSION := //p' libzircon-shim/Makefile)

clean: ## remove everything that was built
	rm -rf build
.PHONY: clean

##@ Checking the sources

lint: lint-deps ## W=1, sparse, clang and checkpatch; fails on any finding
	@$(MAKE) -k lint-w1 lint-sparse lint-clang lint-checkpatch lint-mutants
.PHONY: lint

# A build from scratch; any warning is an error.
# $(1) is its name, $(2) arguments to make
define lint_build
	rm -rf $(build)/lint/$(1); mkdir -p $(build)/lint; \
	{ $(call kbuild,$(build)/lint/$(1),$(2)); } >$(build)/lint/$(1).log 2>&1 || \
		{ cat $(build)/lint/$(1).log; exit 1; }; \
	! grep -iE '(warning|error):' $(build)/lint/$(1).log
endef

lint-w1:
	+@$(call lint_build,w1,W=1)

lint-sparse:
	+@$(call lint_build,sparse,C=2)

# The distribution configured its kernel for gcc. Options that clang does not know are switched off
# here; the module must not be loaded.
lint-clang: LLVM ?= 1
lint-clang:
	+@$(call lint_build,clang,W=1 LLVM=$(LLVM) \
		CONFIG_CC_IS_CLANG=y CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0 \
		CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough CONFIG_FTRACE_MCOUNT_USE_CC= \
		CONFIG_INIT_STACK_ALL_ZERO= CONFIG_MITIGATION_RETHUNK= CONFIG_RETHUNK= \
		CONFIG_MITIGATION_SLS= CONFIG_SLS= KCFLAGS=-Wno-duplicate-decl-specifier)

# User space has no BIT(), and checkpatch cannot tell whether a macro's argument is more than a
# name. User space has C's own types and C11's keywords. checkpatch leaves a file where it runs, so
# it runs in build/.
comma := ,
user_ignore := PREFER_KERNEL_TYPES,CAMELCASE,VOLATILE
# compat.h needs these.
kernel_ignore := LINUX_VERSION_CODE,CONSTANT_COMPARISON
checkpatch = mkdir -p build && cd build && \
	perl $(shell $(fetch) --checkpatch) --strict --quiet --terse --show-types \
		--no-tree --root=$(top)/libzircon-shim --ignore BIT_MACRO,MACRO_ARG_REUSE$(addprefix $(comma),$(2)) \
		-f $(shell find $(addprefix $(top)/,$(1)) -name '*.[ch]')
lint-checkpatch:
	@$(call checkpatch,zxmod uapi,$(kernel_ignore)); kernel=$$?; \
	cd $(top); $(call checkpatch,libzircon-shim/src selftests examples bench,$(user_ignore)) && exit $$kernel

lint-mutants:
	@selftests/vm/mutants --lint
.PHONY: lint-w1 lint-sparse lint-clang lint-checkpatch lint-mutants

##@ Installing

install: module install-library ## library, headers, man pages under PREFIX, module for its kernel; DESTDIR= is put before
	install -D -m 644 build/module/$(release)/zircon.ko $(module_dest)
	$(if $(DESTDIR),,depmod $(release))

install-library: library man ## all but the module
	$(MAKE) -C libzircon-shim O=$(build) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	install -D -m 644 uapi/linux/zircon.h $(DESTDIR)$(PREFIX)/include/linux/zircon.h
	for page in $(man_pages); do \
		install -D -m 644 build/man/$$page $(DESTDIR)$(PREFIX)/share/man/$$page || exit 1; done

uninstall: man ## remove the files that install put there
	$(MAKE) -C libzircon-shim O=$(build) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) uninstall
	rm -f $(DESTDIR)$(PREFIX)/include/linux/zircon.h $(module_dest)
	cd $(DESTDIR)$(PREFIX)/share/man && rm -f $(man_pages)
	$(if $(DESTDIR),,depmod $(release))
.PHONY: install install-library uninstall

man_pages = $(shell cd build/man && echo man*/*)
module_dest = $(DESTDIR)/lib/modules/$(release)/updates/zircon.ko

load: ## insert the module into the running kernel
	@ko=build/module/$$(uname -r)/zircon.ko; \
	[ -f $$ko ] || { echo "there is no $$ko: make module KVER=$$(uname -r)" >&2; exit 1; }; \
	[ "$$(id -u)" = 0 ] || { echo "only root can load a module: sudo make load" >&2; exit 1; }; \
	[ ! -d /sys/module/zircon ] || { echo "a zircon module is loaded already: make unload" >&2; exit 1; }; \
	insmod $$ko || { dmesg | tail -n 3 >&2; exit 1; }

unload: ## remove the module from the running kernel
	@[ -d /sys/module/zircon ] || { echo "no zircon module is loaded" >&2; exit 1; }; \
	[ "$$(id -u)" = 0 ] || { echo "only root can unload a module: sudo make unload" >&2; exit 1; }; \
	rmmod zircon || { echo "a program still has /dev/zircon open, or holds one of its objects" >&2; exit 1; }
.PHONY: load unload

##@ Installing through DKMS, Debian packages

# DKMS builds the module for the kernel that KVER names (default: the running one), and by itself
# for each that is installed later. With DESTDIR= the files are only copied there.
dkms-install: version-check ## the module through DKMS, also for kernels to come; loaded at boot
	$(if $(DESTDIR),,@$(dkms_ready); $(dkms_headers); $(dkms_forget))
	rm -rf $(dkms_source) && mkdir -p $(dkms_source)
	cp -r Kbuild zxmod uapi $(dkms_source)
	sed 's/#MODULE_VERSION#/$(version)/' dkms/dkms.conf >$(dkms_source)/dkms.conf
	install -D -m 644 dkms/zircon.conf $(dkms_boot)
	$(if $(DESTDIR),,$(dkms_build))

dkms-remove: ## remove it again, for all kernels
	@$(dkms_ready); $(dkms_forget)
	rm -rf $(dkms_source) $(dkms_boot)
.PHONY: dkms-install dkms-remove

dkms_module = -m zircon -v $(version)
dkms_kernel = $(or $(KVER),$(shell uname -r))
dkms_source = $(DESTDIR)/usr/src/zircon-$(version)
dkms_boot = $(DESTDIR)/usr/lib/modules-load.d/zircon.conf

define dkms_ready
	fail() { echo "$@: $$*" >&2; exit 1; }; \
	[ "$$(id -u)" = 0 ] || fail "only root can do this: sudo make $@"; \
	command -v dkms >/dev/null || fail "dkms is not installed; it is in the package dkms"; \
	! dpkg-query -W -f '$${db:Status-Status}\n' zircon-dkms 2>/dev/null | grep -qx installed || \
		fail "the package zircon-dkms does this already: apt-get purge zircon-dkms"
endef

define dkms_headers
	[ -e /lib/modules/$(dkms_kernel)/build/include ] || fail "the headers of Linux $(dkms_kernel)" \
		"are not installed; they are in the package linux-headers-$(dkms_kernel)"
endef

dkms_forget = [ -z "$$(dkms status $(dkms_module))" ] || dkms remove $(dkms_module) --all

define dkms_build
dkms add $(dkms_module)
dkms build $(dkms_module) -k $(dkms_kernel) || \
	{ tail -n 30 /var/lib/dkms/zircon/$(version)/build/make.log; exit 1; } >&2
dkms install $(dkms_module) -k $(dkms_kernel)
endef

# The packages are built from a copy, since their build first cleans the tree.
deb: deps-deb version-check ## Debian packages and their source, into build/deb; installs what their build needs
	rm -rf build/deb && mkdir -p build/deb/zircon-$(version)
	tar -c --exclude-vcs --exclude=./build . | tar -x -C build/deb/zircon-$(version)
	cd build/deb/zircon-$(version) && dpkg-buildpackage -us -uc
	lintian --fail-on error,warning build/deb/zircon_$(version)_*.changes
	rm -rf build/deb/zircon-$(version)
.PHONY: deb

# One after the other: apt does not wait for itself.
check-dkms: ## install the packages in a Debian of their own, and boot its kernels
	@$(call install_packages,$(deps_build) $(deps_vm) $(deps_root) $(deps_deb))
	@$(MAKE) deb
	@selftests/vm/check-dkms $(if $(UPDATE),--update)
.PHONY: check-dkms

# The version is set in libzircon-shim/Makefile. These files repeat it.
version-check:
	@fail=0; same() { [ "$$2" = $(version) ] || \
		{ echo "$$1 says version $$2, libzircon-shim/Makefile $(version)" >&2; fail=1; }; }; \
	same debian/changelog "$$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)"; \
	same zxmod/main.c "$$(sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' zxmod/main.c)"; \
	same README.md "$$(sed -n 's/^It is young: version \([^,]*\),.*/\1/p' README.md)"; \
	exit $$fail
.PHONY: version-check
lint install: version-check

##@ What is needed

deps_build := gcc libc6-dev xz-utils pahole
deps_vm := busybox-static cpio $(if $(filter arm64,$(ARCH)),qemu-system-arm,qemu-system-x86)
deps_bench := gnuplot-nox
deps_debug := make flex bison bc libelf-dev perl
deps_lint := sparse clang llvm lld perl patch
deps_mutants := patch binutils

deps: ## install the packages that building and checking need (through apt, only what is missing)
	@$(call install_packages,$(deps_build) $(deps_vm) $(if $(CROSS_COMPILE),$(deps_cross)) \
		$(if $(filter newest%,$(KERNEL)),$(deps_root)))

deps-bench: deps ## those for drawing the results of bench-growth
	@$(call install_packages,$(deps_bench))

deps-debug: deps ## those for building the debug kernel
	@$(call install_packages,$(deps_debug))

lint-deps: deps
	@$(call install_packages,$(deps_lint))

deps-mutants: deps-debug ## those for putting faults in
	@$(call install_packages,$(deps_mutants))
.PHONY: deps deps-bench deps-debug lint-deps deps-mutants

# For the root of the newest kernel, and compilers and C libraries for other architectures.
deps_root := mmdebstrap zstd uidmap
deps_cross = $(if $(filter arm64,$(ARCH)),gcc-aarch64-linux-gnu libc6-dev-arm64-cross,\
	gcc-x86-64-linux-gnu libc6-dev-amd64-cross)

deps-root: ## those for making roots of other releases (selftests/vm/debian-root)
	@$(call install_packages,$(deps_root))
.PHONY: deps-root

deps_deb := build-essential debhelper dh-dkms fakeroot lintian

deps-deb: ## those for building the Debian packages
	@$(call install_packages,$(deps_deb))
.PHONY: deps-deb

# apt's lists may be missing or old; a source that cannot be reached is no error here.
define install_packages
	command -v apt-get >/dev/null || { echo "no apt-get here; needed are: $(1)"; exit 0; }; \
	missing=; sudo=; \
	for package in $(1); do \
		dpkg-query -W -f '$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed || \
			missing="$$missing $$package"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	echo "installing$$missing"; \
	[ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get -q update || :; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		install --no-install-recommends $$missing </dev/null
endef

help: ## print this
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' Makefile
	@sed -n 's/^# \?//; 5,10p' Makefile
.PHONY: help
