// SPDX-License-Identifier: GPL-2.0
/*
 * What mqttctl store import reads, JSON lines, and the records made of them.
 * An accepted record is written and read back, also with a byte changed.
 * Input that does not begin with a brace is a record of the file: the length
 * of the key, key and value.
 */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "store_check.h"
#include "store_format.h"
#include "../../tools/mqttctl/store_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool condition)
{
	if (!condition)
		abort();
}

static void check_written(const struct store_record *rec)
{
	size_t len = store_value_len(rec);
	uint8_t *value = malloc(len);
	uint8_t key[STORE_KEY_MAX];
	struct store_record again;
	cJSON *json, *second;
	size_t key_len;

	key_len = store_put_key(key, rec);
	store_put_value(value, rec);
	need(!store_read(key, key_len, value, len, &again));

	json = store_to_json(rec);
	second = store_to_json(&again);
	need(cJSON_Compare(json, second, true));
	cJSON_Delete(json);
	cJSON_Delete(second);

	value[rec->id % len] ^= 1;
	need(store_read(key, key_len, value, len, &again));
	free(value);
}

static void read_lines(const char *text, size_t size)
{
	struct store_check *check = store_check_new();
	const char *end = text + size;
	struct store_record rec;
	const char *error;
	const char *stop;
	cJSON *json;

	for (; text < end; text = stop + 1) {
		stop = memchr(text, '\n', end - text);
		if (!stop)
			stop = end;
		json = cJSON_ParseWithLength(text, stop - text);
		error = json ? store_from_json(json, &rec) : "no JSON";
		if (!error && !store_valid(&rec)) {
			check_written(&rec);
			store_check_record(&rec, check);
		}
		cJSON_Delete(json);
	}
	store_check_free(check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_record rec;
	size_t key_len;
	uint8_t *p;

	if (!size)
		return 0;
	if (data[0] == '{') {
		read_lines((const char *)data, size);
		return 0;
	}
	key_len = data[0] < size ? data[0] : size - 1;
	p = malloc(size);
	memcpy(p, data + 1, size - 1);
	if (!store_read(p, key_len, p + key_len, size - 1 - key_len, &rec))
		check_written(&rec);
	free(p);
	return 0;
}
