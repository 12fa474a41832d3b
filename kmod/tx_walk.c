// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>

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
