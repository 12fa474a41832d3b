// SPDX-License-Identifier: GPL-2.0
/* Configuration text: accepted, or refused with a message that names the line. */
#include <stdlib.h>

#include "conf.h"
#include "packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	struct conf conf;

	memcpy(text, data, size);
	conf_init(&conf);
	if (conf_parse(&conf, "fuzz", text, size)) {
		if (!conf.error[0] || !memchr(conf.error, 0, sizeof(conf.error)))
			abort();
	} else if (conf_finish(&conf, 0) && !conf.error[0]) {
		abort();
	}
	conf_free(&conf);
	free(text);
	return 0;
}
