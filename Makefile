# SPDX-License-Identifier: GPL-2.0-only
# Builds the module, the library, the examples, the man pages and, if its libraries are installed,
# zxctl, all into build/; `make help` lists the other targets.
#
# Which kernel: KERNEL=6.1, 6.12 or newest is fetched; debug checks what the module does, kcsan
# finds data races, and both are built once; KDIR=/path for given headers, KVER=release for an
# installed kernel. Without these the running kernel if its headers are installed, else 6.12.
# ARCH=arm64 or x86_64: for that machine, which is emulated if it is not this one.
# W=, C=, V= and LLVM= are passed to the kernel's build.

PREFIX ?= /usr/local

# make splits paths at spaces, and kbuild uses paths in rules, where a colon ends a target.
unfit = $(filter-out 1,$(words x$(1)x))$(findstring :,$(1))
cannot = contains a space or a colon, which make and kbuild cannot handle:
$(if $(call unfit,$(CURDIR)),$(error the path of this directory $(cannot) move $(CURDIR)))
$(if $(call unfit,$(KDIR)),$(error KDIR=$(KDIR) $(cannot) make a symbolic link to it))
$(if $(call unfit,$(DESTDIR)$(PREFIX)),$(error DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) $(cannot) choose others))
$(if $(filter-out /%,$(PREFIX)),$(error PREFIX=$(PREFIX) is no absolute path: it begins with /))
# Other directories' makefiles get it too.
override DESTDIR := $(if $(DESTDIR),$(abspath $(DESTDIR)))
ifeq ($(origin O),command line)
$(error O= is not supported: make builds into $(CURDIR)/build)
endif

# kbuild would build the module elsewhere.
unexport KBUILD_OUTPUT KBUILD_EXTMOD_OUTPUT

top := $(CURDIR)
build := $(top)/build

# Programs for another architecture get a directory of their own; modules have one per kernel.
native := $(patsubst aarch64,arm64,$(shell uname -m))
ARCH ?= $(native)
$(if $(filter-out x86_64 arm64,$(ARCH)),$(error ARCH is x86_64 or arm64, not $(ARCH)))
debarch := $(patsubst x86_64,amd64,$(ARCH))
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

all: module library examples man tools-if ## build everything but the tests (the default)
.PHONY: all

##@ Trying it

demo: deps ## boot a virtual machine that runs the examples
	@$(MAKE) module examples KERNEL=$(vm_kernel)
	@$(vm) selftests/vm/run --add $(programs)/examples:/examples \
		--add examples/demo.sh:/examples/demo.sh --add LICENSES/GPL-2.0:/examples/GPL-2.0 \
		-- sh /examples/demo.sh

check: deps ## boot a virtual machine that runs the selftests: KERNEL=6.1, TESTS="channel handle"
	@$(MAKE) module tests $(if $(CROSS_COMPILE),,tools) KERNEL=$(vm_kernel)
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
	@$(MAKE) coverage-module tests $(if $(CROSS_COMPILE),,tools) KERNEL=debug
	@KERNEL=debug VMFLAGS="--module build/coverage/zircon.ko --coverage build/coverage $(VMFLAGS)" \
		selftests/vm/check $(TESTS); tests=$$?; \
	selftests/vm/coverage $(if $(TESTS),--part) build/coverage && exit $$tests

# Two processors that count at once must lose no count: those of other lines are computed from it.
coverage-module:
	+@$(call kbuild,$(build)/coverage,GCOV_PROFILE=y KCFLAGS=-fprofile-update=atomic)
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
kdir = $(eval kdir := $(call find_kdir))$(if \
	$(wildcard $(kdir)/include/generated/utsrelease.h),$(kdir),$(error $(no_headers)))
running := $(shell uname -r)
running_kdir := $(if $(CROSS_COMPILE),,$(patsubst %/Makefile,%,\
	$(wildcard /lib/modules/$(running)/build/Makefile)))
fetched = $(shell $(fetch) $(1))
find_kdir = $(strip $(if $(KERNEL),$(if $(findstring /,$(KERNEL)),$(KDIR),$(word 2,$(call fetched,$(KERNEL)))),\
	$(if $(KDIR),$(abspath $(KDIR)),$(if $(KVER),/lib/modules/$(KVER)/build,\
	$(or $(running_kdir),$(word 2,$(call fetched,6.12)))))))
release = $(eval release := $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(kdir)/include/generated/utsrelease.h))$(release)
no_headers = $(if $(kdir),no kernel's headers are in $(kdir)$(foreach name,\
	$(patsubst /lib/modules/%/build,%,$(filter /lib/modules/%,$(kdir))),; they are in the package \
	linux-headers-$(name)),no kernel headers to build against: install linux-headers-$(running)$(comma) or \
	name others with KVER=release or KDIR=directory)

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
	@touch build/module/$(release)/built
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
defines := -D_GNU_SOURCE=
link = $(CC) -std=gnu11 $(defines) $(warnings) $(CFLAGS) $(includes) -pthread -static \
	$(LDFLAGS) -o $@ $(filter %.c,$^) $(programs)/lib/libzircon.a

# The examples of the man pages are compiled as their readers do it, without _GNU_SOURCE.
man_examples := $(patsubst docs/man/examples/%.c,$(programs)/man-examples/%,$(wildcard docs/man/examples/*.c))
$(programs)/man-examples/%: docs/man/examples/%.c $(programs)/lib/libzircon.a
	@mkdir -p $(@D)
	$(CC) $(warnings) $(CFLAGS) $(includes) -pthread -static $(LDFLAGS) -o $@ $^

selftests = $(MAKE) -C selftests OUTPUT=$(top)/$(programs)/selftests CC='$(CC)' \
	LIBRARY=$(top)/$(programs)/lib/libzircon.a
tests: library $(man_examples) ## the selftests' programs, build/selftests/*; make -C selftests run_tests runs them here
	+@$(selftests)
$(programs)/selftests/%: library
	+@$(selftests) $(top)/$@
.PHONY: tests

examples := $(patsubst %.c,$(programs)/%,$(wildcard examples/*.c))
examples: $(examples) ## the examples' programs, build/examples/*
.PHONY: examples

# As a user compiles them, without a definition on the command line.
$(programs)/examples/%: defines :=
$(programs)/examples/%: examples/%.c $(wildcard examples/*.h) $(programs)/lib/libzircon.a
	@mkdir -p $(@D)
	$(link)

$(programs)/bench/bench: $(wildcard bench/*.c bench/*.h) $(programs)/lib/libzircon.a
	@mkdir -p $(@D)
	$(link)

# zxctl is for this machine only. Where its libraries are missing, make without a target says so and
# builds the rest.
tools: build/tools/zxctl ## the administrator's tool, build/tools/zxctl; needs libnl and jansson
tools-if:
	@$(if $(CROSS_COMPILE),,$(if $(tool_libs),$(MAKE) tools,echo "zxctl is not built:" \
		"$(no_tool_libs)"))
.PHONY: tools tools-if

# It is looked up when a recipe first uses it.
tool_needs := libnl-genl-3.0 jansson
tool_libs = $(eval tool_libs := $(shell pkg-config --cflags --libs $(tool_needs) 2>/dev/null))$(tool_libs)
no_tool_libs := pkg-config does not find $(tool_needs) (make deps-tools)

build/tools/zxctl: $(wildcard tools/zxctl/*.[ch]) uapi/linux/zircon_netlink.h libzircon-shim/Makefile
	@[ -z '$(CROSS_COMPILE)' ] || { echo "zxctl is built for this machine only, not for $(ARCH)" >&2; exit 1; }
	@[ -n '$(tool_libs)' ] || { echo "$(no_tool_libs)" >&2; exit 1; }
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(defines) -DZXCTL_VERSION='"$(version)"' $(warnings) $(CPPFLAGS) $(CFLAGS) \
		$(includes) $(LDFLAGS) -o $@ $(filter %.c,$^) $(tool_libs)

# Each call's page is made from its header; docs/man/ has the others. The date is that of the release.
# $(1) is the directory
define make_man
	mkdir -p $(1)/man3 $(1)/man4 $(1)/man7 $(1)/man8 && \
	date=$$(date -u -d "$$(sed -n '/^ -- /{s/.*>  //p;q}' debian/changelog)" +%Y-%m-%d) && \
	awk -v out=$(1) -v version=$(version) -v date=$$date -v examples=docs/man/examples \
		-f docs/man/header2man.awk $(headers) docs/man/*.[0-9]
endef
headers := $(wildcard libzircon-shim/include/zircon/*.h libzircon-shim/include/zircon/syscalls/*.h)
man: build/man/made ## the man pages, build/man/*
build/man/made: $(wildcard docs/man/*.[0-9] docs/man/*.awk docs/man/examples/*.c) $(headers) debian/changelog
	@rm -rf build/man
	@$(call make_man,build/man) && touch $@
.PHONY: man

version = $(shell sed -n 's/^VERSION := //p' libzircon-shim/Makefile)

clean: ## remove everything that was built
	rm -rf build
.PHONY: clean

##@ Checking the sources

lint: lint-deps ## W=1, sparse, clang, checkpatch, mandoc, the netlink spec; fails on any finding
	@$(MAKE) -k lint-w1 lint-sparse lint-clang lint-checkpatch lint-netlink lint-mutants lint-build lint-man
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
	cd $(top); $(call checkpatch,libzircon-shim/src selftests examples bench tools docs/man,$(user_ignore)) && exit $$kernel

# The header of the netlink family is made from its spec.
lint-netlink:
	@uapi/netlink/header uapi/netlink/zircon.yaml | diff uapi/linux/zircon_netlink.h - || \
		{ echo "uapi/linux/zircon_netlink.h is not what uapi/netlink/header makes of the spec" >&2; exit 1; }

lint-mutants:
	@selftests/vm/mutants --lint

lint-build:
	@selftests/vm/build-errors

lint-man: man
	@docs/man/lint build/man
.PHONY: lint-w1 lint-sparse lint-clang lint-checkpatch lint-netlink lint-mutants lint-build lint-man

##@ Installing

# Installing builds nothing, so that build/ gets no files of root. The module is installed for the
# kernel that is named as for building it, or for the running one; never for one that is only
# fetched because neither is there.
install: ## library, headers, man pages, zxctl if built under PREFIX, module for its kernel; DESTDIR= is put before
	@$(if $(KERNEL)$(KDIR)$(KVER)$(running_kdir),,$(error which kernel? The headers of the running \
		Linux $(running) are not installed: KVER=release or KDIR=directory names another))
	@cd build/module/$(release) 2>/dev/null && [ -e built ] && \
		[ -z "$$(cd $(top) && find Kbuild zxmod uapi -type f -newer build/module/$(release)/built)" ] || \
		{ echo "$@: the module for Linux $(release) is not built, or its source is newer;" \
			"first run: make module$(kernel_arg)" >&2; exit 1; }
	@$(MAKE) install-library $(if $(wildcard build/tools/zxctl),install-tools)
	install -D -m 644 build/module/$(release)/zircon.ko $(call module_dest,$(release))
	$(if $(DESTDIR),,depmod $(release))

kernel_arg = $(if $(KERNEL), KERNEL=$(KERNEL),$(if $(KDIR), KDIR=$(KDIR),$(if $(KVER), KVER=$(KVER))))

install-library: ## all of that but the module and zxctl
	@$(MAKE) -q -C libzircon-shim O=$(top)/$(programs) all && $(MAKE) -q build/man/made || \
		{ echo "$@: the library or the man pages are not built, or their source is newer;" \
			"first run: make library man" >&2; exit 1; }
	+$(shim) install
	for header in zircon zircon_netlink; do \
		install -D -m 644 uapi/linux/$$header.h $(DESTDIR)$(PREFIX)/include/linux/$$header.h || exit 1; done
	for page in $$(cd build/man && echo man[347]/*); do \
		install -D -m 644 build/man/$$page $(DESTDIR)$(PREFIX)/share/man/$$page || exit 1; done

install-tools: ## zxctl, its man page and its completion for bash
	@$(MAKE) -q build/tools/zxctl && $(MAKE) -q build/man/made || \
		{ echo "$@: zxctl or the man pages are not built, or their source is newer;" \
			"first run: make tools man" >&2; exit 1; }
	install -D -m 755 build/tools/zxctl $(DESTDIR)$(PREFIX)/bin/zxctl
	install -D -m 644 build/man/man8/zxctl.8 $(DESTDIR)$(PREFIX)/share/man/man8/zxctl.8
	install -D -m 644 tools/zxctl.bash $(DESTDIR)$(PREFIX)/$(completion)

completion := share/bash-completion/completions/zxctl

# Needs neither headers nor what was built.
uninstall: uninstall-library uninstall-tools ## remove what install put there: KVER=release if not for the running kernel
	rm -f $(call module_dest,$(uninstalled))
	$(if $(DESTDIR),,[ ! -d /lib/modules/$(uninstalled) ] || depmod $(uninstalled))

uninstall-library: ## remove what install-library put there
	+$(shim) uninstall
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/include/linux/,zircon.h zircon_netlink.h)
	@pages=$$(mktemp -d) && $(call make_man,$$pages) && (cd $$pages && ls -d man[347]/*) | \
		sed 's|^|$(DESTDIR)$(PREFIX)/share/man/|' | xargs rm -f && rm -r $$pages

uninstall-tools: ## remove what install-tools put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/zxctl share/man/man8/zxctl.8 $(completion))
.PHONY: install install-library install-tools uninstall uninstall-library uninstall-tools

shim = $(MAKE) -C libzircon-shim O=$(top)/$(programs) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
module_dest = $(DESTDIR)/lib/modules/$(1)/updates/zircon.ko
uninstalled = $(if $(KERNEL)$(KDIR),$(release),$(or $(KVER),$(running)))

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
	cp -r dkms.conf Kbuild zxmod uapi $(dkms_source)
	printf '%s\n' '# The module is loaded at boot.' zircon | install -D -m 644 /dev/stdin $(dkms_boot)
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
	same dkms.conf "$$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)"; \
	same zxmod/main.c "$$(sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' zxmod/main.c)"; \
	same README.md "$$(sed -n 's/^It is young: version \([^,]*\),.*/\1/p' README.md)"; \
	exit $$fail
.PHONY: version-check
lint install: version-check

##@ What is needed

deps_build := gcc libc6-dev xz-utils pahole
deps_tools := libnl-genl-3-dev libjansson-dev pkg-config
deps_vm := busybox-static cpio jq $(if $(filter arm64,$(ARCH)),qemu-system-arm,qemu-system-x86)
deps_bench := gnuplot-nox
deps_debug := make flex bison bc libelf-dev perl
deps_lint := sparse clang llvm lld mandoc perl patch python3-yaml
deps_mutants := patch binutils

deps: ## install the packages that building and checking need (through apt, only what is missing)
	@$(call install_packages,$(deps_build) $(deps_vm) \
		$(if $(CROSS_COMPILE),$(deps_cross),$(deps_tools)) \
		$(if $(filter newest%,$(KERNEL)),$(deps_root)))

deps-tools: ## those for building zxctl
	@$(call install_packages,$(deps_build) $(deps_tools))

deps-bench: deps ## those for drawing the results of bench-growth
	@$(call install_packages,$(deps_bench))

deps-debug: deps ## those for building the debug kernel
	@$(call install_packages,$(deps_debug))

lint-deps: deps
	@$(call install_packages,$(deps_lint))

deps-mutants: deps-debug ## those for putting faults in
	@$(call install_packages,$(deps_mutants))
.PHONY: deps deps-tools deps-bench deps-debug lint-deps deps-mutants

# For the root of the newest kernel, and compilers and C libraries for other architectures.
deps_root := mmdebstrap zstd uidmap
deps_cross = $(if $(filter arm64,$(ARCH)),gcc-aarch64-linux-gnu libc6-dev-arm64-cross,\
	gcc-x86-64-linux-gnu libc6-dev-amd64-cross)

deps-root: ## those for making roots of other releases (selftests/vm/debian-root)
	@$(call install_packages,$(deps_root))
.PHONY: deps-root

deps_deb := build-essential debhelper dh-dkms fakeroot lintian $(deps_tools)

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
	if [ "$$(id -u)" != 0 ]; then \
		command -v sudo >/dev/null || { echo "$@: packages are missing, and there is no sudo;" \
			"as root run: apt-get install --no-install-recommends$$missing" >&2; exit 1; }; \
		sudo=sudo; \
	fi; \
	echo "installing$$missing"; \
	$$sudo apt-get -q update || :; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		install --no-install-recommends $$missing </dev/null
endef

help: ## print this
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-17s %s\n", $$1, $$2 }' Makefile
	@sed -n 's/^# \?//; 5,10p' Makefile
.PHONY: help
