# SPDX-License-Identifier: GPL-2.0
# mqtt.ko for every kernel whose headers are there, each in build/<release>/.
#
# Debian 12's kernels have no MO= (output directory of an external module), so
# build/<release>/ holds a copy of Kbuild and trees of links to kmod/ and uapi/.

# Where mk/fetch-kernels unpacks.
KERNELS ?= $(BUILD)/kernels

# release=directory for every set of headers; the name of the directory is the release.
HEADERS := $(foreach d,$(wildcard /lib/modules/*/build),$(patsubst /lib/modules/%/build,%,$(d))=$(d)) \
	$(foreach d,$(filter-out %-common %-common-rt,$(wildcard /usr/src/linux-headers-*)),$(patsubst \
		/usr/src/linux-headers-%,%,$(d))=$(d)) \
	$(foreach d,$(wildcard $(KERNELS)/*/build),$(patsubst $(KERNELS)/%/build,%,$(d))=$(d))

releases = $(sort $(foreach h,$(HEADERS),$(firstword $(subst =, ,$(h)))))
# The first directory found for a release.
headers_of = $(word 2,$(subst =, ,$(firstword $(filter $(1)=%,$(HEADERS)))))

# build/kernels/6.1, 6.12 and debug are links that name the guests' kernels.
aliases := 6.1 6.12 debug
KVERS := $(if $(KVER),$(if $(filter $(aliases),$(KVER)),$(notdir $(realpath $(KERNELS)/$(KVER))),$(KVER)),\
	$(filter-out $(aliases),$(releases)))
MODULES := $(if $(wildcard kmod/objects.mk),$(KVERS:%=$(BUILD)/%/mqtt.ko))

modules: $(MODULES)

# kbuild decides what is out of date.
$(MODULES): $(BUILD)/%/mqtt.ko: FORCE
	$(Q)test -n '$(call headers_of,$*)' || { \
		echo "no headers for kernel $*: install linux-headers-$* or run 'make kernels'" >&2; exit 1; }
	$(call say,KBUILD,$@)
	$(Q)mk/link-sources $(BUILD)/$*
	$(Q)+flock $(BUILD)/$*/.lock $(MAKE) -s --no-print-directory -C $(call headers_of,$*) M=$(BUILD)/$* W=1 $(KBUILD_ARGS) modules
