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

/* Returns false if the bytes cannot be read. */
static bool mqtt_tx_walk_user(struct mqtt_tx *tx, const u8 __user *p, u32 n)
{
	u32 i = 0;
	u8 byte;

	while (i < n) {
		if (tx->left) {
			u32 take = min(n - i, tx->left);

			if (tx->left != U32_MAX)
				tx->left -= take;
			i += take;
			continue;
		}
		/* Nearly always: a fixed header of two or three bytes at hand. */
		if (!tx->head_len && n - i >= 3) {
			if (get_user(byte, p + i + 1))
				return false;
			tx->left = byte & 0x7f;
			i += 2;
			if (!(byte & 0x80))
				continue;
			if (get_user(byte, p + i))
				return false;
			if (!(byte & 0x80)) {
				tx->left |= (u32)byte << 7;
				i++;
				continue;
			}
			tx->left = 0;
			i -= 2;
		}
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
