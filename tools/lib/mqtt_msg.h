/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Building and parsing of generic netlink messages. Requests come by the
 * thousand per second, so this writes into one growing buffer and allocates
 * nothing per message.
 */
#ifndef MQTT_MSG_H
#define MQTT_MSG_H

#include <linux/netlink.h>

#include "mqtt_attr.h"

/**
 * struct mqtt_buf - growing buffer of whole netlink messages
 * @data: the bytes, malloc()ed
 * @len: used
 * @size: allocated
 */
struct mqtt_buf {
	char *data;
	size_t len;
	size_t size;
};

/**
 * mqtt_msg_begin() - begin a message at the end of a buffer
 * @buf: the buffer
 * @family: generic netlink family
 * @cmd: enum mqtt_cmd
 * @flags: NLM_F_*
 * @seq: sequence number
 *
 * Return: where the message begins in the buffer, or -ENOMEM.
 */
long mqtt_msg_begin(struct mqtt_buf *buf, uint16_t family, uint8_t cmd, uint16_t flags,
		    uint32_t seq);

/**
 * mqtt_msg_put() - add the attributes of an object to the message begun last
 * @buf: the buffer
 * @set: what the object is
 * @obj: the object
 * @mask: attributes to add, of those present in the object
 *
 * Return: 0, -ENOMEM, or -EMSGSIZE if a value is too long for an attribute.
 */
int mqtt_msg_put(struct mqtt_buf *buf, const struct mqtt_attr_set *set, const void *obj,
		 uint64_t mask);

/**
 * mqtt_msg_end() - finish the message that begins at @start
 * @buf: the buffer
 * @start: what mqtt_msg_begin() returned
 */
void mqtt_msg_end(struct mqtt_buf *buf, long start);

/**
 * mqtt_msg_parse() - read the attributes of a message into an object
 * @set: what the object is
 * @attrs: the first attribute
 * @len: length of all attributes
 * @obj: zeroed and filled; blobs point into the message
 * @members: room for merged members, grown with realloc(); NULL: ignore them
 *
 * Unknown attributes are skipped, since a newer module may send more.
 *
 * Return: 0, -EBADMSG if the message is malformed, or -ENOMEM.
 */
int mqtt_msg_parse(const struct mqtt_attr_set *set, const void *attrs, size_t len, void *obj,
		   struct mqtt_buf *members);

/**
 * mqtt_msg_attr_path() - name the attribute at an offset of a request
 * @msg: the request
 * @offset: offset of the attribute's header in it
 * @path: receives something like "limits.topic_max"
 * @size: size of @path
 */
void mqtt_msg_attr_path(const struct nlmsghdr *msg, uint32_t offset, char *path, size_t size);

/**
 * mqtt_msg_describe() - put an error answer into words
 * @answer: the NLMSG_ERROR message
 * @request: what it answers, to name the attribute it is about; may be NULL
 * @text: receives the words; empty if the kernel gave none
 * @size: size of @text
 */
void mqtt_msg_describe(const struct nlmsghdr *answer, const struct nlmsghdr *request,
		       char *text, size_t size);

#endif /* MQTT_MSG_H */
