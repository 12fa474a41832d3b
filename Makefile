# SPDX-License-Identifier: GPL-2.0
#
#   make                build/mqttd, build/mqttctl and build/<release>/mqtt.ko for every kernel
#                       whose headers are installed or unpacked under build/kernels/
#   make KVER=<release> the module for that kernel only
#   make check          everything the tests need, then every test (needs root)
#   make check-long     the long counts and the long fuzzing
#   make fuzz SECONDS=n  each fuzzer for that long
#   make demo           real clients talk through the kernel, on 6.1 and on 6.12
#   make demo HOST=1    the same on the running kernel
#   make bench          instructions per delivery and latency beside other brokers, tables and
#                       plots in build/bench; BENCH='...' only one run of tests/bench/run
#   make install        DESTDIR= PREFIX=/usr/local
#
# Variables: CC, CFLAGS, LDFLAGS, WERROR=1, BUILD (build directory), V=1.

BUILD ?= build
override BUILD := $(abspath $(BUILD))
export BUILD

CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
sysconfdir ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
INSTALL ?= install
V ?= 0
Q := $(if $(filter 0,$(V)),@)
say = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),@:,@printf) '  %-8s %s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$(2))'

.DELETE_ON_ERROR:
.SUFFIXES:

.PHONY: all userspace unit selftests bench-tools modules kernels deps
all: userspace unit selftests bench-tools modules

include mk/userspace.mk
include mk/modules.mk
include mk/fuzz.mk

deps:
	$(Q)tests/deps.sh

kernels: deps
	$(Q)mk/fetch-kernels

.PHONY: check check-long demo bench
check:
	$(Q)tests/run

check-long:
	$(Q)tests/run --long

demo:
	$(Q)HOST=$(HOST) tests/demo

bench: kernels
	$(Q)$(MAKE) userspace bench-tools modules
	$(Q)$(if $(BENCH),tests/bench/run $(BENCH),tests/bench/all)

.PHONY: install clean
install: userspace
	$(Q)$(INSTALL) -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/man/man8
	$(Q)$(INSTALL) -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/sbin
	$(Q)for page in $(wildcard Documentation/man/*.8); do \
		$(INSTALL) -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man8; done
	$(Q)$(INSTALL) -d $(addprefix $(DESTDIR)$(PREFIX)/lib/,systemd/system sysusers.d modules-load.d) \
		$(DESTDIR)$(sysconfdir)/mqttd
	$(Q)sed 's|@sbindir@|$(PREFIX)/sbin|; s|@sysconfdir@|$(sysconfdir)|' systemd/mqttd.service \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/mqttd.service
	$(Q)$(INSTALL) -m 644 systemd/mqttd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/mqttd.conf
	$(Q)$(INSTALL) -m 644 systemd/mqttd.modules-load $(DESTDIR)$(PREFIX)/lib/modules-load.d/mqttd.conf
	$(Q)[ -e $(DESTDIR)$(sysconfdir)/mqttd/mqttd.conf ] || \
		$(INSTALL) -m 644 systemd/mqttd.conf $(DESTDIR)$(sysconfdir)/mqttd/mqttd.conf

# What was downloaded (build/kernels) stays: "rm -r build" removes that too.
clean:
	$(Q)find $(BUILD) -mindepth 1 -maxdepth 1 ! -name kernels -exec rm -rf {} +
