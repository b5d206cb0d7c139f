# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
#   make, make check, make demo     run anywhere: their kernel is a virtual one
#   make LOCAL=1, make LOCAL=1 demo, make install     for the running kernel
#   make KDIR=/path/to/kernel/build                   for any other

KERNEL	?= 6.1
RUNNING	:= /lib/modules/$(shell uname -r)/build
KDIR	?= $(if $(LOCAL),$(RUNNING))
PREFIX	?= /usr/local
DESTDIR	?=
SHARE	:= $(DESTDIR)$(PREFIX)/share
MAN	:= $(SHARE)/man
UNITS	:= $(DESTDIR)$(PREFIX)/lib/systemd/system
USERS	:= $(DESTDIR)$(PREFIX)/lib/sysusers.d

help_all	:= builds everything: daemon, tools, module
help_user	:= builds dtcpd, dfcctl, dtcp and dfcrecv into build/bin
help_module	:= builds dfc.ko for KDIR, or for each Debian kernel in KERNEL
help_test-module := builds dfc_classifier_test.ko, which selftests load, like it
help_check	:= builds all with warnings as errors, runs all tests on all kernels
help_check-debug := the same, with the selftests on the debug kernel only
help_stress	:= stresses the module on the debug kernel, STRESS_SECONDS (60) each
help_demo	:= plays the mission in a virtual machine; IPSEC=ike: with strongSwan
help_lint	:= sparse, shellcheck, mandoc, and what systemd says of the unit
help_unit	:= unit tests of the pure parts, with sanitizers
help_conformance := asks dtcpd, with a kernel that captures nothing, from outside
help_judge	:= holds what is taken from packets against tshark; PCAPS=directory
help_fuzz	:= runs each fuzzer for FUZZ_SECONDS (60; 0: for ever); FUZZ=name: one
help_bench	:= measures what the module costs beside its peers; minutes
help_bench-quick := the same with few cases
help_bench-control := measures requests, LIST and memory of dtcpd
help_bench-recv	:= measures how many copies dfcrecv takes
help_bench-classifier := measures the module's classifier in user space
help_install	:= installs programs, man pages and the running kernel's module
help_clean	:= removes what was built
targets		:= all user module test-module check check-debug stress demo lint unit \
		   judge conformance fuzz bench bench-quick bench-control bench-recv \
		   bench-classifier install clean

all: user module

user:
	$(MAKE) -C daemon
	$(MAKE) -C selftests

# KASAN puts guards around variables on the stack, which doubles it.
ROOMY	:= -Wframe-larger-than=2560
module test-module:
ifneq ($(KDIR),)
	scripts/module $(WHICH) -d $(KDIR)
else
	set -e; for k in $(KERNEL); do \
		case $$k in \
		debug|plain) \
			scripts/module $(WHICH) -d "$$(scripts/uml-kernel $$k)" \
				ARCH=um KCFLAGS="-Werror $(ROOMY)";; \
		*) \
			scripts/module $(WHICH) -k $$k KCFLAGS=-Werror;; \
		esac; \
	done
endif
test-module: WHICH := -t

check:
	scripts/check

check-debug:
	KERNEL=debug scripts/check

STRESSES := $(filter-out %-lib.sh,$(wildcard selftests/stress-*.sh)) \
	    selftests/faults.sh
stress: export STRESS_SECONDS ?= 60
stress: export SCALE ?= 100000
stress:
	KERNEL=debug scripts/check $(STRESSES)

demo:
	scripts/demo

lint:
	scripts/lint

unit:
	$(MAKE) -C daemon unit
	$(MAKE) -C selftests/classifier test
	$(MAKE) -C selftests/key test

judge:
	$(MAKE) -C selftests/key judge PCAPS="$(abspath $(PCAPS))"

fuzz:
	scripts/fuzz $(FUZZ)

bench:
	scripts/bench

bench-quick:
	scripts/bench -q

bench-classifier:
	$(MAKE) -C selftests/classifier bench

conformance:
	$(MAKE) -C daemon conformance

bench-control:
	scripts/bench-control

bench-recv:
	scripts/bench-recv

install: user install-user install-module

install-user:
	install -D -t $(DESTDIR)$(PREFIX)/sbin build/bin/dtcpd build/bin/dfcctl
	install -D -t $(DESTDIR)$(PREFIX)/bin build/bin/dtcp build/bin/dfcrecv
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include/linux uapi/linux/dfc.h
	for page in Documentation/man/*.[1-8]; do \
		install -D -m 644 -t $(MAN)/man$${page##*.} $$page || exit; \
	done
	install -D -m 644 -t $(SHARE)/bash-completion/completions \
		scripts/completion/dfcctl scripts/completion/dfcrecv
	install -D -m 644 -t $(SHARE)/dfc Documentation/wireshark/dfc.lua
	install -D -m 644 -t $(SHARE)/doc/dfc Documentation/formats.md
	install -D -m 644 -t $(SHARE)/doc/dfc/examples \
		Documentation/examples/dtcpd.conf
	install -D -m 644 daemon/dtcpd/dtcpd.sysusers $(USERS)/dtcpd.conf
	install -d $(UNITS)
	sed 's,/usr/sbin/dtcpd,$(PREFIX)/sbin/dtcpd,' \
		daemon/dtcpd/dtcpd.service >$(UNITS)/dtcpd.service

install-module:
	scripts/module -d $(or $(KDIR),$(RUNNING))
	scripts/module -d $(or $(KDIR),$(RUNNING)) \
		INSTALL_MOD_PATH=$(DESTDIR) CONFIG_MODULE_SIG_ALL= modules_install
	$(if $(DESTDIR),,depmod)

clean:
	rm -rf build

help:
	@$(foreach t,$(targets),printf 'make %-18s%s\n' $(t) "$(help_$(t))";)

.PHONY: $(targets) install-user install-module help
