/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Classes of publishers: clients whose rules say the same about publishing, on
 * every topic. With the topic they are the key of the data path's flows.
 */
#ifndef MQTTD_ACL_CLASS_H
#define MQTTD_ACL_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct acl_class - a class of publishers
 * @hnext: next in the hash bucket
 * @hash: hash of @key
 * @id: its number, never 0 and never given twice: what it may do does not change
 * @refs: users of this object
 * @sessions: of these, sessions
 * @len: length of @key
 * @key: what it may publish, acl_key()
 */
struct acl_class {
	struct acl_class *hnext;
	uint32_t hash;
	uint32_t id;
	uint32_t refs;
	uint32_t sessions;
	size_t len;
	char key[];
};

/**
 * acl_class_get() - find or make a class
 * @key: what it may publish
 * @len: length of @key
 *
 * Return: the class, to be put.
 */
struct acl_class *acl_class_get(const char *key, size_t len);

/**
 * acl_class_hold() - have another user of a class
 * @class: class, or NULL
 *
 * Return: @class.
 */
struct acl_class *acl_class_hold(struct acl_class *class);

/**
 * acl_class_put() - let go of a class
 * @class: class, or NULL
 */
void acl_class_put(struct acl_class *class);

/**
 * acl_class_id() - number of a class
 * @class: class, NULL for who may publish everything
 *
 * Return: its number, 0 for NULL.
 */
static inline uint32_t acl_class_id(const struct acl_class *class)
{
	return class ? class->id : 0;
}

/**
 * acl_class_allows() - may a class publish on a topic?
 * @class: class, NULL for who may publish everything
 * @topic: topic name
 * @len: its length
 *
 * Return: true if it may.
 */
bool acl_class_allows(const struct acl_class *class, const char *topic,
		      size_t len);

#endif /* MQTTD_ACL_CLASS_H */
