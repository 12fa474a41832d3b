// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/mqtt.h>

#include "parse.h"
#include "sub_ids.h"

#define MQTT_PROP_SUBSCRIPTION_ID	0x0b

struct mqtt_sub_ids *mqtt_sub_ids_new(const void *list, u32 nr)
{
	struct mqtt_sub_ids *ids;
	u32 i, id;

	if (!nr)
		return NULL;
	ids = kmalloc(struct_size(ids, data, nr * 5), GFP_KERNEL_ACCOUNT);
	if (!ids)
		return ERR_PTR(-ENOMEM);
	refcount_set(&ids->ref, 1);
	ids->len = 0;
	for (i = 0; i < nr; i++) {
		memcpy(&id, list + i * sizeof(id), sizeof(id));
		if (!id || id > MQTT_REMAINING_MAX) {
			kfree(ids);
			return ERR_PTR(-ERANGE);
		}
		ids->data[ids->len++] = MQTT_PROP_SUBSCRIPTION_ID;
		ids->len += mqtt_varint_put(ids->data + ids->len, id);
	}
	return ids;
}

struct mqtt_sub_ids *mqtt_sub_ids_get_attr(const struct nlattr *attr,
					   struct netlink_ext_ack *extack)
{
	struct mqtt_sub_ids *ids;

	if (!attr)
		return NULL;
	if (nla_len(attr) % sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "not an array of u32");
		return ERR_PTR(-EINVAL);
	}
	ids = mqtt_sub_ids_new(nla_data(attr), nla_len(attr) / sizeof(u32));
	if (ids == ERR_PTR(-ERANGE))
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a subscription identifier is out of range");
	return ids;
}

int mqtt_sub_ids_put_attr(struct sk_buff *skb, const struct mqtt_sub_ids *ids)
{
	u32 list[MQTT_MEMBER_IDS_MAX], nr = 0, off = 0;

	if (!ids)
		return 0;
	while (off < ids->len && nr < MQTT_MEMBER_IDS_MAX)
		off += 1 + mqtt_parse_varint(ids->data + off + 1,
					     ids->len - off - 1, &list[nr++]);
	return nla_put(skb, MQTT_A_MEMBER_SUBSCRIPTION_IDS, nr * sizeof(*list),
		       list);
}

bool mqtt_sub_ids_equal(const struct mqtt_sub_ids *a,
			const struct mqtt_sub_ids *b)
{
	if (a == b)
		return true;
	return a && b && a->len == b->len && !memcmp(a->data, b->data, a->len);
}

void mqtt_sub_ids_put(struct mqtt_sub_ids *ids)
{
	if (ids && refcount_dec_and_test(&ids->ref))
		kfree_rcu(ids, rcu);
}
