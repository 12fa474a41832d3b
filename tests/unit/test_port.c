// SPDX-License-Identifier: GPL-2.0
/* What is written to the port, which is a file here. */
#include <linux/mqtt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "datapath_kernel.h"
#include "loop.h"
#include "packet.h"
#include "subid.h"
#include "util.h"

/* As in port.c: packets of a record, and what is written early. */
#define RECORD_MAX	32000u
#define FLUSH_MAX	(256u << 10)
#define RECORDS		4096u

static const uint32_t groups[] = { 7, 8, 9 };
static const uint32_t conns[] = { 21, 22 };
static const struct port_out to_groups = {
	.conn = 5, .groups = groups, .nr_groups = 3,
};

static int file;
/* The packets that went in, one after the other. */
static uint8_t *sent;
static size_t sent_len;
static uint8_t *written;
static const struct mqtt_port_hdr *records[RECORDS];
static unsigned int nr_records;

static int setup(void **state)
{
	(void)state;
	assert_int_equal(loop_init(), 0);
	file = memfd_create("port", 0);
	assert_true(file >= 0);
	port_open(dup(file), 1 << 20, 1 << 20);
	sent = NULL;
	sent_len = 0;
	written = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	port_close();
	loop_exit();
	close(file);
	free(sent);
	free(written);
	return 0;
}

/* A QoS 0 PUBLISH to topic "t", with @len times @fill. */
static size_t packet(char fill, uint32_t len)
{
	uint8_t *p;
	size_t head;

	sent = xrealloc(sent, sent_len + PACKET_HEADER_MAX + 3 + len);
	p = sent + sent_len;
	head = packet_put_header(p, PUBLISH, 3 + len);
	memcpy(p + head, "\0\1t", 3);
	memset(p + head + 3, fill, len);
	sent_len += head + 3 + len;
	return head + 3 + len;
}

static void out(const struct port_out *to, char fill, uint32_t len)
{
	size_t n = packet(fill, len);

	port_packets_out(to, sent + sent_len - n, n);
}

static size_t file_size(void)
{
	struct stat st;

	assert_int_equal(fstat(file, &st), 0);
	return st.st_size;
}

static void read_records(void)
{
	size_t size, off;

	port_flush();
	size = file_size();
	written = xrealloc(written, size);
	assert_int_equal(pread(file, written, size, 0), size);
	nr_records = 0;
	for (off = 0; off < size;) {
		const struct mqtt_port_hdr *hdr = (const void *)(written + off);

		assert_true(size - off >= sizeof(*hdr));
		assert_true(hdr->len >= sizeof(*hdr));
		assert_true(nr_records < RECORDS);
		records[nr_records++] = hdr;
		off += MQTT_PORT_ALIGN(hdr->len);
		assert_true(off <= size);
	}
}

static const uint8_t *packets(const struct mqtt_port_hdr *hdr, uint32_t *len)
{
	uint32_t head = sizeof(*hdr) + 4 * (hdr->nr_groups + hdr->nr_conns +
					    (uint32_t)hdr->nr_sub_ids);

	*len = hdr->len - head;
	return (const uint8_t *)hdr + head;
}

/* All packets, whole and in the order in which they went in. */
static void check_packets(void)
{
	size_t off = 0;
	unsigned int i;

	for (i = 0; i < nr_records; i++) {
		uint32_t len, rest, remaining;
		const uint8_t *p;

		if (records[i]->type != MQTT_PORT_PACKET_OUT)
			continue;
		p = packets(records[i], &len);
		assert_true(len <= sent_len - off);
		assert_memory_equal(p, sent + off, len);
		off += len;
		for (rest = len; rest; rest -= remaining) {
			int hlen = packet_header(p + len - rest, rest,
						 &remaining);

			assert_true(hlen > 0);
			remaining += hlen;
			assert_true(remaining <= rest);
		}
	}
	assert_int_equal(off, sent_len);
}

static void test_same_receivers(void **state)
{
	struct mqtt_port_hdr want = {
		.type = MQTT_PORT_PACKET_OUT,
		.conn = 5,
		.nr_groups = 3,
	};

	(void)state;
	out(&to_groups, 'a', 10);
	out(&to_groups, 'b', 3);
	out(&to_groups, 'c', 200);
	want.len = sizeof(want) + sizeof(groups) + sent_len;
	read_records();
	assert_int_equal(nr_records, 1);
	assert_memory_equal(records[0], &want, sizeof(want));
	assert_memory_equal(records[0] + 1, groups, sizeof(groups));
	check_packets();
}

/* Each is like the first but for one thing, and comes after one like the first. */
static void test_other_receivers(void **state)
{
	static const uint32_t other_groups[] = { 7, 8, 10 };
	static const uint32_t other_conns[] = { 21, 23 };
	struct subids *ids = subids_new(4);
	struct subids *other_ids = subids_new(5);
	const struct port_out to_conns = {
		.conn = 5, .conns = conns, .nr_conns = 2, .ids = ids,
	};
	struct port_out others[10];
	unsigned int i, n = 0;

	(void)state;
	others[n] = to_groups;
	others[n++].conn = 6;
	others[n] = to_groups;
	others[n++].qos0 = true;
	others[n] = to_groups;
	others[n++].v5 = true;
	others[n] = to_groups;
	others[n++].groups = other_groups;
	others[n] = to_groups;
	others[n++].nr_groups = 2;
	others[n] = to_conns;
	others[n++].conns = other_conns;
	others[n] = to_conns;
	others[n++].nr_conns = 1;
	others[n] = to_conns;
	others[n++].ids = NULL;
	others[n] = to_conns;
	others[n++].ids = other_ids;
	for (i = 0; i < n; i++) {
		out(others[i].nr_groups ? &to_groups : &to_conns, 'a', 20);
		out(&others[i], 'b', 20);
	}
	out(&to_groups, 'c', 20);
	read_records();
	assert_int_equal(nr_records, 2 * n + 1);
	check_packets();
	subids_put(ids);
	subids_put(other_ids);
}

/* Each with a lifetime of its own. */
static void test_expiring(void **state)
{
	struct port_out to = to_groups;

	(void)state;
	to.expires = true;
	out(&to, 'a', 20);
	out(&to, 'b', 20);
	out(&to_groups, 'c', 20);
	out(&to, 'd', 20);
	read_records();
	assert_int_equal(nr_records, 4);
	check_packets();
}

static void test_retain(void **state)
{
	struct port_out to = { .conns = conns, .nr_conns = 2 };
	const uint8_t *p;
	uint32_t len;

	(void)state;
	out(&to, 'a', 20);
	to.retain = true;
	out(&to, 'b', 20);
	read_records();
	assert_int_equal(nr_records, 1);
	p = packets(records[0], &len);
	assert_int_equal(p[0], PUBLISH);
	assert_int_equal(p[len / 2], PUBLISH | PUBLISH_RETAIN);
}

/* An acknowledgment keeps its place among the packets. */
static void test_gate_ack(void **state)
{
	(void)state;
	out(&to_groups, 'a', 20);
	port_gate_ack(5, 77);
	out(&to_groups, 'b', 20);
	read_records();
	assert_int_equal(nr_records, 3);
	assert_int_equal(records[1]->type, MQTT_PORT_GATE_ACK);
	assert_int_equal(records[1]->conn, 5);
	assert_int_equal(records[1]->seq, 77);
	check_packets();
}

static void test_flushed(void **state)
{
	(void)state;
	out(&to_groups, 'a', 20);
	port_flush();
	out(&to_groups, 'b', 20);
	read_records();
	assert_int_equal(nr_records, 2);
	check_packets();
}

/* The bound of a record holds whether packets come alone or together. */
static void test_long(void **state)
{
	uint32_t len, last = RECORD_MAX;
	unsigned int i;

	(void)state;
	for (i = 0; i < 100; i++)
		out(&to_groups, 'a' + i % 26, 990);
	packet('x', 15000);
	packet('y', 15000);
	packet('z', 15000);
	port_packets_out(&to_groups, sent + sent_len - 3 * 15006, 3 * 15006);
	/* longer than any record of several may be */
	out(&to_groups, 'l', 50000);
	read_records();
	for (i = 0; i < nr_records; i++) {
		packets(records[i], &len);
		/* no more records than it takes */
		assert_true(len + last > RECORD_MAX);
		last = len;
		if (i + 1 < nr_records)
			assert_true(len <= RECORD_MAX);
	}
	assert_in_range(last, 50000, 50010);
	check_packets();
}

/* What has gathered is written before it is more than its bound. */
static void test_early(void **state)
{
	size_t size = 0;

	(void)state;
	while (!size) {
		assert_true(sent_len < 2 * FLUSH_MAX);
		out(&to_groups, 'a', 990);
		size = file_size();
	}
	assert_in_range(size, FLUSH_MAX - RECORD_MAX - 100, FLUSH_MAX);
	read_records();
	check_packets();
}

#define CASE(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_same_receivers),
		CASE(test_other_receivers),
		CASE(test_expiring),
		CASE(test_retain),
		CASE(test_gate_ack),
		CASE(test_flushed),
		CASE(test_long),
		CASE(test_early),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
