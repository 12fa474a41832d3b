/* SPDX-License-Identifier: GPL-2.0 */
/* Subscription Identifiers, ready to be put into a PUBLISH. */
#ifndef _MQTT_SUB_IDS_H
#define _MQTT_SUB_IDS_H

#include <linux/refcount.h>
#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/**
 * struct mqtt_sub_ids - Subscription Identifiers of a member; immutable
 *
 * @ref: the member's, and those of forms made with them
 * @rcu: freed after readers
 * @len: length of @data
 * @data: properties as MQTT 5.0 section 3.3.2.3.8 has them
 */
struct mqtt_sub_ids {
	refcount_t ref;
	struct rcu_head rcu;
	u32 len;
	u8 data[];
};

/**
 * mqtt_sub_ids_new() - make identifiers
 * @list: array of u32, unaligned
 * @nr: number of them, up to MQTT_MEMBER_IDS_MAX
 *
 * Context: may sleep.
 * Return: identifiers with one reference, NULL if there are none, or ERR_PTR():
 * -ERANGE, -ENOMEM.
 */
struct mqtt_sub_ids *mqtt_sub_ids_new(const void *list, u32 nr);

/**
 * mqtt_sub_ids_get_attr() - make identifiers from an array of u32
 * @attr: MQTT_A_MEMBER_SUBSCRIPTION_IDS, or NULL
 * @extack: for the text of a refusal
 *
 * Context: may sleep.
 * Return: identifiers with one reference, NULL if there are none, or ERR_PTR().
 */
struct mqtt_sub_ids *mqtt_sub_ids_get_attr(const struct nlattr *attr,
					   struct netlink_ext_ack *extack);

/**
 * mqtt_sub_ids_put_attr() - the reverse of mqtt_sub_ids_get_attr()
 * @skb: message
 * @ids: identifiers, or NULL
 *
 * Context: any. Return: 0 or -EMSGSIZE.
 */
int mqtt_sub_ids_put_attr(struct sk_buff *skb, const struct mqtt_sub_ids *ids);

/**
 * mqtt_sub_ids_equal() - are they the same?
 * @a: identifiers, or NULL
 * @b: identifiers, or NULL
 *
 * Context: any. Return: true if so.
 */
bool mqtt_sub_ids_equal(const struct mqtt_sub_ids *a,
			const struct mqtt_sub_ids *b);

/**
 * mqtt_sub_ids_put() - drop a reference
 * @ids: identifiers, or NULL
 *
 * Context: any.
 */
void mqtt_sub_ids_put(struct mqtt_sub_ids *ids);

static inline struct mqtt_sub_ids *mqtt_sub_ids_get(struct mqtt_sub_ids *ids)
{
	if (ids)
		refcount_inc(&ids->ref);
	return ids;
}

#endif /* _MQTT_SUB_IDS_H */
