// SPDX-License-Identifier: GPL-2.0
#include "store_format.h"

#include <string.h>

#include "conf.h"
#include "inflight.h"
#include "packet.h"
#include "property.h"
#include "topic.h"

#define CRC32C_POLY	0x82f63b78u
#define CRC_LEN		4u

/* Fields of values, in the order in which they are encoded. */
enum store_field {
	F_LEVEL		= 1 << 0,
	F_QOS		= 1 << 1,
	F_STATE		= 1 << 2,
	F_OPTIONS	= 1 << 3,
	F_FLAGS		= 1 << 4,
	F_MID		= 1 << 5,
	F_EXPIRY	= 1 << 6,
	F_DELAY		= 1 << 7,
	F_SUB_ID	= 1 << 8,
	F_WHEN		= 1 << 9,
	F_MESSAGE	= 1 << 10,
	F_NAME		= 1 << 11,
	F_PROPERTIES	= 1 << 12,
	F_PAYLOAD	= 1 << 13,
	F_SUB_IDS	= 1 << 14,
	F_SHARE		= 1 << 15,
	F_OWNER		= 1 << 16,
};

static const struct {
	const char *name;
	/* numbers in the key besides the kind */
	bool session;
	bool id;
	unsigned int fields;
} kinds[STORE_KINDS] = {
	[STORE_HEADER]	 = { "header", false, false, 0 },
	[STORE_MESSAGE]	 = { "message", false, true, F_QOS | F_WHEN | F_NAME |
			     F_PROPERTIES | F_PAYLOAD },
	[STORE_SESSION]	 = { "session", true, false, F_LEVEL | F_FLAGS | F_MID |
			     F_EXPIRY | F_WHEN | F_NAME },
	[STORE_SUB]	 = { "subscription", true, true, F_OPTIONS | F_SUB_ID |
			     F_NAME },
	[STORE_DELIVERY] = { "delivery", true, true, F_QOS | F_STATE | F_FLAGS |
			     F_MID | F_MESSAGE | F_SHARE | F_SUB_IDS },
	[STORE_RECEIVED] = { "received", true, true, 0 },
	[STORE_RETAINED] = { "retained", false, true, 0 },
	[STORE_WILL]	 = { "will", true, false, F_QOS | F_FLAGS | F_EXPIRY |
			     F_DELAY | F_WHEN | F_NAME | F_PROPERTIES |
			     F_PAYLOAD },
	[STORE_CLIENT_WILL] = { "client-will", false, true, F_QOS | F_FLAGS |
			     F_EXPIRY | F_DELAY | F_OWNER | F_NAME |
			     F_PROPERTIES | F_PAYLOAD },
};

/**
 * struct field - where a field is, and how long
 * @bit: enum store_field
 * @off: its place in struct store_record
 * @len: bytes of a number, 0 for struct store_bytes
 */
static const struct field {
	unsigned int bit;
	size_t off;
	size_t len;
} fields[] = {
#define FIELD(bit, name, len)	{ bit, offsetof(struct store_record, name), len }
	FIELD(F_LEVEL, level, 1),
	FIELD(F_QOS, qos, 1),
	FIELD(F_STATE, state, 1),
	FIELD(F_OPTIONS, options, 1),
	FIELD(F_FLAGS, flags, 1),
	FIELD(F_MID, mid, 2),
	FIELD(F_EXPIRY, expiry, 4),
	FIELD(F_DELAY, delay, 4),
	FIELD(F_SUB_ID, sub_id, 4),
	FIELD(F_WHEN, when, 8),
	FIELD(F_MESSAGE, message, 8),
	FIELD(F_SHARE, share, 8),
	FIELD(F_OWNER, owner, 8),
	FIELD(F_NAME, name, 0),
	FIELD(F_PROPERTIES, properties, 0),
	FIELD(F_PAYLOAD, payload, 0),
	FIELD(F_SUB_IDS, sub_ids, 0),
#undef FIELD
};

static uint32_t crc_table[256];

__attribute__((constructor)) static void crc_init(void)
{
	uint32_t i;
	int bit;

	for (i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C_POLY : 0);
		crc_table[i] = crc;
	}
}

static uint32_t crc32c(uint32_t crc, const uint8_t *p, size_t len)
{
	while (len--)
		crc = crc >> 8 ^ crc_table[(crc ^ *p++) & 0xff];
	return crc;
}

static uint32_t record_crc(const uint8_t *key, size_t key_len,
			   const uint8_t *value, size_t len)
{
	return ~crc32c(crc32c(~0u, key, key_len), value, len);
}

static uint8_t *put_number(uint8_t *p, uint64_t v, size_t len)
{
	size_t i;

	for (i = len; i--; v >>= 8)
		p[i] = (uint8_t)v;
	return p + len;
}

static uint64_t get_number(const uint8_t *p, size_t len)
{
	uint64_t v = 0;

	while (len--)
		v = v << 8 | *p++;
	return v;
}

uint64_t store_record_number(const struct store_record *rec, size_t off,
			     size_t len)
{
	const void *p = (const char *)rec + off;
	uint64_t v8 = 0;
	uint32_t v4;
	uint16_t v2;

	switch (len) {
	case 1:
		return *(const uint8_t *)p;
	case 2:
		memcpy(&v2, p, 2);
		return v2;
	case 4:
		memcpy(&v4, p, 4);
		return v4;
	default:
		memcpy(&v8, p, 8);
		return v8;
	}
}

void store_record_set_number(struct store_record *rec, size_t off, size_t len,
			     uint64_t v)
{
	void *p = (char *)rec + off;

	switch (len) {
	case 1:
		*(uint8_t *)p = (uint8_t)v;
		break;
	case 2:
		*(uint16_t *)p = (uint16_t)v;
		break;
	case 4:
		*(uint32_t *)p = (uint32_t)v;
		break;
	default:
		*(uint64_t *)p = v;
	}
}

static const struct store_bytes *field_bytes(const struct store_record *rec,
					     const struct field *f)
{
	return (const void *)((const char *)rec + f->off);
}

const char *store_kind_name(uint8_t kind)
{
	return kind < STORE_KINDS ? kinds[kind].name : NULL;
}

size_t store_put_key(uint8_t *p, const struct store_record *rec)
{
	uint8_t *start = p;

	*p++ = rec->kind;
	if (kinds[rec->kind].session)
		p = put_number(p, rec->session, 8);
	if (kinds[rec->kind].id)
		p = put_number(p, rec->id, 8);
	return p - start;
}

size_t store_value_len(const struct store_record *rec)
{
	size_t len = 1 + CRC_LEN;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!(kinds[rec->kind].fields & fields[i].bit))
			continue;
		len += fields[i].len ? fields[i].len :
			4 + field_bytes(rec, &fields[i])->len;
	}
	return len;
}

void store_put_value(uint8_t *p, const struct store_record *rec)
{
	uint8_t key[STORE_KEY_MAX];
	uint8_t *start = p;
	size_t i;

	*p++ = STORE_FORMAT;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];
		const struct store_bytes *b;

		if (!(kinds[rec->kind].fields & f->bit))
			continue;
		if (f->len) {
			p = put_number(p, store_record_number(rec, f->off,
							      f->len), f->len);
			continue;
		}
		b = field_bytes(rec, f);
		p = put_number(p, b->len, 4);
		if (b->len)
			memcpy(p, b->p, b->len);
		p += b->len;
	}
	put_number(p, record_crc(key, store_put_key(key, rec), start, p - start),
		   CRC_LEN);
}

static const char *read_key(const uint8_t *key, size_t len,
			    struct store_record *rec)
{
	size_t want = 1;

	memset(rec, 0, sizeof(*rec));
	if (!len || !store_kind_name(key[0]))
		return "unknown kind of record";
	rec->kind = key[0];
	want += kinds[rec->kind].session ? 8 : 0;
	want += kinds[rec->kind].id ? 8 : 0;
	if (len != want)
		return "key of the wrong length";
	key++;
	if (kinds[rec->kind].session) {
		rec->session = get_number(key, 8);
		key += 8;
	}
	if (kinds[rec->kind].id)
		rec->id = get_number(key, 8);
	return NULL;
}

const char *store_read(const uint8_t *key, size_t key_len, const uint8_t *value,
		       size_t value_len, struct store_record *rec)
{
	const char *wrong = read_key(key, key_len, rec);
	const uint8_t *p = value;
	size_t left;
	size_t i;

	if (wrong)
		return wrong;
	if (value_len < 1 + CRC_LEN)
		return "value cut off";
	left = value_len - CRC_LEN;
	if (record_crc(key, key_len, value, left) != get_number(value + left, 4))
		return "wrong checksum";
	if (!*p || *p > STORE_FORMAT)
		return "unknown format version";
	rec->format = *p++;
	left--;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];
		size_t need = f->len ? f->len : 4;
		struct store_bytes *b;

		if (!(kinds[rec->kind].fields & f->bit))
			continue;
		if (left < need)
			return "value too short";
		if (f->len) {
			store_record_set_number(rec, f->off, f->len,
						get_number(p, f->len));
			p += need;
			left -= need;
			continue;
		}
		b = (struct store_bytes *)field_bytes(rec, f);
		b->len = get_number(p, 4);
		p += need;
		left -= need;
		if (left < b->len)
			return "value too short";
		b->p = p;
		p += b->len;
		left -= b->len;
	}
	if (left)
		return "value too long";
	return store_valid(rec);
}

static bool name_fits(const struct store_bytes *name)
{
	return name->len <= UINT16_MAX && utf8_valid(name->p, name->len);
}

static bool sub_ids_valid(const struct store_bytes *ids)
{
	struct reader r = { ids->p, ids->p + ids->len, false };

	while (reader_left(&r)) {
		if (read_u8(&r) != PROP_SUBSCRIPTION_ID || !read_varint(&r) ||
		    r.bad)
			return false;
	}
	return true;
}

static const char *delivery_valid(const struct store_record *rec)
{
	bool sent = rec->state != DELIVERY_QUEUED;

	if (rec->qos < 1 || rec->qos > 2)
		return "QoS neither 1 nor 2";
	if (rec->state > DELIVERY_WAIT_PUBCOMP)
		return "unknown state of a delivery";
	if ((rec->state == DELIVERY_WAIT_PUBACK && rec->qos != 1) ||
	    (rec->state > DELIVERY_WAIT_PUBACK && rec->qos != 2))
		return "state does not fit the QoS";
	if (sent != !!rec->mid)
		return "packet identifier does not fit the state";
	if (rec->state != DELIVERY_WAIT_PUBCOMP && !rec->message)
		return "delivery without a message";
	return sub_ids_valid(&rec->sub_ids) ? NULL :
		"impossible subscription identifiers";
}

const char *store_valid(const struct store_record *rec)
{
	bool name = kinds[rec->kind].fields & F_NAME;

	if (name && !name_fits(&rec->name))
		return "name too long or not UTF-8";
	if (kinds[rec->kind].session && !rec->session)
		return "number 0";
	if (kinds[rec->kind].id && !rec->id)
		return "number 0";
	if (rec->qos > 2)
		return "QoS above 2";
	switch (rec->kind) {
	case STORE_MESSAGE:
	case STORE_WILL:
	case STORE_CLIENT_WILL:
		if (!topic_name_valid((const char *)rec->name.p, rec->name.len))
			return "invalid topic name";
		if (rec->payload.len > MQTT_PACKET_MAX ||
		    rec->properties.len > MQTT_PACKET_MAX)
			return "payload or properties too long";
		break;
	case STORE_SUB:
		if (!topic_filter_valid((const char *)rec->name.p,
					rec->name.len))
			return "invalid topic filter";
		if ((rec->options & 3) == 3 || rec->options >> 6 ||
		    (rec->options >> 4 & 3) == 3)
			return "invalid subscription options";
		if (rec->sub_id > MQTT_PACKET_MAX)
			return "subscription identifier too large";
		break;
	case STORE_SESSION:
		if (!rec->name.len)
			return "empty client identifier";
		break;
	case STORE_RECEIVED:
		if (rec->id > UINT16_MAX)
			return "packet identifier above 65535";
		break;
	case STORE_DELIVERY:
		return delivery_valid(rec);
	}
	return NULL;
}
