// SPDX-License-Identifier: GPL-2.0
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mqtt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "datapath_kernel.h"
#include "fan_out.h"
#include "log.h"
#include "loop.h"
#include "packet.h"
#include "route.h"
#include "run.h"
#include "subid.h"
#include "util.h"

/* Written early when so much has gathered, to bound the buffer. */
#define PORT_FLUSH	(256u << 10)
/*
 * Packets of one record: the module has them in one piece, which is sent while
 * the next one is made ready.
 */
#define PORT_PACKETS	32000u
#define PORT_NONE	SIZE_MAX
#define PORT_READ_MORE	16384u
#define PORT_READ_MIN	(256u << 10)

static int port_fd = -1;
static uint32_t packet_max;
static uint32_t packets_max;
static uint8_t *out;
static size_t out_len;
static size_t out_cap;
/* The record that packets may be added to. */
static size_t out_last = PORT_NONE;
static uint8_t *in;
static size_t in_cap;
static struct op poll_op;
static bool polling;
static uint64_t packets_out;
static uint64_t packets_in;

static void port_poll(void)
{
	polling = true;
	loop_poll(&poll_op, port_fd, POLLIN);
}

/*
 * The port is polled and then read at once, never read in the background: what
 * it holds must be handled before a packet that its publisher sent later.
 */
static void port_ready(struct op *op, int res, uint32_t flags)
{
	(void)op;
	(void)flags;
	polling = false;
	/* a cancelled poll may be the one of a port that was closed before */
	if (res != -ECANCELED)
		port_drain();
	if (port_fd >= 0)
		port_poll();
}

void port_open(int fd, uint32_t fast_max, uint32_t max)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	port_fd = fd;
	packet_max = max;
	packets_max = min_t(uint32_t, max, PORT_PACKETS);
	out_len = 0;
	out_last = PORT_NONE;
	in_cap = max_t(size_t, (size_t)fast_max + PORT_READ_MORE,
		       PORT_READ_MIN);
	in = xmalloc(in_cap);
	packets_out = 0;
	packets_in = 0;
	poll_op.fn = port_ready;
	if (!polling)
		port_poll();
}

void port_close(void)
{
	if (port_fd < 0)
		return;
	if (polling)
		loop_cancel(&poll_op);
	close(port_fd);
	port_fd = -1;
	free(in);
	free(out);
	in = NULL;
	out = NULL;
	out_cap = 0;
	out_len = 0;
	out_last = PORT_NONE;
}

bool port_fits(uint32_t len)
{
	return len <= packet_max;
}

/* Makes the last record, at @at, @len bytes long. */
static struct mqtt_port_hdr *port_extend(size_t at, uint32_t len)
{
	size_t end = at + MQTT_PORT_ALIGN(len);
	struct mqtt_port_hdr *hdr;

	if (end > out_cap) {
		out_cap = max_t(size_t, end, 2 * out_cap);
		out = xrealloc(out, out_cap);
	}
	memset(out + at + len, 0, end - at - len);
	out_len = end;
	hdr = (struct mqtt_port_hdr *)(out + at);
	hdr->len = len;
	return hdr;
}

static struct mqtt_port_hdr *port_record(uint32_t len)
{
	struct mqtt_port_hdr *hdr;

	if (out_len && out_len + MQTT_PORT_ALIGN(len) > PORT_FLUSH)
		port_flush();
	out_last = PORT_NONE;
	hdr = port_extend(out_len, len);
	*hdr = (struct mqtt_port_hdr){ .len = len };
	return hdr;
}

static bool ids_equal(const uint8_t **p, const uint32_t *ids, uint32_t nr)
{
	const uint8_t *at = *p;

	*p += nr * sizeof(*ids);
	return !nr || !memcmp(at, ids, nr * sizeof(*ids));
}

static void put_ids(uint8_t **p, const uint32_t *ids, uint32_t nr)
{
	if (nr)
		memcpy(*p, ids, nr * sizeof(*ids));
	*p += nr * sizeof(*ids);
}

/*
 * Room for packets of @len bytes: at the end of the last record if that goes to
 * the same receivers, which then get all of it as one piece.
 */
static uint8_t *packets_room(const struct port_out *to, uint32_t len)
{
	uint32_t ids[MQTT_MEMBER_IDS_MAX];
	uint32_t nr_ids = subids_list(to->ids, ids, MQTT_MEMBER_IDS_MAX);
	struct mqtt_port_hdr want = {
		.type = MQTT_PORT_PACKET_OUT,
		.flags = (to->qos0 ? MQTT_PORT_F_QOS0 : 0) |
			 (to->v5 ? MQTT_PORT_F_LEVEL5 : 0),
		.nr_groups = to->nr_groups,
		.nr_conns = to->nr_conns,
		.nr_sub_ids = nr_ids,
		.conn = to->conn,
	};
	uint32_t head = sizeof(want) + (to->nr_groups + to->nr_conns + nr_ids) *
			sizeof(*ids);
	struct mqtt_port_hdr *hdr;
	uint8_t *p;

	/* those of one record expire together */
	if (out_last != PORT_NONE && !to->expires) {
		const uint8_t *at = out + out_last + sizeof(*hdr);

		hdr = (struct mqtt_port_hdr *)(out + out_last);
		want.len = hdr->len;
		if (!memcmp(hdr, &want, sizeof(want)) &&
		    hdr->len - head + len <= packets_max &&
		    out_len + len <= PORT_FLUSH &&
		    ids_equal(&at, to->groups, to->nr_groups) &&
		    ids_equal(&at, to->conns, to->nr_conns) &&
		    ids_equal(&at, ids, nr_ids)) {
			hdr = port_extend(out_last, want.len + len);
			return (uint8_t *)hdr + want.len;
		}
	}
	want.len = head + len;
	hdr = port_record(want.len);
	*hdr = want;
	if (!to->expires)
		out_last = (uint8_t *)hdr - out;
	p = (uint8_t *)(hdr + 1);
	put_ids(&p, to->groups, to->nr_groups);
	put_ids(&p, to->conns, to->nr_conns);
	put_ids(&p, ids, nr_ids);
	return p;
}

static void set_retain(uint8_t *p, uint32_t len)
{
	while (len) {
		uint32_t n = run_next(p, len);

		*p |= PUBLISH_RETAIN;
		p += n;
		len -= n;
	}
}

/* As many whole packets as one record may have, at least one; @count of them. */
static uint32_t packets_fit(const uint8_t *p, uint32_t len, uint32_t *count)
{
	uint32_t n = run_next(p, len);

	*count = 1;
	while (n < len) {
		uint32_t next = run_next(p + n, len - n);

		if (n + next > packets_max)
			break;
		n += next;
		++*count;
	}
	return n;
}

void port_packets_out(const struct port_out *to, const uint8_t *p,
		      uint32_t len)
{
	while (len) {
		uint32_t count;
		uint32_t n = packets_fit(p, len, &count);
		uint8_t *room = packets_room(to, n);

		packets_out += count;
		memcpy(room, p, n);
		if (to->retain)
			set_retain(room, n);
		p += n;
		len -= n;
	}
}

void port_gate_ack(uint32_t conn, uint64_t seq)
{
	struct mqtt_port_hdr *hdr = port_record(sizeof(*hdr));

	hdr->type = MQTT_PORT_GATE_ACK;
	hdr->conn = conn;
	hdr->seq = seq;
}

/* Drops the record that the kernel refuses; the ones after it are still good. */
static size_t port_skip(size_t off, int err)
{
	const struct mqtt_port_hdr *hdr;

	hdr = (const struct mqtt_port_hdr *)(out + off);
	log_warn("port: record of type %u, %u bytes refused: %s", hdr->type,
		 hdr->len, strerror(err));
	return MQTT_PORT_ALIGN(hdr->len);
}

void port_flush(void)
{
	size_t off = 0;

	/*
	 * What was queued on a client before, SUBACK and retained messages
	 * above all, goes before what is fanned out now, and before the PINGRESP
	 * that an acknowledgment lets the module send.
	 */
	if (out_len && clients_flush(true))
		loop_submit();
	while (off < out_len && port_fd >= 0) {
		ssize_t n = write(port_fd, out + off, out_len - off);

		if (n > 0) {
			off += n;
			continue;
		}
		if (!n || errno == ESHUTDOWN) {
			kernel_lost();
			break;
		}
		if (errno != EINTR)
			off += port_skip(off, errno);
	}
	out_len = 0;
	out_last = PORT_NONE;
}

/* How many packets a record holds. */
static uint32_t count_packets(const uint8_t *p, uint32_t len)
{
	uint32_t count = 0;

	while (len) {
		uint32_t remaining = 0;
		int hlen = packet_header(p, len, &remaining);

		if (hlen <= 0 || hlen + remaining > len)
			break;
		p += hlen + remaining;
		len -= hlen + remaining;
		count++;
	}
	return count;
}

/* A copy for everybody whom the kernel cannot serve. */
static void port_packet(const uint8_t *p, uint32_t len, bool v5)
{
	struct publish pub = { .frames = p, .frames_len = len, .v5 = v5 };
	uint32_t remaining;
	int hlen;

	hlen = packet_header(p, len, &remaining);
	if (hlen <= 0 || len < hlen + 2u)
		return;
	pub.topic_len = (uint16_t)(p[hlen] << 8 | p[hlen + 1]);
	pub.topic = (const char *)p + hlen + 2;
	if (len < hlen + 2u + pub.topic_len)
		return;
	pub.count = count_packets(p, len);
	packets_in += pub.count;
	if (pub.count)
		fan_out_publish_up(&pub);
}

static void port_records(const uint8_t *p, size_t len)
{
	while (len >= sizeof(struct mqtt_port_hdr)) {
		const struct mqtt_port_hdr *hdr = (const void *)p;
		size_t size = MQTT_PORT_ALIGN((size_t)hdr->len);

		if (hdr->len < sizeof(*hdr) || hdr->len > len)
			break;
		if (hdr->type == MQTT_PORT_PACKET)
			port_packet(p + sizeof(*hdr), hdr->len - sizeof(*hdr),
				    hdr->flags & MQTT_PORT_F_LEVEL5);
		size = min_t(size_t, size, len);
		p += size;
		len -= size;
	}
}

void port_drain(void)
{
	while (port_fd >= 0) {
		ssize_t n = read(port_fd, in, in_cap);

		if (n > 0) {
			port_records(in, n);
		} else if (!n) {
			kernel_lost();
			return;
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			log_err("port: %s", strerror(errno));
			kernel_lost();
			return;
		}
	}
}

void port_status(struct cJSON *json)
{
	cJSON_AddNumberToObject(json, "packet_out", packets_out);
	cJSON_AddNumberToObject(json, "port_packets", packets_in);
}
