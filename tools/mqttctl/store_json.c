// SPDX-License-Identifier: GPL-2.0
#include "store_json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store_format.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
/* Integers up to here are exact in JSON. */
#define NUMBER_MAX	9007199254740991.0

#define K(kind)		(1u << STORE_##kind)

enum form { NUMBER, TEXT, BASE64 };

/**
 * struct json_field - a field of a record and its name
 * @name: in JSON
 * @kinds: kinds of records that have it, K() bits
 * @form: how it is written
 * @off: its place in struct store_record
 * @len: bytes of a number
 */
static const struct json_field {
	const char *name;
	unsigned int kinds;
	enum form form;
	size_t off;
	size_t len;
} fields[] = {
#define NUM(field, kinds) \
	{ #field, kinds, NUMBER, offsetof(struct store_record, field), \
	  sizeof(((struct store_record *)0)->field) }
#define BYTES(field, kinds, form) \
	{ #field, kinds, form, offsetof(struct store_record, field), 0 }
	NUM(session, K(SESSION) | K(SUB) | K(DELIVERY) | K(RECEIVED) | K(WILL)),
	NUM(id, K(MESSAGE) | K(SUB) | K(DELIVERY) | K(RECEIVED) | K(RETAINED) |
	    K(CLIENT_WILL)),
	NUM(level, K(SESSION)),
	NUM(qos, K(MESSAGE) | K(DELIVERY) | K(WILL) | K(CLIENT_WILL)),
	NUM(state, K(DELIVERY)),
	NUM(options, K(SUB)),
	NUM(flags, K(SESSION) | K(DELIVERY) | K(WILL) | K(CLIENT_WILL)),
	NUM(mid, K(SESSION) | K(DELIVERY)),
	NUM(expiry, K(SESSION) | K(WILL) | K(CLIENT_WILL)),
	NUM(delay, K(WILL) | K(CLIENT_WILL)),
	NUM(sub_id, K(SUB)),
	NUM(when, K(MESSAGE) | K(SESSION) | K(WILL)),
	NUM(message, K(DELIVERY)),
	NUM(share, K(DELIVERY)),
	NUM(owner, K(CLIENT_WILL)),
	BYTES(name, K(MESSAGE) | K(SESSION) | K(SUB) | K(WILL) | K(CLIENT_WILL),
	      TEXT),
	BYTES(properties, K(MESSAGE) | K(WILL) | K(CLIENT_WILL), BASE64),
	BYTES(payload, K(MESSAGE) | K(WILL) | K(CLIENT_WILL), BASE64),
	BYTES(sub_ids, K(DELIVERY), BASE64),
};

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *to_base64(const uint8_t *p, size_t len)
{
	char *text = malloc((len + 2) / 3 * 4 + 1);
	char *out = text;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < len; i += 3) {
		uint32_t v = p[i] << 16;

		v |= i + 1 < len ? p[i + 1] << 8 : 0;
		v |= i + 2 < len ? p[i + 2] : 0;
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*out = '\0';
	return text;
}

static int digit(char c)
{
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Decodes in place: what comes out is never longer. */
static bool from_base64(char *text, size_t *len)
{
	size_t n = strlen(text);
	uint8_t *out = (uint8_t *)text;
	size_t i;

	if (n % 4)
		return false;
	for (i = 0; i < n; i += 4) {
		int pad = 0;
		int d[4];
		int k;

		for (k = 0; k < 4; k++) {
			d[k] = digit(text[i + k]);
			if (d[k] >= 0 && !pad)
				continue;
			if (text[i + k] != '=' || k < 2 || i + 4 != n)
				return false;
			pad++;
			d[k] = 0;
		}
		*out++ = (uint8_t)(d[0] << 2 | d[1] >> 4);
		if (pad < 2)
			*out++ = (uint8_t)(d[1] << 4 | d[2] >> 2);
		if (!pad)
			*out++ = (uint8_t)(d[2] << 6 | d[3]);
	}
	*len = out - (uint8_t *)text;
	return true;
}

static bool add_bytes(cJSON *json, const struct json_field *f,
		      const struct store_bytes *b)
{
	char *text;
	cJSON *item;

	if (f->form == TEXT)
		text = b->p ? strndup((const char *)b->p, b->len) : strdup("");
	else
		text = to_base64(b->p, b->len);
	if (!text)
		return false;
	item = cJSON_AddStringToObject(json, f->name, text);
	free(text);
	return item;
}

cJSON *store_to_json(const struct store_record *rec)
{
	cJSON *json = cJSON_CreateObject();
	size_t i;

	if (!cJSON_AddStringToObject(json, "kind", store_kind_name(rec->kind)))
		goto err;
	if (rec->kind == STORE_HEADER &&
	    !cJSON_AddNumberToObject(json, "format", STORE_FORMAT))
		goto err;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct json_field *f = &fields[i];
		const void *p = (const char *)rec + f->off;

		if (!(f->kinds & 1u << rec->kind))
			continue;
		if (f->form == NUMBER ?
		    !cJSON_AddNumberToObject(json, f->name,
					     (double)store_record_number(rec, f->off, f->len)) :
		    !add_bytes(json, f, p))
			goto err;
	}
	return json;
err:
	cJSON_Delete(json);
	return NULL;
}

static bool read_kind(const cJSON *json, struct store_record *rec)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, "kind");
	const char *name = cJSON_GetStringValue(item);
	uint8_t kind;

	for (kind = 1; name && kind < STORE_KINDS; kind++) {
		if (!strcmp(store_kind_name(kind), name)) {
			rec->kind = kind;
			return true;
		}
	}
	return false;
}

static const char *read_field(const struct json_field *f, cJSON *item,
			      struct store_record *rec)
{
	struct store_bytes *b = (void *)((char *)rec + f->off);
	double max = f->len < 8 ? (double)((1ull << f->len * 8) - 1) :
				  NUMBER_MAX;
	double v;
	size_t len;

	if (f->form == NUMBER) {
		if (!cJSON_IsNumber(item))
			return "a number is missing";
		v = item->valuedouble;
		if (!(v >= 0 && v <= max) || (double)(uint64_t)v != v)
			return "a number is out of range";
		store_record_set_number(rec, f->off, f->len, (uint64_t)v);
		return NULL;
	}
	if (!cJSON_IsString(item))
		return "a string is missing";
	len = strlen(item->valuestring);
	if (f->form == BASE64 && !from_base64(item->valuestring, &len))
		return "a string is not base64";
	if (len > UINT32_MAX)
		return "a string is too long";
	b->p = (const uint8_t *)item->valuestring;
	b->len = (uint32_t)len;
	return NULL;
}

const char *store_from_json(cJSON *json, struct store_record *rec)
{
	const cJSON *format;
	size_t i;

	memset(rec, 0, sizeof(*rec));
	if (!cJSON_IsObject(json))
		return "not an object";
	if (!read_kind(json, rec))
		return "unknown kind of record";
	format = cJSON_GetObjectItemCaseSensitive(json, "format");
	if (rec->kind == STORE_HEADER &&
	    (!cJSON_IsNumber(format) || !(format->valuedouble >= 1 &&
					  format->valuedouble <= STORE_FORMAT)))
		return "unknown format version";
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct json_field *f = &fields[i];
		const char *wrong;

		if (!(f->kinds & 1u << rec->kind))
			continue;
		wrong = read_field(f, cJSON_GetObjectItemCaseSensitive(json,
								       f->name),
				   rec);
		if (wrong)
			return wrong;
	}
	return store_valid(rec);
}
