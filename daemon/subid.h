/* SPDX-License-Identifier: GPL-2.0 */
/* Subscription identifiers, MQTT 5.0 section 3.8.2.1.2. */
#ifndef MQTTD_SUBID_H
#define MQTTD_SUBID_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct subids - identifiers that a message is sent with, shared
 * @refs: references
 * @len: length of @props
 * @props: the identifiers, encoded as properties of a PUBLISH
 *
 * NULL stands for none, in all functions.
 */
struct subids {
	uint32_t refs;
	uint32_t len;
	uint8_t props[];
};

/**
 * subids_new() - a single identifier
 * @id: 1 to 268,435,455, or 0 for none
 *
 * Return: the set with one reference, NULL for none.
 */
struct subids *subids_new(uint32_t id);

/**
 * subids_join() - add the identifiers of another matching subscription
 * @a: identifiers so far, the reference is taken over
 * @b: identifiers to be added, only read
 *
 * Return: all of them, with one reference.
 */
struct subids *subids_join(struct subids *a, struct subids *b);

/**
 * subids_equal() - are these the same?
 * @a: identifiers
 * @b: identifiers
 *
 * Return: true if messages with them are the same.
 */
bool subids_equal(const struct subids *a, const struct subids *b);

static inline struct subids *subids_get(struct subids *ids)
{
	if (ids)
		ids->refs++;
	return ids;
}

/**
 * subids_put() - drop a reference
 * @ids: identifiers
 */
void subids_put(struct subids *ids);

/**
 * subids_list() - the identifiers as numbers
 * @ids: identifiers
 * @list: room for @max
 * @max: not more of them than this
 *
 * Return: how many there are, even if more than @max.
 */
uint32_t subids_list(const struct subids *ids, uint32_t *list, uint32_t max);

static inline uint32_t subids_len(const struct subids *ids)
{
	return ids ? ids->len : 0;
}

#endif /* MQTTD_SUBID_H */
