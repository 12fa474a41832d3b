// SPDX-License-Identifier: GPL-2.0
/* Flows, groups, members and limits through netlink. */
#include "lib_test.h"

FIXTURE(tables) {
	struct world w;
};

FIXTURE_SETUP(tables)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(tables)
{
	world_close(&self->w);
}

static struct mqtt_blob blob(const char *s)
{
	return (struct mqtt_blob) { s, strlen(s) };
}

static struct mqtt_flow flow_of(const char *topic, const uint32_t *groups, unsigned int nr)
{
	return (struct mqtt_flow) {
		.present = MQTT_BIT(MQTT_A_FLOW_TOPIC) | MQTT_BIT(MQTT_A_FLOW_GROUPS),
		.topic = blob(topic),
		.groups = { groups, nr * sizeof(*groups) },
	};
}

#define EXPECT_TEXT(text)							\
	EXPECT_NE(NULL, strstr(mqtt_nl_error(self->w.nl), text))		\
		TH_LOG("the text is: %s", mqtt_nl_error(self->w.nl))

TEST_F(tables, flow_refusals)
{
	uint32_t groups[2] = { world_group(&self->w, "a"), 0 };
	static char longest[257];
	struct mqtt_flow f;

	groups[1] = 99;
	f = flow_of("t", groups, 1);
	EXPECT_EQ(0, world_try_flow(&self->w, &f, 0));
	EXPECT_EQ(-EEXIST, world_try_flow(&self->w, &f, 0));
	EXPECT_TEXT("flow exists");
	EXPECT_EQ(0, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
	EXPECT_EQ(0, world_try_flow(&self->w, &f, MQTT_NL_REPLACE | MQTT_NL_CREATE));
	f.topic = blob("u");
	EXPECT_EQ(-ENOENT, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
	EXPECT_EQ(0, world_try_flow(&self->w, &f, MQTT_NL_REPLACE | MQTT_NL_CREATE));
	EXPECT_EQ(2, world_stats(&self->w).flows);

	f = flow_of("v", groups, 2);
	EXPECT_EQ(-ENOENT, world_try_flow(&self->w, &f, 0));
	EXPECT_TEXT("group that does not exist");
	f = flow_of("v", groups, 1);
	f.table_gen = self->w.gen - 1;
	f.present |= MQTT_BIT(MQTT_A_FLOW_TABLE_GEN);
	EXPECT_EQ(-ESTALE, world_try_flow(&self->w, &f, 0));
	EXPECT_TEXT("older table generation");
	f.table_gen = self->w.gen + 1;
	EXPECT_EQ(-ESTALE, world_try_flow(&self->w, &f, 0));
	f.topic = blob("t");
	f.table_gen = self->w.gen - 1;
	EXPECT_EQ(-ESTALE, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));

	f = flow_of("", NULL, 0);
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, 0));
	f = flow_of("a/+", NULL, 0);
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, 0));
	EXPECT_TEXT("not a valid topic name");
	f = flow_of("#", NULL, 0);
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, 0));
	f = flow_of("\xc0\x80", NULL, 0);
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, 0));
	f.topic = (struct mqtt_blob) { "a\0b", 3 };
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, 0));
	memset(longest, 'x', 257);
	f.topic = (struct mqtt_blob) { longest, 257 };
	EXPECT_EQ(-EMSGSIZE, world_try_flow(&self->w, &f, 0));
	EXPECT_TEXT("topic_max");
	f.topic.len = 256;
	EXPECT_EQ(0, world_try_flow(&self->w, &f, 0));
	f = flow_of("v", groups, 1);
	f.groups.len = 3;
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, 0));
	f = flow_of("v", NULL, 0);
	f.present |= MQTT_BIT(MQTT_A_FLOW_FLAGS);
	f.flags = 0x80;
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, 0));

	EXPECT_EQ(-ENOENT, mqtt_nl_flow_del(self->w.nl, 1, blob("t")));
	EXPECT_EQ(-ENOENT, mqtt_nl_flow_del(self->w.nl, 0, blob("tt")));
	EXPECT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, blob("t")));
	EXPECT_EQ(-ENOENT, mqtt_nl_flow_del(self->w.nl, 0, blob("t")));
	EXPECT_EQ(2, world_stats(&self->w).flows);
}

TEST_F(tables, replaced_flow_keeps_what_it_has_seen)
{
	struct mqtt_flow f, before, after;
	struct tcp pub, a, b;
	struct buf p = {};
	uint32_t ga, gb;

	world_client(&self->w, &pub);
	ga = world_group(&self->w, "a");
	gb = world_group(&self->w, "b");
	world_member(&self->w, ga, world_client(&self->w, &a), 0, 0);
	world_member(&self->w, gb, world_client(&self->w, &b), 0, 0);
	world_flow(&self->w, "t", ga);
	buf_publish(&p, "t", 20, 1);
	sock_send(pub.c, p.p, p.len);
	sock_expect(a.c, p.p, p.len);
	ASSERT_EQ(0, mqtt_nl_flow_get(self->w.nl, 0, blob("t"), &before));
	EXPECT_EQ(1, before.hits);
	EXPECT_EQ(p.len, before.bytes);
	ASSERT_EQ(4, before.groups.len);
	EXPECT_EQ(ga, *(const uint32_t *)before.groups.data);
	f = flow_of("t", &gb, 1);
	ASSERT_EQ(0, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
	sock_send(pub.c, p.p, p.len);
	sock_expect(b.c, p.p, p.len);
	world_fence(&self->w, &pub);
	world_expect(&a, NULL, 0);
	ASSERT_EQ(0, mqtt_nl_flow_get(self->w.nl, 0, blob("t"), &after));
	EXPECT_EQ(before.id, after.id);
	EXPECT_EQ(2, after.hits);
	EXPECT_EQ(2 * p.len, after.bytes);
	EXPECT_EQ(-EBUSY, mqtt_nl_group_del(self->w.nl, gb));
	EXPECT_TEXT("flows still name the group");
	EXPECT_EQ(0, mqtt_nl_group_del(self->w.nl, ga));
	EXPECT_EQ(1, world_stats(&self->w).members);
	self->w.gen++;
	EXPECT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, blob("t")));
	EXPECT_EQ(0, mqtt_nl_group_del(self->w.nl, gb));
	EXPECT_EQ(0, world_stats(&self->w).members);
	/* What was queued before stays; what comes now is a miss. */
	sock_send(pub.c, p.p, p.len);
	sock_expect(pub.s, p.p, p.len);
}

TEST_F(tables, groups)
{
	struct mqtt_group g;
	struct mqtt_flow f;
	uint32_t id = world_group(&self->w, "a/#");

	EXPECT_EQ(-EEXIST, mqtt_nl_group_add(self->w.nl, id, blob("b"), 0));
	EXPECT_EQ(-EINVAL, mqtt_nl_group_add(self->w.nl, id + 1, blob(""), 0));
	EXPECT_EQ(-ERANGE, mqtt_nl_group_add(self->w.nl, 0, blob("b"), 0));
	EXPECT_EQ(-ERANGE, mqtt_nl_group_add(self->w.nl, 0x80000000, blob("b"), 0));
	EXPECT_EQ(-ENOENT, mqtt_nl_group_del(self->w.nl, id + 1));
	ASSERT_EQ(0, mqtt_nl_group_get(self->w.nl, id, &g));
	EXPECT_EQ(self->w.gen, g.table_gen);
	EXPECT_EQ(0, mqtt_nl_group_add(self->w.nl, 0x7fffffff, blob("b"), 0));
	ASSERT_EQ(0, mqtt_nl_group_get(self->w.nl, id, &g));
	EXPECT_EQ(++self->w.gen, g.table_gen);
	f = flow_of("a/x", &id, 1);
	EXPECT_EQ(0, world_try_flow(&self->w, &f, 0));
	ASSERT_EQ(0, mqtt_nl_group_get(self->w.nl, id, &g));
	EXPECT_EQ(1, g.flows);
	EXPECT_EQ(0, g.members);
	ASSERT_EQ(3, g.filter.len);
	EXPECT_EQ(0, memcmp("a/#", g.filter.data, 3));
	EXPECT_EQ(0, mqtt_nl_group_del(self->w.nl, 0x7fffffff));
	ASSERT_EQ(0, mqtt_nl_group_get(self->w.nl, id, &g));
	EXPECT_EQ(self->w.gen + 1, g.table_gen);
	EXPECT_EQ(1, world_stats(&self->w).groups);
}

TEST_F(tables, members)
{
	struct mqtt_member m = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN) |
			   MQTT_BIT(MQTT_A_MEMBER_QOS) | MQTT_BIT(MQTT_A_MEMBER_FLAGS),
	};
	struct tcp t;

	m.conn = world_client(&self->w, &t);
	m.group = world_group(&self->w, "a");
	EXPECT_EQ(0, mqtt_nl_member_add(self->w.nl, &m, 0));
	EXPECT_EQ(-EEXIST, mqtt_nl_member_add(self->w.nl, &m, 0));
	EXPECT_TEXT("member exists");
	m.qos = 2;
	EXPECT_EQ(0, mqtt_nl_member_add(self->w.nl, &m, MQTT_NL_REPLACE));
	EXPECT_EQ(1, world_stats(&self->w).members);
	EXPECT_EQ(1, world_conn(&self->w, m.conn).members);
	m.qos = 3;
	EXPECT_EQ(-ERANGE, mqtt_nl_member_add(self->w.nl, &m, MQTT_NL_REPLACE));
	m.qos = 0;
	m.flags = 0x100;
	EXPECT_EQ(-EINVAL, mqtt_nl_member_add(self->w.nl, &m, MQTT_NL_REPLACE));
	m.flags = 0;
	m.group++;
	EXPECT_EQ(-ENOENT, mqtt_nl_member_add(self->w.nl, &m, 0));
	m.group--;
	m.conn++;
	EXPECT_EQ(-ENOENT, mqtt_nl_member_add(self->w.nl, &m, 0));
	EXPECT_EQ(-ENOENT, mqtt_nl_member_del(self->w.nl, m.group, m.conn));
	m.conn = MQTT_CONN_PORT;
	EXPECT_EQ(-ENOENT, mqtt_nl_member_del(self->w.nl, m.group, m.conn));
	EXPECT_EQ(0, mqtt_nl_member_add(self->w.nl, &m, 0));
	m.flags = MQTT_MEMBER_F_OVERLAP;
	EXPECT_EQ(-EINVAL, mqtt_nl_member_add(self->w.nl, &m, MQTT_NL_REPLACE));
	EXPECT_EQ(2, world_stats(&self->w).members);
	/* An ended conn joins nothing. */
	m.flags = 0;
	m.conn = 1;
	EXPECT_EQ(0, mqtt_nl_conn_del(self->w.nl, 1));
	EXPECT_EQ(1, world_stats(&self->w).members);
	EXPECT_EQ(-ENOENT, mqtt_nl_member_add(self->w.nl, &m, 0));
	tcp_close(&t);
}

TEST_F(tables, merged_members_get_one_copy)
{
	struct mqtt_member merged[2] = {
		{
			.present = MQTT_BIT(MQTT_A_MEMBER_CONN) | MQTT_BIT(MQTT_A_MEMBER_QOS),
			.qos = 1,
		}, {
			.present = MQTT_BIT(MQTT_A_MEMBER_CONN),
			.conn = 4711,		/* gone */
		},
	};
	struct tcp pub, both, plain;
	uint32_t groups[2], id;
	struct mqtt_flow f, got;
	struct buf p = {};

	world_client(&self->w, &pub);
	id = world_client(&self->w, &both);
	groups[0] = world_group(&self->w, "a/#");
	groups[1] = world_group(&self->w, "a/+");
	world_member(&self->w, groups[0], id, 0, MQTT_MEMBER_F_OVERLAP);
	world_member(&self->w, groups[1], id, 1, MQTT_MEMBER_F_OVERLAP);
	world_member(&self->w, groups[1], world_client(&self->w, &plain), 0, 0);
	/* Without a merged member OVERLAP means nothing. */
	f = flow_of("a/1", groups, 1);
	ASSERT_EQ(0, world_try_flow(&self->w, &f, 0));
	merged[0].conn = id;
	f = flow_of("a/2", groups, 2);
	f.present |= MQTT_BIT(MQTT_A_FLOW_MERGED);
	f.merged = (struct mqtt_members) { merged, 2 };
	ASSERT_EQ(0, world_try_flow(&self->w, &f, 0));
	ASSERT_EQ(0, mqtt_nl_flow_get(self->w.nl, 0, blob("a/2"), &got));
	ASSERT_EQ(2, got.merged.nr);
	EXPECT_EQ(8, got.groups.len);

	buf_publish(&p, "a/1", 10, 1);
	sock_send(pub.c, p.p, p.len);
	world_fence(&self->w, &pub);
	world_expect(&both, p.p, p.len);
	world_expect(&plain, NULL, 0);
	p.len = 0;
	buf_publish(&p, "a/2", 10, 1);
	sock_send(pub.c, p.p, p.len);
	world_fence(&self->w, &pub);
	world_expect(&both, p.p, p.len);
	world_expect(&plain, p.p, p.len);
	/* A merged member without OVERLAP in its groups gets more. */
	merged[1].conn = 3;
	ASSERT_EQ(0, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
	sock_send(pub.c, p.p, p.len);
	buf_publish(&p, "a/2", 10, 1);
	world_fence(&self->w, &pub);
	world_expect(&plain, p.p, p.len);
	world_expect(&both, p.p, p.len / 2);
	/* A closed one is passed over. */
	tcp_close(&both);
	sock_send(pub.c, p.p, p.len / 2);
	world_fence(&self->w, &pub);
	world_expect(&plain, p.p, p.len);

	merged[0].present = MQTT_BIT(MQTT_A_MEMBER_CONN) | MQTT_BIT(MQTT_A_MEMBER_GROUP);
	merged[0].group = 1;
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
	merged[0].present = MQTT_BIT(MQTT_A_MEMBER_QOS);
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
	merged[0].present = MQTT_BIT(MQTT_A_MEMBER_CONN);
	merged[0].conn = 0;
	EXPECT_EQ(-EINVAL, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
}

TEST_F(tables, barrier)
{
	struct buf p = {};
	struct tcp pub, sub;
	uint32_t id, group;
	int i;

	world_client(&self->w, &pub);
	id = world_client(&self->w, &sub);
	group = world_subscribe(&self->w, "t", id);
	buf_publish(&p, "t", 100, 1);
	for (i = 0; i < 50; i++) {
		uint64_t before, after;

		sock_send(pub.c, p.p, p.len);
		if (random_below(2))
			usleep(random_below(2000));
		ASSERT_EQ(0, mqtt_nl_member_del(self->w.nl, group, id));
		ASSERT_EQ(0, mqtt_nl_barrier(self->w.nl));
		before = world_conn(&self->w, id).deliver_fast;
		world_fence(&self->w, &pub);
		after = world_conn(&self->w, id).deliver_fast;
		EXPECT_EQ(before, after);
		world_member(&self->w, group, id, 0, 0);
	}
	EXPECT_EQ(50, world_stats(&self->w).publish_fast);
}

static int count_objects(const void *obj, void *arg)
{
	(void)obj;
	++*(unsigned int *)arg;
	return 0;
}

TEST_F(tables, dumps_are_complete)
{
	const unsigned int nr = scale(1500, 20000);
	struct mqtt_nl_batch *batch = mqtt_nl_batch_new(self->w.nl);
	uint32_t groups[3] = { 1, 2, 3 };
	unsigned int i, n;
	char name[128];
	struct tcp t[20];

	for (i = 1; i <= nr; i++) {
		snprintf(name, sizeof(name), "group/%064u", i);
		mqtt_nl_batch_group_add(batch, i, blob(name), 0);
	}
	ASSERT_EQ(0, mqtt_nl_batch_commit(batch));
	mqtt_nl_batch_reset(batch);
	self->w.gen += nr;
	for (i = 0; i < nr; i++) {
		struct mqtt_member m = {
			.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN),
			.group = i + 1,
		};
		struct mqtt_flow f = flow_of(name, groups, 3);

		f.topic.len = snprintf(name, sizeof(name), "topic/%064u", i);
		f.present |= MQTT_BIT(MQTT_A_FLOW_TABLE_GEN);
		f.table_gen = self->w.gen;
		mqtt_nl_batch_flow_add(batch, &f, 0);
		mqtt_nl_batch_member_add(batch, &m, 0);
	}
	ASSERT_EQ(0, mqtt_nl_batch_commit(batch)) TH_LOG("%s", mqtt_nl_error(self->w.nl));
	mqtt_nl_batch_free(batch);
	for (i = 0; i < 20; i++)
		world_member(&self->w, 1, world_client(&self->w, &t[i]), 0, 0);

	n = 0;
	EXPECT_EQ(0, mqtt_nl_group_dump(self->w.nl, count_objects, &n));
	EXPECT_EQ(nr, n);
	n = 0;
	EXPECT_EQ(0, mqtt_nl_flow_dump(self->w.nl, count_objects, &n));
	EXPECT_EQ(nr, n);
	n = 0;
	EXPECT_EQ(0, mqtt_nl_member_dump(self->w.nl, 0, count_objects, &n));
	EXPECT_EQ(nr + 20, n);
	n = 0;
	EXPECT_EQ(0, mqtt_nl_member_dump(self->w.nl, 1, count_objects, &n));
	EXPECT_EQ(21, n);
	n = 0;
	EXPECT_EQ(0, mqtt_nl_conn_dump(self->w.nl, count_objects, &n));
	EXPECT_EQ(20, n);
	EXPECT_EQ(nr, world_stats(&self->w).flows);
}

TEST_F(tables, limits)
{
	struct mqtt_limits l, set = { .present = MQTT_BIT(MQTT_A_LIMITS_TOPIC_MAX) };
	uint32_t group;
	struct mqtt_member m = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN),
	};
	struct mqtt_flow f;
	struct tcp t, u;

	ASSERT_EQ(0, mqtt_nl_limits_get(self->w.nl, &l));
	set.topic_max = 0;
	EXPECT_EQ(-ERANGE, mqtt_nl_limits_set(self->w.nl, &set));
	set.topic_max = 4097;
	EXPECT_EQ(-ERANGE, mqtt_nl_limits_set(self->w.nl, &set));
	set.topic_max = 100;
	set.present |= MQTT_BIT(MQTT_A_LIMITS_FAST_MAX);
	set.fast_max = 63;
	/* All or none. */
	EXPECT_EQ(-ERANGE, mqtt_nl_limits_set(self->w.nl, &set));
	ASSERT_EQ(0, mqtt_nl_limits_get(self->w.nl, &l));
	EXPECT_EQ(256, l.topic_max);
	set.fast_max = (1 << 20) + 1;
	EXPECT_EQ(-ERANGE, mqtt_nl_limits_set(self->w.nl, &set));
	set.fast_max = 64;
	set.present |= MQTT_BIT(MQTT_A_LIMITS_TAKEOVER_TIME);
	set.takeover_time = 1;
	EXPECT_GT(0, mqtt_nl_limits_set(self->w.nl, &set));
	set.takeover_time = 0;
	EXPECT_EQ(0, mqtt_nl_limits_set(self->w.nl, &set));
	ASSERT_EQ(0, mqtt_nl_limits_get(self->w.nl, &l));
	EXPECT_EQ(100, l.topic_max);
	EXPECT_EQ(64, l.fast_max);

	world_limit(&self->w, MQTT_A_LIMITS_CONNS_MAX, 1);
	m.conn = world_client(&self->w, &t);
	tcp_open(&u, NULL);
	EXPECT_EQ(-EUSERS, world_try_attach(&self->w, u.s));
	EXPECT_TEXT("conns_max");

	world_limit(&self->w, MQTT_A_LIMITS_GROUPS_MAX, 2);
	group = world_group(&self->w, "a");
	world_group(&self->w, "b");
	EXPECT_EQ(-ENOSPC, mqtt_nl_group_add(self->w.nl, 3, blob("c"), 0));
	EXPECT_TEXT("groups_max");
	world_limit(&self->w, MQTT_A_LIMITS_GROUPS_MAX, 10);

	world_limit(&self->w, MQTT_A_LIMITS_MEMBERS_MAX, 1);
	m.group = group;
	EXPECT_EQ(0, mqtt_nl_member_add(self->w.nl, &m, 0));
	m.group++;
	EXPECT_EQ(-ENOSPC, mqtt_nl_member_add(self->w.nl, &m, 0));
	EXPECT_TEXT("members_max");
	m.group--;
	EXPECT_EQ(0, mqtt_nl_member_add(self->w.nl, &m, MQTT_NL_REPLACE));
	/* Below present use: nothing is removed. */
	world_limit(&self->w, MQTT_A_LIMITS_MEMBERS_MAX, 0);
	EXPECT_EQ(1, world_stats(&self->w).members);
	world_limit(&self->w, MQTT_A_LIMITS_CONNS_MAX, 0);
	EXPECT_EQ(1, world_stats(&self->w).conns);

	world_limit(&self->w, MQTT_A_LIMITS_FLOWS_MAX, 1);
	f = flow_of("t", &group, 1);
	EXPECT_EQ(0, world_try_flow(&self->w, &f, 0));
	f = flow_of("u", &group, 1);
	EXPECT_EQ(-ENOSPC, world_try_flow(&self->w, &f, 0));
	EXPECT_TEXT("flows_max");
	f = flow_of("t", &group, 1);
	EXPECT_EQ(0, world_try_flow(&self->w, &f, MQTT_NL_REPLACE));
	world_limit(&self->w, MQTT_A_LIMITS_FLOWS_MAX, 10);

	/* "a", "b" and "t" are three bytes. */
	world_limit(&self->w, MQTT_A_LIMITS_TOPIC_BYTES_MAX, 5);
	f = flow_of("three", &group, 1);
	EXPECT_EQ(-ENOSPC, world_try_flow(&self->w, &f, 0));
	EXPECT_TEXT("topic_bytes_max");
	EXPECT_EQ(-ENOSPC, mqtt_nl_group_add(self->w.nl, 3, blob("ccc"), 0));
	EXPECT_EQ(0, mqtt_nl_group_add(self->w.nl, 3, blob("cc"), 0));
	EXPECT_EQ(0, mqtt_nl_group_del(self->w.nl, 3));
	self->w.gen += 2;
	f = flow_of("tt", &group, 1);
	EXPECT_EQ(0, world_try_flow(&self->w, &f, 0));
	EXPECT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, blob("tt")));
	EXPECT_EQ(0, mqtt_nl_group_add(self->w.nl, 3, blob("cc"), 0));
	tcp_close(&t);
	tcp_close(&u);
}

TEST_HARNESS_MAIN
