// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving from TCP: bytes are parsed where they are, in the socket's queue,
 * and those that are not for the fast path stay there.
 */
#include <linux/highmem.h>
#include <linux/skbuff.h>
#include <net/tcp.h>

#include "conn.h"
#include "rx_divert.h"

/*
 * Feeds a part of a fragment. Returns bytes consumed. Not by skb_seq_read():
 * that disables preemption, and parsing allocates.
 */
static u32 mqtt_rx_frag(struct mqtt_rx_pass *pass, const skb_frag_t *frag,
			u32 offset, u32 len)
{
	u32 p_off, p_len, done, used = 0;
	struct page *p;

	skb_frag_foreach_page(frag, skb_frag_off(frag) + offset, len, p, p_off,
			      p_len, done) {
		u8 *vaddr = kmap_local_page(p);
		u32 took = mqtt_rx_input(pass, vaddr + p_off, p_len);

		kunmap_local(vaddr);
		used += took;
		if (took < p_len)
			break;
	}
	return used;
}

/* Feeds @len bytes of a buffer from @offset on. Returns bytes consumed. */
static u32 mqtt_rx_skb(struct mqtt_rx_pass *pass, const struct sk_buff *skb,
		       u32 offset, u32 len)
{
	u32 start = skb_headlen(skb), used = 0, n;
	const struct sk_buff *part;
	int i;

	if (offset < start) {
		n = min(len, start - offset);
		used = mqtt_rx_input(pass, skb->data + offset, n);
		if (used < n)
			return used;
	}
	for (i = 0; i < skb_shinfo(skb)->nr_frags && used < len; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		u32 end = start + skb_frag_size(frag);

		if (offset + used < end) {
			u32 from = offset + used - start, took;

			n = min(len - used, end - offset - used);
			took = mqtt_rx_frag(pass, frag, from, n);
			used += took;
			if (took < n)
				return used;
		}
		start = end;
	}
	skb_walk_frags(skb, part) {
		u32 end = start + part->len;

		if (used == len)
			break;
		if (offset + used < end) {
			u32 from = offset + used - start, took;

			n = min(len - used, end - offset - used);
			took = mqtt_rx_skb(pass, part, from, n);
			used += took;
			if (took < n)
				return used;
		}
		start = end;
	}
	return used;
}

static int mqtt_rx_actor(read_descriptor_t *desc, struct sk_buff *skb,
			 unsigned int offset, size_t len)
{
	struct mqtt_rx_pass *pass = desc->arg.data;

	if (pass->stop)
		return 0;
	if (pass->used >= MQTT_RX_BUDGET) {
		pass->stop = true;
		pass->again = true;
		return 0;
	}
	return mqtt_rx_skb(pass, skb, offset, len);
}

void mqtt_rx_tcp_feed(struct mqtt_rx_pass *pass)
{
	read_descriptor_t desc = {
		.arg.data = pass,
		.count = 1,
	};

	tcp_read_sock(pass->conn->sk, &desc, mqtt_rx_actor);
}
