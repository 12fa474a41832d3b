// SPDX-License-Identifier: GPL-2.0
/*
 * Topic filters: the bytes up to the first newline are a filter, the rest is a
 * topic name. Every topic matches itself and what is made of it.
 */
#include <stdlib.h>

#include "packet.h"
#include "parse.h"
#include "topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool condition)
{
	if (!condition)
		abort();
}

static char *copy(const uint8_t *p, size_t len)
{
	char *s = malloc(len ? len : 1);

	memcpy(s, p, len);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t flen = end ? (size_t)(end - data) : size;
	size_t tlen = end ? size - flen - 1 : 0;
	char *filter = copy(data, flen);
	char *topic = copy(end ? end + 1 : data, tlen);
	bool name;

	topic_filter_shared(filter, flen);
	topic_reserved(topic, tlen);
	name = utf8_valid((uint8_t *)topic, tlen) && topic_name_valid(topic, tlen);
	need(name == mqtt_topic_name_valid((uint8_t *)topic, tlen));
	if (name) {
		need(topic_filter_valid(topic, tlen));
		need(topic_matches(topic, tlen, topic, tlen));
		need(topic_matches("#", 1, topic, tlen) == (topic[0] != '$'));
		if (utf8_valid((uint8_t *)filter, flen) && topic_filter_valid(filter, flen))
			topic_matches(filter, flen, topic, tlen);
	}
	free(filter);
	free(topic);
	return 0;
}
