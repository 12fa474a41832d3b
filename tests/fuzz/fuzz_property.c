// SPDX-License-Identifier: GPL-2.0
/*
 * Property decoder. First byte: type of the packet, 0 for a will. What is
 * passed on to receivers must itself be decoded to the same values.
 */
#include <stdlib.h>

#include "packet.h"
#include "property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool condition)
{
	if (!condition)
		abort();
}

static bool same(const struct property_bytes *a, const struct property_bytes *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->p, b->p, a->len));
}

static void check_forwarded(const struct properties *props)
{
	uint32_t len = properties_forwardable_len(props);
	struct properties again;
	uint8_t *buf, *p;
	struct reader r;

	need(len <= props->raw_len);
	buf = malloc(len + 4);
	p = put_varint(buf, len);
	need(p == buf + varint_len(len));
	need(properties_put_forwardable(p, props) == p + len);
	r = (struct reader){ .p = buf, .end = p + len };
	need(read_properties(&r, PUBLISH, &again) == REASON_SUCCESS);
	need(r.p == r.end && again.user == props->user);
	need(again.payload_format == props->payload_format);
	need(same(&again.content_type, &props->content_type));
	need(same(&again.response_topic, &props->response_topic));
	need(same(&again.correlation_data, &props->correlation_data));
	need(!property_present(&again, PROP_MESSAGE_EXPIRY));
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct properties props;
	enum reason reason;
	struct reader r;
	uint8_t type;
	uint8_t *p;

	if (!size)
		return 0;
	type = data[0] & PACKET_TYPE_MASK;
	p = malloc(size);
	memcpy(p, data + 1, size - 1);
	r = (struct reader){ .p = p, .end = p + size - 1 };
	reason = read_properties(&r, type, &props);
	need(reason == REASON_SUCCESS || reason >= REASON_UNSPECIFIED);
	if (reason == REASON_SUCCESS) {
		need(!r.bad && r.p <= r.end && props.raw_len <= size);
		if (type == PUBLISH || type == PROPERTIES_OF_WILL)
			check_forwarded(&props);
	}
	free(p);
	return 0;
}
