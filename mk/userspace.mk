# SPDX-License-Identifier: GPL-2.0
# Userspace: sources are found by wildcard, so a new file needs no line here.

BASE_CFLAGS := -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes \
	-fstack-protector-strong -fPIE -pthread \
	-Iuapi -Ikmod -Itools/lib $(shell pkg-config --cflags libnl-genl-3.0 2>/dev/null) \
	$(if $(WERROR),-Werror)
BASE_LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now
LIBS := -llmdb -largon2 -lgnutls -lwslay -luring -lnl-genl-3 -lnl-3 -lcjson -lseccomp -lm
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

LIB_SRC := $(wildcard tools/lib/*.c)
DAEMON_SRC := $(wildcard daemon/*.c) $(LIB_SRC) $(wildcard kmod/parse.c)
CTL_SRC := $(wildcard tools/mqttctl/*.c) $(LIB_SRC) $(addprefix daemon/,store_format.c store_batch.c property.c \
	store_check.c store_db.c packet.c topic.c util.c password.c base64.c scram_verifier.c text.c users.c)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_LIB_SRC := $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)) \
	$(filter-out daemon/main.c,$(DAEMON_SRC))
# Of the sources of a directory, those that define main() are programs and the rest is linked
# into each of them.
MAIN_RE := ^int main\>|^TEST_HARNESS_MAIN
mains = $(if $(strip $(1)),$(shell grep -lE '$(MAIN_RE)' $(1)))
SELFTEST_SRC := $(wildcard tests/selftests/*.c)
SELFTEST_MAIN := $(call mains,$(SELFTEST_SRC))
SELFTEST_LIB_SRC := $(filter-out $(SELFTEST_MAIN),$(SELFTEST_SRC)) $(LIB_SRC) $(wildcard kmod/parse.c)
BENCH_SRC := $(wildcard tools/bench/*.c)
BENCH_MAIN := $(call mains,$(BENCH_SRC))
BENCH_LIB_SRC := $(filter-out $(BENCH_MAIN),$(BENCH_SRC)) $(LIB_SRC)

# Benchmarks of the daemon's parts.
PART_SRC := $(wildcard tests/bench/*.c)
PART_LIB_SRC := $(filter-out daemon/main.c,$(DAEMON_SRC))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
sanobj = $(patsubst %.c,$(BUILD)/obj-san/%.o,$(1))
progs = $(patsubst %.c,$(BUILD)/$(1)/%,$(notdir $(2)))

# A program is built as soon as its main file has landed.
PROGRAMS := $(if $(wildcard daemon/main.c),$(BUILD)/mqttd) \
	$(if $(wildcard tools/mqttctl/*.c),$(BUILD)/mqttctl)
UNITS := $(call progs,unit,$(UNIT_SRC))
SELFTESTS := $(call progs,selftests,$(SELFTEST_MAIN))
BENCHES := $(call progs,bench,$(BENCH_MAIN))
PARTS := $(call progs,bench,$(PART_SRC))

userspace: $(PROGRAMS)
unit: $(UNITS)
selftests: $(SELFTESTS)
bench-tools: $(BENCHES) $(PARTS) $(BUILD)/bench/insns.so $(BUILD)/bench/allocations.so

# Objects depend on the compiler and its flags: CC=clang after gcc rebuilds them.
FLAGS_NOW := $(CC) $(CFLAGS) $(BASE_CFLAGS) $(LDFLAGS)
$(BUILD)/.flags: FORCE
	@mkdir -p $(@D); echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' > $@

.PHONY: FORCE
FORCE:

# Several makes may share this work tree: no half-written file is ever seen under its name.
compile = $(Q)mkdir -p $(@D) && $(CC) $(BASE_CFLAGS) $(1) $(CPPFLAGS) $(CFLAGS) \
	-MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@.$$$$ $< && mv $@.$$$$ $@
link = $(Q)mkdir -p $(@D) && $(CC) $(BASE_LDFLAGS) $(1) $(CFLAGS) $(LDFLAGS) \
	-o $@.$$$$ $(filter %.o,$^) $(2) && mv $@.$$$$ $@

$(BUILD)/obj/%.o: %.c $(BUILD)/.flags
	$(call say,CC,$<)
	$(call compile,-I$(<D) -Idaemon)

# Shared by build directories, as build/kernels is.
SOURCE ?= $(BUILD)/linux-source

# The harness of the kernel's own selftests, once something includes it.
HARNESS := $(if $(SELFTEST_SRC),$(if $(shell grep -l kselftest $(SELFTEST_SRC) $(wildcard tests/selftests/*.h)),\
	$(SOURCE)/kselftest_harness.h))
# Its macros compare what they are given and end in an empty loop, which -Wextra of clang minds.
$(BUILD)/obj/tests/selftests/%.o: BASE_CFLAGS += -isystem $(SOURCE) -Wno-sign-compare -Wno-empty-body -Wno-unused-parameter
$(call obj,$(SELFTEST_SRC)): | $(HARNESS)
$(SOURCE)/kselftest_harness.h:
	$(call say,FETCH,$@)
	$(Q)mk/fetch-source $(@D)

$(BUILD)/obj-san/%.o: %.c $(BUILD)/.flags
	$(call say,CC san,$<)
	$(call compile,-I$(<D) -Idaemon $(ASAN))

$(BUILD)/mqttd: $(call obj,$(DAEMON_SRC))
	$(call say,LD,$@)
	$(call link,,$(LIBS))

$(BUILD)/mqttctl: $(call obj,$(CTL_SRC))
	$(call say,LD,$@)
	$(call link,,$(filter-out -luring,$(LIBS)))

$(UNITS): $(BUILD)/unit/%: $(BUILD)/obj-san/tests/unit/%.o $(call sanobj,$(UNIT_LIB_SRC))
	$(call say,LD san,$@)
	$(call link,$(ASAN),-lcmocka $(LIBS))

$(SELFTESTS): $(BUILD)/selftests/%: $(BUILD)/obj/tests/selftests/%.o $(call obj,$(SELFTEST_LIB_SRC))
	$(call say,LD,$@)
	$(call link,,$(LIBS))

$(BENCHES): $(BUILD)/bench/%: $(BUILD)/obj/tools/bench/%.o $(call obj,$(BENCH_LIB_SRC))
	$(call say,LD,$@)
	$(call link,,$(LIBS) -lm)

$(PARTS): $(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(call obj,$(PART_LIB_SRC))
	$(call say,LD,$@)
	$(call link,,$(LIBS))

# QEMU has the functions that it calls.
$(BUILD)/bench/insns.so: $(BUILD)/obj/tools/qemu/insns.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) -shared $(CFLAGS) -o $@.$$$$ $< && mv $@.$$$$ $@
$(BUILD)/bench/allocations.so: $(BUILD)/obj/tests/bench/preload/allocations.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) -shared $(CFLAGS) -o $@.$$$$ $< && mv $@.$$$$ $@
$(BUILD)/obj/tools/qemu/insns.o $(BUILD)/obj/tests/bench/preload/allocations.o: BASE_CFLAGS += -fPIC

ALL_OBJ := $(sort $(call obj,$(DAEMON_SRC) $(CTL_SRC) $(SELFTEST_SRC) $(BENCH_SRC) $(PART_SRC) tools/qemu/insns.c \
	tests/bench/preload/allocations.c) \
	$(call sanobj,$(UNIT_SRC) $(UNIT_LIB_SRC)))
-include $(ALL_OBJ:.o=.d)
