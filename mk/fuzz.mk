# SPDX-License-Identifier: GPL-2.0
#
#   make fuzz SECONDS=n  each fuzzer for that long, from the corpus in tests/fuzz
#
# libFuzzer and ASan are clang's; what is fuzzed is built apart, with its coverage.

FUZZ_CC ?= clang
FUZZ_CFLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
# What of the daemon reads bytes from elsewhere, without its state.
FUZZ_LIB_SRC := kmod/parse.c $(wildcard daemon/packet.c daemon/property.c daemon/topic.c \
	daemon/conf.c daemon/conf_*.c daemon/text.c daemon/http.c daemon/base64.c daemon/tls_cipher.c daemon/log.c daemon/util.c daemon/store_format.c daemon/store_check.c \
	tools/mqttctl/store_json.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZERS := $(call progs,fuzz,$(FUZZ_SRC))
fuzzobj = $(patsubst %.c,$(BUILD)/obj-fuzz/%.o,$(1))

.PHONY: fuzzers fuzz
fuzzers: $(FUZZERS)

SECONDS ?= 60
fuzz: fuzzers
	$(Q)tests/fuzz/run $(SECONDS)

$(BUILD)/obj-fuzz/%.o: %.c $(BUILD)/.flags
	$(call say,CC fuzz,$<)
	$(Q)mkdir -p $(@D) && $(FUZZ_CC) $(BASE_CFLAGS) $(CPPFLAGS) $(FUZZ_CFLAGS) -I$(<D) -Idaemon \
		-MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@.$$$$ $< && mv $@.$$$$ $@

$(FUZZERS): $(BUILD)/fuzz/%: $(BUILD)/obj-fuzz/tests/fuzz/%.o $(call fuzzobj,$(FUZZ_LIB_SRC))
	$(call say,LD fuzz,$@)
	$(Q)mkdir -p $(@D) && $(FUZZ_CC) -pie -pthread $(FUZZ_CFLAGS) -fsanitize=fuzzer \
		-o $@.$$$$ $(filter %.o,$^) -lcjson -lgnutls && mv $@.$$$$ $@

-include $(patsubst %.o,%.d,$(call fuzzobj,$(FUZZ_SRC) $(FUZZ_LIB_SRC)))
