// SPDX-License-Identifier: GPL-2.0
/* Netlink messages built and parsed from the attribute tables of tools/lib. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/genetlink.h>

#include "mqtt_msg.h"

#define FAMILY	0x17

static const struct mqtt_attr_set *const sets[] = {
	&mqtt_owner_set, &mqtt_conn_set, &mqtt_flow_set, &mqtt_group_set,
	&mqtt_member_set, &mqtt_limits_set, &mqtt_stats_set, &mqtt_event_set,
};

#define NR_SETS	(sizeof(sets) / sizeof(sets[0]))

/* A conn can hold any object: it is the largest of them. */
union object {
	struct mqtt_owner owner;
	struct mqtt_conn conn;
	struct mqtt_flow flow;
	struct mqtt_group group;
	struct mqtt_member member;
	struct mqtt_limits limits;
	struct mqtt_stats stats;
	struct mqtt_event_msg event;
};

static const char *attrs_of(const struct mqtt_buf *buf)
{
	return buf->data + NLMSG_HDRLEN + GENL_HDRLEN;
}

static size_t attrs_len(const struct mqtt_buf *buf)
{
	return buf->len - NLMSG_HDRLEN - GENL_HDRLEN;
}

static void build(struct mqtt_buf *buf, uint8_t cmd, const void *obj)
{
	long start = mqtt_msg_begin(buf, FAMILY, cmd, NLM_F_ACK, 7);

	assert_true(start >= 0);
	assert_int_equal(mqtt_msg_put(buf, mqtt_cmd_set(cmd), obj, ~0ULL), 0);
	mqtt_msg_end(buf, start);
}

/* Every attribute has a table entry with its type's size, or is the padding. */
static void tables_are_complete(void **state)
{
	static const size_t sizes[] = {
		[MQTT_ATTR_U8] = 1, [MQTT_ATTR_U16] = 2, [MQTT_ATTR_U32] = 4, [MQTT_ATTR_U64] = 8,
		[MQTT_ATTR_BINARY] = sizeof(struct mqtt_blob),
		[MQTT_ATTR_NESTS] = sizeof(struct mqtt_members),
	};

	(void)state;
	for (size_t s = 0; s < NR_SETS; s++) {
		unsigned int unnamed = 0;

		assert_true(sets[s]->size <= sizeof(union object));
		for (unsigned int i = 1; i <= sets[s]->max; i++) {
			const struct mqtt_attr *a = &sets[s]->attr[i];

			if (!a->name) {
				unnamed++;
				continue;
			}
			assert_int_equal(mqtt_attr_find(sets[s], a->name), i);
			assert_true(a->offset >= sizeof(uint64_t));
			assert_true(a->offset + a->size <= sets[s]->size);
			if (a->type < sizeof(sizes) / sizeof(sizes[0]) && sizes[a->type])
				assert_int_equal(a->size, sizes[a->type]);
		}
		assert_true(unnamed <= 1);
	}
	for (unsigned int cmd = 1; cmd <= MQTT_CMD_MAX; cmd++) {
		assert_non_null(mqtt_cmd_set(cmd));
		assert_string_not_equal(mqtt_cmd_name(cmd), "unknown");
	}
	assert_null(mqtt_cmd_set(MQTT_CMD_MAX + 1));
	assert_string_equal(mqtt_cmd_name(255), "unknown");
	assert_int_equal(mqtt_attr_find(&mqtt_limits_set, "nonsense"), 0);
}

static void integers_keep_their_range(void **state)
{
	struct mqtt_limits limits = { 0 };
	const struct mqtt_attr *u8 = &mqtt_limits_set.attr[MQTT_A_LIMITS_PINGRESP];
	const struct mqtt_attr *u32 = &mqtt_limits_set.attr[MQTT_A_LIMITS_CONNS_MAX];
	const struct mqtt_attr *u64 = &mqtt_limits_set.attr[MQTT_A_LIMITS_TX_TOTAL_MAX];

	(void)state;
	assert_int_equal(mqtt_attr_set_number(u8, &limits, 255), 0);
	assert_int_equal(mqtt_attr_set_number(u8, &limits, 256), -ERANGE);
	assert_int_equal(mqtt_attr_set_number(u32, &limits, UINT32_MAX), 0);
	assert_int_equal(mqtt_attr_set_number(u32, &limits, 1ULL << 32), -ERANGE);
	assert_int_equal(mqtt_attr_set_number(u64, &limits, UINT64_MAX), 0);
	assert_int_equal(limits.pingresp, 255);
	assert_int_equal(limits.conns_max, UINT32_MAX);
	assert_true(mqtt_attr_number(u64, &limits) == UINT64_MAX);
	assert_int_equal(mqtt_attr_set_number(&mqtt_flow_set.attr[MQTT_A_FLOW_TOPIC], &limits, 1),
			 -EINVAL);
}

static void a_flow_survives_the_way(void **state)
{
	const uint32_t groups[] = { 1, 2, 0x7fffffff };
	struct mqtt_member merged[300];
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_ACL_CLASS) | MQTT_BIT(MQTT_A_FLOW_TOPIC) |
			MQTT_BIT(MQTT_A_FLOW_TABLE_GEN) | MQTT_BIT(MQTT_A_FLOW_GROUPS) |
			MQTT_BIT(MQTT_A_FLOW_MERGED) | MQTT_BIT(MQTT_A_FLOW_HITS),
		.acl_class = 9, .table_gen = 77, .hits = 1ULL << 40, .bytes = 5,
		.topic = { "a/b/c", 5 }, .groups = { groups, sizeof(groups) },
		.merged = { merged, 300 },
	};
	struct mqtt_buf buf = { 0 }, members = { 0 };
	struct mqtt_flow got;

	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		merged[i] = (struct mqtt_member){
			.present = MQTT_BIT(MQTT_A_MEMBER_CONN) | MQTT_BIT(MQTT_A_MEMBER_QOS),
			.conn = i + 1, .qos = i % 3,
		};
	build(&buf, MQTT_CMD_FLOW_ADD, &flow);
	assert_int_equal(((struct nlmsghdr *)buf.data)->nlmsg_len, buf.len);
	assert_int_equal(buf.len % 4, 0);
	assert_int_equal(mqtt_msg_parse(&mqtt_flow_set, attrs_of(&buf), attrs_len(&buf), &got,
					&members), 0);
	assert_true(got.present == flow.present);
	assert_int_equal(got.acl_class, 9);
	assert_int_equal(got.table_gen, 77);
	assert_true(got.hits == 1ULL << 40);
	/* Not marked as present, so not sent. */
	assert_int_equal(got.bytes, 0);
	assert_int_equal(got.topic.len, 5);
	assert_memory_equal(got.topic.data, "a/b/c", 5);
	assert_int_equal(got.groups.len, sizeof(groups));
	assert_memory_equal(got.groups.data, groups, sizeof(groups));
	assert_int_equal(got.merged.nr, 300);
	for (unsigned int i = 0; i < 300; i++) {
		assert_int_equal(got.merged.v[i].conn, i + 1);
		assert_int_equal(got.merged.v[i].qos, i % 3);
		assert_false(MQTT_HAS(&got.merged.v[i], MQTT_A_MEMBER_FLAGS));
	}
	free(buf.data);
	free(members.data);
}

static void a_nest_survives_the_way(void **state)
{
	struct mqtt_owner owner = {
		.present = MQTT_BIT(MQTT_A_OWNER_VERSION) | MQTT_BIT(MQTT_A_OWNER_LIMITS) |
			MQTT_BIT(MQTT_A_OWNER_PORT_FD),
		.version = "1.2.3", .port_fd = 5,
		.limits = { .present = MQTT_BIT(MQTT_A_LIMITS_PINGRESP), .pingresp = 1 },
	};
	struct mqtt_buf buf = { 0 };
	struct mqtt_owner got;

	(void)state;
	build(&buf, MQTT_CMD_REGISTER, &owner);
	assert_int_equal(mqtt_msg_parse(&mqtt_owner_set, attrs_of(&buf), attrs_len(&buf), &got,
					NULL), 0);
	assert_string_equal(got.version, "1.2.3");
	assert_int_equal(got.port_fd, 5);
	assert_int_equal(got.limits.pingresp, 1);
	assert_true(got.limits.present == owner.limits.present);
	free(buf.data);
}

static void a_value_can_be_too_long(void **state)
{
	char *text = calloc(1, 65536);
	struct mqtt_group group = {
		.present = MQTT_BIT(MQTT_A_GROUP_FILTER), .filter = { text, 65531 },
	};
	struct mqtt_buf buf = { 0 };

	(void)state;
	assert_true(mqtt_msg_begin(&buf, FAMILY, MQTT_CMD_GROUP_ADD, 0, 0) >= 0);
	assert_int_equal(mqtt_msg_put(&buf, &mqtt_group_set, &group, ~0ULL), 0);
	group.filter.len = 65532;
	assert_int_equal(mqtt_msg_put(&buf, &mqtt_group_set, &group, ~0ULL), -EMSGSIZE);
	/* A bit that stands for no attribute. */
	group.present = MQTT_BIT(50);
	assert_int_equal(mqtt_msg_put(&buf, &mqtt_group_set, &group, ~0ULL), -EINVAL);
	free(buf.data);
	free(text);
}

/* An answer may be cut or hold anything: it must be refused or read within its bounds. */
static void bad_answers_do_no_harm(void **state)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_COOKIE) |
			MQTT_BIT(MQTT_A_CONN_ADDRESS) | MQTT_BIT(MQTT_A_CONN_GATE),
		.id = 1, .cookie = { "cookie", 6 }, .address = { "\x7f\0\0\1", 4 },
	};
	struct mqtt_buf buf = { 0 }, members = { 0 };
	unsigned int seed = 20261122;
	union object got;
	size_t len;

	(void)state;
	build(&buf, MQTT_CMD_CONN_ADD, &conn);
	len = attrs_len(&buf);
	for (unsigned int round = 0; round < 200000; round++) {
		size_t cut = (unsigned int)rand_r(&seed) % (len + 1);
		/* Of exactly this size, so that reading past it is seen. */
		char *copy = malloc(cut ? cut : 1);

		memcpy(copy, attrs_of(&buf), cut);
		for (unsigned int n = rand_r(&seed) % 4; cut && n; n--)
			copy[(unsigned int)rand_r(&seed) % cut] = rand_r(&seed);
		mqtt_msg_parse(sets[round % NR_SETS], copy, cut, &got, &members);
		free(copy);
	}
	/* Cut in the middle of an attribute. */
	assert_int_equal(mqtt_msg_parse(&mqtt_conn_set, attrs_of(&buf), 7, &got, NULL), -EBADMSG);
	free(buf.data);
	free(members.data);
}

static void an_unknown_attribute_is_skipped(void **state)
{
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_ID), .id = 3 };
	struct mqtt_buf buf = { 0 };
	struct mqtt_member member;

	(void)state;
	build(&buf, MQTT_CMD_CONN_DEL, &conn);
	((struct nlattr *)attrs_of(&buf))->nla_type = MQTT_A_MEMBER_MAX + 1;
	assert_int_equal(mqtt_msg_parse(&mqtt_member_set, attrs_of(&buf), attrs_len(&buf), &member,
					NULL), 0);
	assert_true(member.present == 0);
	free(buf.data);
}

/* What a refusal of the kernel looks like, and the words made of it. */
static void errors_are_put_into_words(void **state)
{
	const struct mqtt_limits limits = {
		.present = MQTT_BIT(MQTT_A_LIMITS_CONNS_MAX) | MQTT_BIT(MQTT_A_LIMITS_TOPIC_MAX),
		.topic_max = 5000,
	};
	struct {
		struct nlmsghdr msg;
		struct nlmsgerr err;
		struct nlattr text_attr;
		char text[20];
		struct nlattr offset_attr;
		uint32_t offset;
	} answer = {
		.msg = { .nlmsg_len = sizeof(answer), .nlmsg_type = NLMSG_ERROR,
			 .nlmsg_flags = NLM_F_ACK_TLVS | NLM_F_CAPPED },
		.err = { .error = -ERANGE },
		.text_attr = { NLA_HDRLEN + 20, NLMSGERR_ATTR_MSG },
		.text = "integer out of rang",
		.offset_attr = { NLA_HDRLEN + 4, NLMSGERR_ATTR_OFFS },
		/* The second attribute of the request. */
		.offset = NLMSG_HDRLEN + GENL_HDRLEN + 8,
	};
	struct mqtt_buf buf = { 0 };
	char text[100];

	(void)state;
	build(&buf, MQTT_CMD_LIMITS_SET, &limits);
	mqtt_msg_describe(&answer.msg, (struct nlmsghdr *)buf.data, text, sizeof(text));
	assert_string_equal(text, "integer out of rang: attribute topic_max");
	mqtt_msg_describe(&answer.msg, NULL, text, sizeof(text));
	assert_string_equal(text, "integer out of rang");
	answer.offset = 4000;
	mqtt_msg_describe(&answer.msg, (struct nlmsghdr *)buf.data, text, sizeof(text));
	assert_string_equal(text, "integer out of rang");
	answer.offset_attr.nla_type = NLMSGERR_ATTR_MISS_TYPE;
	answer.offset = MQTT_A_LIMITS_FAST_MAX;
	mqtt_msg_describe(&answer.msg, (struct nlmsghdr *)buf.data, text, sizeof(text));
	assert_string_equal(text, "integer out of rang: missing attribute fast_max");
	mqtt_msg_describe(&answer.msg, (struct nlmsghdr *)buf.data, text, 10);
	assert_string_equal(text, "integer o");
	answer.msg.nlmsg_flags = 0;
	mqtt_msg_describe(&answer.msg, (struct nlmsghdr *)buf.data, text, sizeof(text));
	assert_string_equal(text, "");
	/* Not capped: the request is repeated, and claims to be longer than the answer. */
	answer.msg.nlmsg_flags = NLM_F_ACK_TLVS;
	answer.err.msg.nlmsg_len = 100000;
	mqtt_msg_describe(&answer.msg, (struct nlmsghdr *)buf.data, text, sizeof(text));
	assert_string_equal(text, "");
	free(buf.data);
}

static void nested_attributes_have_a_path(void **state)
{
	struct mqtt_member merged = {
		.present = MQTT_BIT(MQTT_A_MEMBER_CONN) | MQTT_BIT(MQTT_A_MEMBER_QOS),
	};
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_ACL_CLASS) | MQTT_BIT(MQTT_A_FLOW_MERGED),
		.merged = { &merged, 1 },
	};
	struct mqtt_buf buf = { 0 };
	char path[40];

	(void)state;
	build(&buf, MQTT_CMD_FLOW_ADD, &flow);
	/* Headers, acl_class, the nest's header, conn. */
	mqtt_msg_attr_path((struct nlmsghdr *)buf.data, 20 + 8 + 4 + 8, path, sizeof(path));
	assert_string_equal(path, "merged.qos");
	mqtt_msg_attr_path((struct nlmsghdr *)buf.data, 20 + 8, path, sizeof(path));
	assert_string_equal(path, "merged");
	mqtt_msg_attr_path((struct nlmsghdr *)buf.data, 3, path, sizeof(path));
	assert_string_equal(path, "");
	mqtt_msg_attr_path((struct nlmsghdr *)buf.data, 20 + 8 + 4 + 8, path, 8);
	assert_string_equal(path, "merged.");
	free(buf.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_complete),
		cmocka_unit_test(integers_keep_their_range),
		cmocka_unit_test(a_flow_survives_the_way),
		cmocka_unit_test(a_nest_survives_the_way),
		cmocka_unit_test(a_value_can_be_too_long),
		cmocka_unit_test(bad_answers_do_no_harm),
		cmocka_unit_test(an_unknown_attribute_is_skipped),
		cmocka_unit_test(errors_are_put_into_words),
		cmocka_unit_test(nested_attributes_have_a_path),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
