// SPDX-License-Identifier: GPL-2.0
#include "packet.h"

int packet_header(const uint8_t *p, size_t len, uint32_t *remaining)
{
	uint32_t value = 0;
	size_t i;

	for (i = 1; i < PACKET_HEADER_MAX; i++) {
		if (i >= len)
			return 0;
		value |= (uint32_t)(p[i] & 0x7f) << (7 * (i - 1));
		if (!(p[i] & 0x80)) {
			*remaining = value;
			return (int)i + 1;
		}
	}
	return -1;
}

size_t packet_header_len(uint32_t remaining)
{
	if (remaining < 1u << 7)
		return 2;
	if (remaining < 1u << 14)
		return 3;
	if (remaining < 1u << 21)
		return 4;
	return 5;
}

size_t packet_put_header(uint8_t *p, uint8_t first, uint32_t remaining)
{
	size_t n = 0;

	p[n++] = first;
	do {
		uint8_t byte = remaining & 0x7f;

		remaining >>= 7;
		p[n++] = remaining ? byte | 0x80 : byte;
	} while (remaining);
	return n;
}

static bool utf8_tail(const uint8_t *p, size_t n)
{
	while (n--) {
		if ((*p++ & 0xc0) != 0x80)
			return false;
	}
	return true;
}

static bool utf8_check(const uint8_t *p, size_t len, bool nul)
{
	const uint8_t *end = p + len;

	while (p < end) {
		size_t left = end - p;
		uint8_t c = *p;

		if (c < 0x80) {
			if (!c && !nul)
				return false;
			p++;
		} else if (c < 0xc2) {
			/* a continuation byte, or an overlong form */
			return false;
		} else if (c < 0xe0) {
			if (left < 2 || !utf8_tail(p + 1, 1))
				return false;
			p += 2;
		} else if (c < 0xf0) {
			if (left < 3 || !utf8_tail(p + 1, 2))
				return false;
			if (c == 0xe0 && p[1] < 0xa0)
				return false;
			/* U+D800 to U+DFFF: surrogates */
			if (c == 0xed && p[1] >= 0xa0)
				return false;
			p += 3;
		} else if (c < 0xf5) {
			if (left < 4 || !utf8_tail(p + 1, 3))
				return false;
			if (c == 0xf0 && p[1] < 0x90)
				return false;
			/* above U+10FFFF */
			if (c == 0xf4 && p[1] >= 0x90)
				return false;
			p += 4;
		} else {
			return false;
		}
	}
	return true;
}

bool utf8_valid(const uint8_t *p, size_t len)
{
	return utf8_check(p, len, false);
}

bool utf8_payload_valid(const uint8_t *p, size_t len)
{
	return utf8_check(p, len, true);
}

const uint8_t *read_bytes(struct reader *r, uint16_t *len)
{
	const uint8_t *p;

	*len = read_u16(r);
	if (r->bad || reader_left(r) < *len) {
		r->bad = true;
		*len = 0;
		return NULL;
	}
	p = r->p;
	r->p += *len;
	return p;
}

const char *read_utf8(struct reader *r, uint16_t *len)
{
	const uint8_t *p = read_bytes(r, len);

	if (!p)
		return NULL;
	if (!utf8_valid(p, *len)) {
		r->bad = true;
		return NULL;
	}
	return (const char *)p;
}
