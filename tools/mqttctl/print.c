// SPDX-License-Identifier: GPL-2.0
/* Text and JSON output. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

/* Up to here a double holds every integer. */
#define MAX_EXACT	9007199254740992.0

static void *need(void *p)
{
	if (!p) {
		fail("memory", "none left");
		exit(EXIT_FAILURE);
	}
	return p;
}

char *textf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return need(n < 0 ? NULL : s);
}

/*
 * Decode one UTF-8 character of the n bytes at p.
 * Return: its length, or 0 if it is none: surrogates and overlong forms too.
 */
static unsigned int utf8_decode(const unsigned char *p, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int len;

	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	len = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 0;
	if (!len || p[0] >= 0xf8 || len > n)
		return 0;
	*c = p[0] & (0xff >> (len + 1));
	for (unsigned int i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return len;
}

static bool is_control(uint32_t c)
{
	/* C0, DEL and C1; and the marks that turn the direction of writing. */
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
		(c >= 0x2066 && c <= 0x2069);
}

char *text_of(struct mqtt_blob blob)
{
	const unsigned char *p = blob.data;
	char *text = need(malloc(blob.len * 4UL + 1)), *out = text;
	uint32_t c;

	for (size_t i = 0; i < blob.len;) {
		unsigned int len = utf8_decode(p + i, blob.len - i, &c);

		if (!len || is_control(c) || c == '\\') {
			/* A character of several bytes is escaped byte by byte. */
			for (unsigned int j = 0; j < (len ? len : 1); j++)
				out += sprintf(out, "\\x%02x", p[i + j]);
		} else {
			memcpy(out, p + i, len);
			out += len;
		}
		i += len ? len : 1;
	}
	*out = '\0';
	return text;
}

/*
 * A JSON string made by hand, since a topic can hold what a C string cannot.
 * Bytes that are no UTF-8 become U+FFFD: JSON cannot hold them.
 */
static char *json_string(struct mqtt_blob blob)
{
	const unsigned char *p = blob.data;
	char *text = need(malloc(blob.len * 6UL + 3)), *out = text;
	uint32_t c;

	*out++ = '"';
	for (size_t i = 0; i < blob.len;) {
		unsigned int len = utf8_decode(p + i, blob.len - i, &c);

		if (!len) {
			out = stpcpy(out, "\xef\xbf\xbd");
		} else if (is_control(c)) {
			out += sprintf(out, "\\u%04x", (unsigned int)c);
		} else {
			if (c == '"' || c == '\\')
				*out++ = '\\';
			memcpy(out, p + i, len);
			out += len;
		}
		i += len ? len : 1;
	}
	strcpy(out, "\"");
	return text;
}

static char *hex_of(struct mqtt_blob blob)
{
	const unsigned char *p = blob.data;
	char *text = need(malloc(blob.len * 2UL + 1));

	text[0] = '\0';
	for (uint32_t i = 0; i < blob.len; i++)
		sprintf(text + 2 * i, "%02x", p[i]);
	return text;
}

static char *address_of(struct mqtt_blob blob)
{
	char text[INET6_ADDRSTRLEN];

	if ((blob.len != 4 && blob.len != 16) ||
	    !inet_ntop(blob.len == 4 ? AF_INET : AF_INET6, blob.data, text, sizeof(text)))
		return hex_of(blob);
	return textf("%s", text);
}

static const struct mqtt_blob *blob_at(const struct mqtt_attr *a, const void *obj)
{
	return (const void *)((const char *)obj + a->offset);
}

/* Name of a value, or its number. */
static char *name_of(const struct mqtt_names *names, uint64_t value)
{
	const char *name = mqtt_name(names, value);

	return name ? textf("%s", name) : textf("%" PRIu64, value);
}

char *text_of_attr(const struct mqtt_attr_set *set, const void *obj, unsigned int type)
{
	const struct mqtt_attr *a = &set->attr[type];
	const struct mqtt_members *members;
	struct mqtt_blob blob;
	uint64_t number;
	char *text, *more;

	if (!(*(const uint64_t *)obj & MQTT_BIT(type)))
		return textf("-");
	number = mqtt_attr_number(a, obj);
	switch (a->form) {
	case MQTT_FORM_TEXT:
		return text_of(*blob_at(a, obj));
	case MQTT_FORM_HEX:
		return hex_of(*blob_at(a, obj));
	case MQTT_FORM_ADDRESS:
		return address_of(*blob_at(a, obj));
	case MQTT_FORM_ENUM:
		return name_of(a->names, number);
	case MQTT_FORM_FLAGS:
		text = textf("%s", number ? "" : "-");
		for (unsigned int bit = 0; bit < 64; bit++) {
			if (!(number & MQTT_BIT(bit)))
				continue;
			more = name_of(a->names, bit);
			more = textf("%s%s%s", text, *text ? "," : "", more);
			free(text);
			text = more;
		}
		return text;
	case MQTT_FORM_NUMBERS:
		blob = *blob_at(a, obj);
		text = textf("%s", blob.len ? "" : "-");
		for (uint32_t i = 0; i + 4 <= blob.len; i += 4) {
			uint32_t v;

			memcpy(&v, (const char *)blob.data + i, sizeof(v));
			more = textf("%s%s%" PRIu32, text, i ? "," : "", v);
			free(text);
			text = more;
		}
		return text;
	}
	if (a->type == MQTT_ATTR_STRING)
		return text_of((struct mqtt_blob){ blob_at(a, obj),
						   strlen((const char *)blob_at(a, obj)) });
	if (a->type == MQTT_ATTR_NESTS) {
		members = (const void *)blob_at(a, obj);
		return textf("%" PRIu32, members->nr);
	}
	return textf("%" PRIu64, number);
}

char *text_of_ms(uint64_t ms)
{
	uint64_t s = ms / 1000;

	if (ms < 1000)
		return textf("%" PRIu64 "ms", ms);
	if (s < 60)
		return textf("%" PRIu64 ".%" PRIu64 "s", s, ms % 1000 / 100);
	if (s < 3600)
		return textf("%" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
	if (s < 24 * 3600)
		return textf("%" PRIu64 "h%02" PRIu64 "m", s / 3600, s / 60 % 60);
	return textf("%" PRIu64 "d%02" PRIu64 "h", s / 86400, s / 3600 % 24);
}

void print_attrs(const struct mqtt_attr_set *set, const void *obj)
{
	int width = 0;

	for (unsigned int i = 1; i <= set->max; i++)
		if (set->attr[i].name && (int)strlen(set->attr[i].name) > width)
			width = strlen(set->attr[i].name);
	for (unsigned int i = 1; i <= set->max; i++) {
		char *text;

		if (!(*(const uint64_t *)obj & MQTT_BIT(i)) || !set->attr[i].name)
			continue;
		text = text_of_attr(set, obj, i);
		printf("%-*s  %s\n", width, set->attr[i].name, text);
		free(text);
	}
}

void json_add_number(cJSON *json, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	need(cJSON_AddRawToObject(json, name, text));
}

static cJSON *json_number(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return need(cJSON_CreateRaw(text));
}

static cJSON *json_text(char *text)
{
	cJSON *json = need(cJSON_CreateString(text));

	free(text);
	return json;
}

static cJSON *json_value(const struct mqtt_attr *a, const void *obj)
{
	uint64_t number = mqtt_attr_number(a, obj);
	const struct mqtt_members *members;
	const char *name;
	struct mqtt_blob blob;
	cJSON *json;
	char *text;

	switch (a->form) {
	case MQTT_FORM_TEXT:
		text = json_string(*blob_at(a, obj));
		json = need(cJSON_CreateRaw(text));
		free(text);
		return json;
	case MQTT_FORM_HEX:
		return json_text(hex_of(*blob_at(a, obj)));
	case MQTT_FORM_ADDRESS:
		return json_text(address_of(*blob_at(a, obj)));
	case MQTT_FORM_ENUM:
		name = mqtt_name(a->names, number);
		return name ? need(cJSON_CreateString(name)) : json_number(number);
	case MQTT_FORM_FLAGS:
		json = need(cJSON_CreateArray());
		for (unsigned int bit = 0; bit < 64; bit++)
			if (number & MQTT_BIT(bit))
				cJSON_AddItemToArray(json, json_text(name_of(a->names, bit)));
		return json;
	case MQTT_FORM_NUMBERS:
		blob = *blob_at(a, obj);
		json = need(cJSON_CreateArray());
		for (uint32_t i = 0; i + 4 <= blob.len; i += 4) {
			uint32_t v;

			memcpy(&v, (const char *)blob.data + i, sizeof(v));
			cJSON_AddItemToArray(json, json_number(v));
		}
		return json;
	}
	switch (a->type) {
	case MQTT_ATTR_STRING:
		return json_text(text_of((struct mqtt_blob){
			blob_at(a, obj), strlen((const char *)blob_at(a, obj)) }));
	case MQTT_ATTR_NEST:
		return json_of(a->nest, blob_at(a, obj));
	case MQTT_ATTR_NESTS:
		members = (const void *)blob_at(a, obj);
		json = need(cJSON_CreateArray());
		for (uint32_t i = 0; i < members->nr; i++)
			cJSON_AddItemToArray(json, json_of(a->nest, &members->v[i]));
		return json;
	}
	return json_number(number);
}

cJSON *json_of(const struct mqtt_attr_set *set, const void *obj)
{
	cJSON *json = need(cJSON_CreateObject());

	for (unsigned int i = 1; i <= set->max; i++)
		if ((*(const uint64_t *)obj & MQTT_BIT(i)) && set->attr[i].name)
			cJSON_AddItemToObject(json, set->attr[i].name,
					      json_value(&set->attr[i], obj));
	return json;
}

/* cJSON prints integers with 15 digits only: make what the daemon sent exact again. */
static void json_exact(cJSON *json)
{
	cJSON *item;

	cJSON_ArrayForEach(item, json)
		json_exact(item);
	if (!cJSON_IsNumber(json) || json->valuedouble < 0 || json->valuedouble > MAX_EXACT ||
	    json->valuedouble != (double)(uint64_t)json->valuedouble)
		return;
	json->valuestring = textf("%" PRIu64, (uint64_t)json->valuedouble);
	json->type = cJSON_Raw | (json->type & ~0xff);
}

void json_print(cJSON *json)
{
	char *text;

	json_exact(json);
	text = need(cJSON_PrintUnformatted(json));

	puts(text);
	free(text);
	cJSON_Delete(json);
}

void json_list_add(struct json_list *list, cJSON *json)
{
	fputs(list->nr++ ? "," : "[", stdout);
	json_print(json);
}

void json_list_end(struct json_list *list)
{
	puts(list->nr ? "]" : "[]");
}

void table_add(struct table *table, char *text)
{
	if (table->nr == table->room) {
		table->room = table->room ? table->room * 2 : 64;
		table->cells = need(realloc(table->cells, table->room * sizeof(char *)));
	}
	table->cells[table->nr++] = text;
}

/* Characters that a terminal shows, taking each for one column wide. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void print_cell(const char *text, int width, bool right, bool last)
{
	int pad = width - width_of(text);

	if (right)
		printf("%*s%s", pad, "", text);
	else
		printf("%s%*s", text, last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", stdout);
}

void table_print(struct table *table)
{
	int width[TABLE_COLUMNS] = { 0 };
	bool right[TABLE_COLUMNS];
	unsigned int columns;

	for (columns = 0; table->heads[columns]; columns++) {
		right[columns] = table->heads[columns][0] == '>';
		width[columns] = width_of(table->heads[columns]) - right[columns];
	}
	for (unsigned long i = 0; i < table->nr; i++)
		if (width_of(table->cells[i]) > width[i % columns])
			width[i % columns] = width_of(table->cells[i]);
	for (unsigned int c = 0; c < columns; c++)
		print_cell(table->heads[c] + right[c], width[c], right[c], c == columns - 1);
	for (unsigned long i = 0; i < table->nr; i++) {
		unsigned int c = i % columns;

		print_cell(table->cells[i], width[c], right[c], c == columns - 1);
		free(table->cells[i]);
	}
	free(table->cells);
}
