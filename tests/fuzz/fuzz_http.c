// SPDX-License-Identifier: GPL-2.0
/* A request for a WebSocket: answered, or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	char answer[HTTP_ANSWER_MAX];
	struct http_upgrade up;
	enum http_status status;
	size_t end;
	size_t len;

	memcpy(text, data, size);
	end = http_head_end(text, size);
	if (end > size)
		abort();
	/* without its end it is refused, too */
	status = http_upgrade_parse(text, end ? end : size, &up);
	if (status == HTTP_SWITCHING_PROTOCOLS &&
	    (!end || strlen(up.key) != HTTP_KEY_LEN || !up.protocol))
		abort();
	len = http_answer(status, &up, answer);
	if (!len || len >= sizeof(answer) ||
	    memcmp(answer + len - 4, "\r\n\r\n", 4))
		abort();
	free(text);
	return 0;
}
