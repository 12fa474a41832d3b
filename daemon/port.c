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
#define PORT_READ_MORE	16384u
#define PORT_READ_MIN	(256u << 10)

static int port_fd = -1;
static uint32_t packet_max;
static uint8_t *out;
static size_t out_len;
static size_t out_cap;
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
	out_len = 0;
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
}

bool port_fits(uint32_t len)
{
	return len <= packet_max;
}

static struct mqtt_port_hdr *port_record(uint32_t len)
{
	size_t size = MQTT_PORT_ALIGN(len);
	struct mqtt_port_hdr *hdr;

	if (out_len && out_len + size > PORT_FLUSH)
		port_flush();
	if (out_len + size > out_cap) {
		out_cap = max_t(size_t, out_len + size, 2 * out_cap);
		out = xrealloc(out, out_cap);
	}
	hdr = (struct mqtt_port_hdr *)(out + out_len);
	out_len += size;
	memset(hdr, 0, sizeof(*hdr));
	memset((uint8_t *)hdr + len, 0, size - len);
	hdr->len = len;
	return hdr;
}

static void packet_out(const struct port_out *to, const void *packet,
		       uint32_t len)
{
	uint32_t ids[MQTT_MEMBER_IDS_MAX];
	uint32_t nr_ids = subids_list(to->ids, ids, MQTT_MEMBER_IDS_MAX);
	uint32_t groups = to->nr_groups * sizeof(uint32_t);
	uint32_t conns = to->nr_conns * sizeof(uint32_t);
	struct mqtt_port_hdr *hdr;
	uint8_t *p;

	hdr = port_record(sizeof(*hdr) + groups + conns +
			  nr_ids * sizeof(*ids) + len);
	hdr->type = MQTT_PORT_PACKET_OUT;
	hdr->flags = (to->qos0 ? MQTT_PORT_F_QOS0 : 0) |
		     (to->v5 ? MQTT_PORT_F_LEVEL5 : 0);
	hdr->nr_groups = to->nr_groups;
	hdr->nr_conns = to->nr_conns;
	hdr->nr_sub_ids = nr_ids;
	hdr->conn = to->conn;
	p = (uint8_t *)(hdr + 1);
	if (groups)
		memcpy(p, to->groups, groups);
	p += groups;
	if (conns)
		memcpy(p, to->conns, conns);
	p += conns;
	if (nr_ids)
		memcpy(p, ids, nr_ids * sizeof(*ids));
	p += nr_ids * sizeof(*ids);
	memcpy(p, packet, len);
	if (to->retain)
		*p |= PUBLISH_RETAIN;
	packets_out++;
}

void port_packets_out(const struct port_out *to, const uint8_t *p,
		      uint32_t len)
{
	while (len) {
		uint32_t n = run_next(p, len);

		packet_out(to, p, n);
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
