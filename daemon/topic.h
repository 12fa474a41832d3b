/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_TOPIC_H
#define MQTTD_TOPIC_H

#include <stdbool.h>
#include <stddef.h>

/**
 * topic_name_valid() - may this be the topic of a PUBLISH?
 * @topic: UTF-8 string that has been validated as such
 * @len: its length
 *
 * Return: false for an empty name and for one with wildcards.
 */
bool topic_name_valid(const char *topic, size_t len);

/**
 * topic_filter_valid() - is this a topic filter, MQTT 4.7.1?
 * @filter: UTF-8 string that has been validated as such
 * @len: its length
 *
 * Return: false for an empty filter and for misplaced wildcards.
 */
bool topic_filter_valid(const char *filter, size_t len);

/**
 * topic_filter_shared() - does this ask for a shared subscription?
 * @filter: topic filter
 * @len: its length
 *
 * Return: true for filters that begin with "$share/".
 */
bool topic_filter_shared(const char *filter, size_t len);

/**
 * topic_share_filter() - find the filter in "$share/NAME/FILTER"
 * @filter: a filter that asks for a shared subscription
 * @len: its length
 *
 * Return: where FILTER begins, 0 when this is no valid shared subscription
 * [MQTT-4.8.2-1], [MQTT-4.8.2-2].
 */
size_t topic_share_filter(const char *filter, size_t len);

/**
 * topic_reserved() - is this a topic that clients may not publish to?
 * @topic: topic name
 * @len: its length
 *
 * Return: true for the broker's own trees, $SYS and $CONTROL.
 */
bool topic_reserved(const char *topic, size_t len);

/**
 * topic_matches() - does a topic name match a topic filter?
 * @filter: valid topic filter
 * @flen: its length
 * @topic: valid topic name
 * @tlen: its length
 *
 * Return: true if it does, by the rules of MQTT 4.7.
 */
bool topic_matches(const char *filter, size_t flen, const char *topic,
		   size_t tlen);

/**
 * topic_filters_overlap() - is there a topic that both filters match?
 * @a: valid topic filter
 * @alen: its length
 * @b: another one
 * @blen: its length
 *
 * Return: true if there is.
 */
bool topic_filters_overlap(const char *a, size_t alen, const char *b,
			   size_t blen);

/**
 * topic_filter_covers() - does a filter match all topics that another does?
 * @a: valid topic filter
 * @alen: its length
 * @b: the other one
 * @blen: its length
 *
 * Return: true if @a matches whatever @b matches.
 */
bool topic_filter_covers(const char *a, size_t alen, const char *b,
			 size_t blen);

#endif /* MQTTD_TOPIC_H */
