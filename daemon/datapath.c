// SPDX-License-Identifier: GPL-2.0
#include "datapath.h"

#include <errno.h>
#include <string.h>

#include "client.h"
#include "datapath_kernel.h"
#include "keepalive.h"
#include "log.h"
#include "session.h"
#include "subs.h"
#include "timer.h"

/*
 * The end of a drain is not announced, so a module that is there and refuses is
 * asked again now and then; a module that comes is waited for.
 */
#define RETRY_MS	5000

static const struct datapath_ops *ops = &datapath_user;
static bool wanted;
static struct timer retry;
/* Counters of the module when last read, and their growth since the start. */
static struct datapath_traffic seen;
static struct datapath_traffic traffic;

static void try_kernel(void);

static void retry_expired(struct timer *timer)
{
	(void)timer;
	try_kernel();
}

static void attach_sub_each(struct session *s, void *arg)
{
	struct sub *sub;

	(void)arg;
	if (!s->client)
		return;
	list_for_each_entry(sub, &s->subs, by_session)
		datapath_sub_add(sub);
}

/* Connections that are there already stay with the broker. */
static void use_kernel(void)
{
	ops = &datapath_kernel;
	session_each(attach_sub_each, NULL);
	datapath_commit(false);
}

static void try_kernel(void)
{
	int rc;

	if (!wanted || ops == &datapath_kernel)
		return;
	rc = kernel_start();
	if (!rc) {
		use_kernel();
		log_notice("kernel data path is back, version %s",
			   kernel_version());
	} else if (rc != -ENOENT) {
		timer_arm(&retry, loop_now() + RETRY_MS);
	}
}

static const char *explain(int rc)
{
	switch (rc) {
	case -ENOENT:
		return "the module is not loaded: run \"modprobe mqtt\"";
	case -EBUSY:
		return "another daemon owns it in this network namespace";
	case -EPERM:
		return "CAP_NET_ADMIN is needed to register";
	case -ESHUTDOWN:
		return "it is drained";
	default:
		return strerror(-rc);
	}
}

int datapath_start(enum conf_datapath mode)
{
	int rc;

	if (mode == CONF_DATAPATH_USER)
		return 0;
	rc = kernel_start();
	if (rc && mode == CONF_DATAPATH_KERNEL) {
		log_err("datapath kernel: %s", explain(rc));
		return rc;
	}
	wanted = true;
	retry.fn = retry_expired;
	kernel_watch(try_kernel);
	if (!rc) {
		use_kernel();
		/* what an earlier owner did does not count */
		if (!ops->traffic(&seen))
			memset(&seen, 0, sizeof(seen));
	} else {
		log_info("no kernel data path, going on in user space: %s",
			 explain(rc));
	}
	return 0;
}

void datapath_stop(void)
{
	if (ops->stop)
		ops->stop();
	ops = &datapath_user;
	wanted = false;
	timer_cancel(&retry);
	kernel_unwatch();
}

static void forget_conn(struct client *c, void *arg)
{
	(void)arg;
	if (!c->conn)
		return;
	c->conn = 0;
	client_acked(c);
	/* the kernel does not watch it any more */
	if (c->state == CLIENT_CONNECTED)
		keepalive_start(c);
}

static void forget_filter(struct filter *filter, void *arg)
{
	struct sub *sub;

	(void)arg;
	filter->group = 0;
	filter->members = 0;
	filter->port_users = 0;
	filter->unserved = 0;
	list_for_each_entry(sub, &filter->subs, by_filter) {
		sub->member = SUB_NONE;
		sub->overlap = false;
	}
}

void datapath_lost(void)
{
	if (ops != &datapath_kernel)
		return;
	log_warn("kernel data path lost, going on in user space");
	ops->stop();
	ops = &datapath_user;
	clients_each(forget_conn, NULL);
	subs_each_filter(forget_filter, NULL);
	timer_arm(&retry, loop_now() + RETRY_MS);
}

const char *datapath_name(void)
{
	return ops->name;
}

void datapath_attach(struct client *c)
{
	if (ops->attach)
		ops->attach(c);
}

void datapath_detach(struct client *c)
{
	if (ops->detach)
		ops->detach(c);
}

void datapath_acl_class(struct client *c)
{
	if (c->conn && ops->acl_class)
		ops->acl_class(c);
}

void datapath_sub_add(struct sub *sub)
{
	if (ops->sub_add)
		ops->sub_add(sub);
}

void datapath_sub_del(struct sub *sub)
{
	if (ops->sub_del)
		ops->sub_del(sub);
}

void datapath_commit(bool barrier)
{
	if (ops->commit)
		ops->commit(barrier);
}

bool datapath_publish(const struct route *route, const struct publish *pub,
		      const struct run *run)
{
	return ops->publish && ops->publish(route, pub, run);
}

bool datapath_send(struct client *c, const struct datapath_packets *what)
{
	return c->conn && ops->send && ops->send(c, what);
}

uint32_t datapath_room(struct client *c)
{
	return c->conn && ops->room ? ops->room(c) : 0;
}

void datapath_learn(const struct publish *pub)
{
	if (ops->learn)
		ops->learn(pub);
}

void datapath_unlearn(struct filter *filter)
{
	if (ops->unlearn)
		ops->unlearn(filter);
}

void datapath_retire(void)
{
	if (ops->retire)
		ops->retire();
}

void datapath_before_input(struct client *c)
{
	if (c->conn && ops->before_input)
		ops->before_input(c);
}

void datapath_handled(struct client *c, uint8_t first, uint32_t count)
{
	if (c->conn && ops->handled)
		ops->handled(c, first, count);
}

void datapath_end_of_turn(void)
{
	if (ops->end_of_turn)
		ops->end_of_turn();
}

void datapath_status(struct cJSON *json)
{
	if (ops->status)
		ops->status(json);
}

/* A counter that has become less belongs to a module that was loaded anew. */
static void add_traffic(uint64_t *total, uint64_t *last, uint64_t now)
{
	*total += now >= *last ? now - *last : now;
	*last = now;
}

void datapath_traffic(struct datapath_traffic *total)
{
	struct datapath_traffic now;

	if (ops->traffic && ops->traffic(&now)) {
		add_traffic(&traffic.publish_received, &seen.publish_received,
			    now.publish_received);
		add_traffic(&traffic.publish_sent, &seen.publish_sent,
			    now.publish_sent);
		add_traffic(&traffic.publish_dropped, &seen.publish_dropped,
			    now.publish_dropped);
		add_traffic(&traffic.publish_denied, &seen.publish_denied,
			    now.publish_denied);
		add_traffic(&traffic.bytes_received, &seen.bytes_received,
			    now.bytes_received);
		add_traffic(&traffic.bytes_sent, &seen.bytes_sent,
			    now.bytes_sent);
	}
	*total = traffic;
}
