// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/uaccess.h>

#include "conn.h"
#include "parse.h"
#include "tx_item.h"

u32 mqtt_tx_walk(struct mqtt_tx *tx, const u8 *p, u32 n)
{
	struct mqtt_packet_head h;
	u32 i = 0, whole = 0;

	while (i < n) {
		if (tx->left) {
			u32 take = min(n - i, tx->left);

			if (tx->left != U32_MAX)
				tx->left -= take;
			i += take;
			if (!tx->left)
				whole = i;
			continue;
		}
		tx->head[tx->head_len++] = p[i++];
		/* Limits of 0: only the length is of interest. */
		switch (mqtt_parse_head(tx->head, tx->head_len, 0, 0, &h)) {
		case MQTT_PARSE_MORE:
			continue;
		case MQTT_PARSE_BAD:
			tx->left = U32_MAX;
			break;
		default:
			tx->left = h.len - h.fixed_len;
			if (!tx->left)
				whole = i;
			break;
		}
		tx->head_len = 0;
	}
	return whole;
}

/*
 * Walks on from *at while fixed headers have two or three bytes, all of them at
 * hand, which is nearly always to the end. Returns false if a byte cannot be
 * read.
 */
static bool mqtt_tx_walk_short(struct mqtt_tx *tx, const u8 __user *p, u32 n,
			       u32 *at)
{
	u32 i = *at, left = tx->left;
	u8 low, high;

	if (!user_read_access_begin(p, n))
		return false;
	for (;;) {
		u32 take = min(n - i, left);

		i += take;
		left -= take;
		if (left || n - i < 3)
			break;
		unsafe_get_user(low, p + i + 1, fault);
		if (!(low & 0x80)) {
			left = low;
			i += 2;
			continue;
		}
		unsafe_get_user(high, p + i + 2, fault);
		if (high & 0x80)
			break;
		left = (low & 0x7f) | (u32)high << 7;
		i += 3;
	}
	user_read_access_end();
	tx->left = left;
	*at = i;
	return true;
fault:
	user_read_access_end();
	return false;
}

/* Returns false if the bytes cannot be read. */
static bool mqtt_tx_walk_user(struct mqtt_tx *tx, const u8 __user *p, u32 n)
{
	u32 i = 0;
	u8 byte;

	/* It was no packet: there are no ends of packets any more. */
	while (i < n && tx->left != U32_MAX) {
		if (!tx->head_len && !mqtt_tx_walk_short(tx, p, n, &i))
			return false;
		if (i == n)
			break;
		if (get_user(byte, p + i))
			return false;
		mqtt_tx_walk(tx, &byte, 1);
		i++;
	}
	return true;
}

void mqtt_tx_walk_iter(struct mqtt_tx *tx, struct iov_iter *iter, u32 n)
{
	while (n) {
		const u8 __user *p;
		size_t len;
		u32 take;

		p = mqtt_compat_iter_piece(iter, &len);
		take = min_t(size_t, n, len);
		if (!mqtt_tx_walk_user(tx, p, take)) {
			tx->left = U32_MAX;
			iov_iter_advance(iter, n);
			return;
		}
		iov_iter_advance(iter, take);
		n -= take;
	}
}
