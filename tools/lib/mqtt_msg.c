// SPDX-License-Identifier: GPL-2.0
/* Building and parsing of generic netlink messages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

#include "mqtt_msg.h"

#define BUF_FIRST	4096

/* Room for len bytes more, zeroed; NULL without memory. */
static void *buf_extend(struct mqtt_buf *buf, size_t len)
{
	char *p;

	if (buf->size - buf->len < len) {
		size_t size = buf->size ? buf->size : BUF_FIRST;

		while (size - buf->len < len)
			size *= 2;
		p = realloc(buf->data, size);
		if (!p)
			return NULL;
		buf->data = p;
		buf->size = size;
	}
	p = buf->data + buf->len;
	buf->len += len;
	memset(p, 0, len);
	return p;
}

static int put_bytes(struct mqtt_buf *buf, unsigned int type, const void *data, size_t len)
{
	struct nlattr *a;

	if (len > UINT16_MAX - NLA_HDRLEN)
		return -EMSGSIZE;
	a = buf_extend(buf, NLA_HDRLEN + NLA_ALIGN(len));
	if (!a)
		return -ENOMEM;
	a->nla_len = NLA_HDRLEN + len;
	a->nla_type = type;
	if (len)
		memcpy((char *)a + NLA_HDRLEN, data, len);
	return 0;
}

static int put_nest(struct mqtt_buf *buf, unsigned int type, const struct mqtt_attr_set *set,
		    const void *obj, uint64_t mask)
{
	size_t start = buf->len;
	struct nlattr *a;
	int err;

	if (!buf_extend(buf, NLA_HDRLEN))
		return -ENOMEM;
	err = mqtt_msg_put(buf, set, obj, mask);
	if (err)
		return err;
	if (buf->len - start > UINT16_MAX)
		return -EMSGSIZE;
	a = (struct nlattr *)(buf->data + start);
	a->nla_type = type | NLA_F_NESTED;
	a->nla_len = buf->len - start;
	return 0;
}

long mqtt_msg_begin(struct mqtt_buf *buf, uint16_t family, uint8_t cmd, uint16_t flags,
		    uint32_t seq)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *msg;
	long start = buf->len;

	msg = buf_extend(buf, NLMSG_HDRLEN + GENL_HDRLEN);
	if (!msg)
		return -ENOMEM;
	msg->nlmsg_type = family;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	msg->nlmsg_seq = seq;
	genl = (struct genlmsghdr *)((char *)msg + NLMSG_HDRLEN);
	genl->cmd = cmd;
	genl->version = MQTT_GENL_VERSION;
	return start;
}

void mqtt_msg_end(struct mqtt_buf *buf, long start)
{
	((struct nlmsghdr *)(buf->data + start))->nlmsg_len = buf->len - start;
}

int mqtt_msg_put(struct mqtt_buf *buf, const struct mqtt_attr_set *set, const void *obj,
		 uint64_t mask)
{
	const struct mqtt_members *members;
	const struct mqtt_blob *blob;
	int err = 0;

	/* Every structure begins with its mask. */
	mask &= *(const uint64_t *)obj;
	while (mask && !err) {
		unsigned int type = __builtin_ctzll(mask);
		const struct mqtt_attr *a;
		const char *p;

		mask &= mask - 1;
		if (type > set->max)
			return -EINVAL;
		a = &set->attr[type];
		p = (const char *)obj + a->offset;
		switch (a->type) {
		case MQTT_ATTR_NONE:
			return -EINVAL;
		case MQTT_ATTR_STRING:
			err = put_bytes(buf, type, p, strnlen(p, a->size - 1) + 1);
			break;
		case MQTT_ATTR_BINARY:
			blob = (const struct mqtt_blob *)p;
			err = put_bytes(buf, type, blob->data, blob->len);
			break;
		case MQTT_ATTR_NEST:
			err = put_nest(buf, type, a->nest, p, ~0ULL);
			break;
		case MQTT_ATTR_NESTS:
			members = (const struct mqtt_members *)p;
			for (uint32_t i = 0; i < members->nr && !err; i++)
				err = put_nest(buf, type, a->nest, &members->v[i], ~0ULL);
			break;
		default:
			err = put_bytes(buf, type, p, a->size);
		}
	}
	return err;
}

/* The next attribute of a run, or NULL at its end; -EBADMSG in *err when it is malformed. */
static const struct nlattr *next_attr(const char **p, size_t *len, int *err)
{
	const struct nlattr *a = (const struct nlattr *)*p;
	size_t whole;

	if (!*len)
		return NULL;
	if (*len < NLA_HDRLEN || a->nla_len < NLA_HDRLEN || a->nla_len > *len) {
		*err = -EBADMSG;
		return NULL;
	}
	whole = NLA_ALIGN(a->nla_len);
	if (whole > *len)
		whole = *len;
	*p += whole;
	*len -= whole;
	return a;
}

static int add_member(struct mqtt_buf *room, const struct mqtt_attr_set *set, const void *data,
		      size_t len)
{
	if (!buf_extend(room, set->size))
		return -ENOMEM;
	return mqtt_msg_parse(set, data, len, room->data + room->len - set->size, NULL);
}

int mqtt_msg_parse(const struct mqtt_attr_set *set, const void *attrs, size_t len, void *obj,
		   struct mqtt_buf *members)
{
	struct mqtt_members *array = NULL;
	const struct nlattr *nla;
	const char *p = attrs;
	int err = 0;

	memset(obj, 0, set->size);
	while (!err && (nla = next_attr(&p, &len, &err))) {
		unsigned int type = nla->nla_type & NLA_TYPE_MASK;
		const void *data = (const char *)nla + NLA_HDRLEN;
		size_t size = nla->nla_len - NLA_HDRLEN;
		const struct mqtt_attr *a;
		char *field;

		if (type > set->max)
			continue;
		a = &set->attr[type];
		field = (char *)obj + a->offset;
		switch (a->type) {
		case MQTT_ATTR_NONE:
			continue;
		case MQTT_ATTR_STRING:
			if (size > a->size - 1u)
				size = a->size - 1u;
			memcpy(field, data, size);
			break;
		case MQTT_ATTR_BINARY:
			*(struct mqtt_blob *)field = (struct mqtt_blob){ data, size };
			break;
		case MQTT_ATTR_NEST:
			err = mqtt_msg_parse(a->nest, data, size, field, NULL);
			break;
		case MQTT_ATTR_NESTS:
			if (!members)
				continue;
			if (!array) {
				array = (struct mqtt_members *)field;
				members->len = 0;
			}
			err = add_member(members, a->nest, data, size);
			array->nr++;
			break;
		default:
			if (size != a->size)
				return -EBADMSG;
			memcpy(field, data, size);
		}
		*(uint64_t *)obj |= MQTT_BIT(type);
	}
	if (array)
		array->v = (const struct mqtt_member *)members->data;
	return err;
}

void mqtt_msg_attr_path(const struct nlmsghdr *msg, uint32_t offset, char *path, size_t size)
{
	const char *base = (const char *)msg, *p = base + NLMSG_HDRLEN;
	const struct mqtt_attr_set *set;
	const struct nlattr *nla;
	size_t len, used = 0;
	int err = 0;

	path[0] = '\0';
	if (msg->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return;
	set = mqtt_cmd_set(((const struct genlmsghdr *)p)->cmd);
	p += GENL_HDRLEN;
	len = msg->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	while (set && (nla = next_attr(&p, &len, &err))) {
		uint32_t start = (const char *)nla - base;
		unsigned int type = nla->nla_type & NLA_TYPE_MASK;
		const struct mqtt_attr *a;

		if (offset >= start + nla->nla_len)
			continue;
		if (offset < start || type > set->max || !set->attr[type].name)
			return;
		a = &set->attr[type];
		used += snprintf(path + used, size - used, "%s%s", used ? "." : "", a->name);
		if (offset == start || used >= size)
			return;
		set = a->nest;
		p = (const char *)nla + NLA_HDRLEN;
		len = nla->nla_len - NLA_HDRLEN;
	}
}

/* What the attributes after an error answer say. */
struct extack {
	const char *msg;
	int msg_len;
	uint32_t offset;
	uint32_t miss;
};

static void read_extack(const struct nlmsghdr *answer, struct extack *ext)
{
	const struct nlmsgerr *e = NLMSG_DATA(answer);
	size_t len, skip = sizeof(*e);
	const struct nlattr *nla;
	const char *p;
	int err = 0;

	if (answer->nlmsg_len < NLMSG_LENGTH(sizeof(*e)) ||
	    !(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* Unless capped, the whole request is repeated before them. */
	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (answer->nlmsg_len - NLMSG_HDRLEN < skip)
		return;
	p = (const char *)e + skip;
	len = answer->nlmsg_len - NLMSG_HDRLEN - skip;
	while ((nla = next_attr(&p, &len, &err))) {
		const char *data = (const char *)nla + NLA_HDRLEN;
		size_t size = nla->nla_len - NLA_HDRLEN;

		switch (nla->nla_type & NLA_TYPE_MASK) {
		case NLMSGERR_ATTR_MSG:
			ext->msg = data;
			ext->msg_len = strnlen(data, size);
			break;
		case NLMSGERR_ATTR_OFFS:
			if (size == sizeof(ext->offset))
				memcpy(&ext->offset, data, size);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (size == sizeof(ext->miss))
				memcpy(&ext->miss, data, size);
			break;
		}
	}
}

void mqtt_msg_describe(const struct nlmsghdr *answer, const struct nlmsghdr *request,
		       char *text, size_t size)
{
	const struct mqtt_attr_set *set = NULL;
	struct extack ext = { "", 0, 0, 0 };
	char path[64] = "";

	read_extack(answer, &ext);
	if (request && ext.offset) {
		mqtt_msg_attr_path(request, ext.offset, path, sizeof(path));
	} else if (request && ext.miss) {
		set = mqtt_cmd_set(((const struct genlmsghdr *)NLMSG_DATA(request))->cmd);
		if (set && ext.miss <= set->max && set->attr[ext.miss].name)
			snprintf(path, sizeof(path), "%s", set->attr[ext.miss].name);
	}
	snprintf(text, size, "%.*s%s%s%s", ext.msg_len, ext.msg,
		 path[0] && ext.msg_len ? ": " : "",
		 path[0] ? ext.offset ? "attribute " : "missing attribute " : "", path);
}
