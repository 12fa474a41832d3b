// SPDX-License-Identifier: GPL-2.0
#include "store.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "conf.h"
#include "handle.h"
#include "log.h"
#include "loop.h"
#include "message.h"
#include "store_batch.h"
#include "store_commit.h"
#include "store_db.h"
#include "store_load.h"
#include "subid.h"
#include "subs.h"
#include "timer.h"
#include "util.h"
#include "will.h"

/* With an interval, this much is committed before the interval has passed. */
#define BATCH_BYTES_MAX	(16u << 20)
#define RETRY_MS	1000
#define DISK_FULL	"the durable store's disk is full"

bool store_on;
bool store_pending;
bool store_full;

static struct store_db db;
static uint64_t next_id;
/* Batches: collecting, in the commit under way. */
static struct store_batch *current;
static struct store_batch *committing;
static struct store_batch *spare_batch;
static uint64_t last_seq;
static uint64_t done_seq;
static bool busy;
/* A full disk refused what is in the batch: it is tried again by the timer. */
static bool refused;
/* The commit under way is of what gives space back alone. */
static bool relieving;
static uint64_t commits;
static LIST_HEAD(fenced);
static struct timer retry_timer;
static struct timer interval_timer;

static uint64_t wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The wall clock at a time of the event loop that has not passed. */
static uint64_t wall_deadline(uint64_t deadline)
{
	uint64_t now = loop_now();

	return wall_ms() + (deadline > now ? deadline - now : 0);
}

static struct store_batch *batch_new(void)
{
	struct store_batch *b = spare_batch;

	spare_batch = NULL;
	if (!b)
		b = xcalloc(1, sizeof(*b));
	b->seq = ++last_seq;
	return b;
}

static void batch_free(struct store_batch *b)
{
	if (!b)
		return;
	store_batch_clear(b);
	if (spare_batch) {
		store_batch_free(b);
		free(b);
	} else {
		spare_batch = b;
	}
}

static void changed(void)
{
	if (config.persistence_sync == CONF_SYNC_ALWAYS)
		store_pending = true;
}

static void put(const struct store_record *rec, bool fresh)
{
	/* at shutdown sessions end in memory only */
	if (!current)
		return;
	store_batch_put(current, rec, fresh);
	changed();
}

static void del(const struct store_record *rec)
{
	if (!current)
		return;
	store_batch_del(current, rec);
	changed();
}

static struct store_bytes bytes(const void *p, uint32_t len)
{
	struct store_bytes b = { p, len };

	return b;
}

static void message_hold(struct message *msg)
{
	struct store_record rec = {
		.kind = STORE_MESSAGE,
		.qos = msg->qos,
		.name = bytes(message_topic(msg), msg->topic_len),
		.properties = bytes(message_props(msg), msg->props_len),
		.payload = bytes(message_payload(msg), msg->payload_len),
	};

	if (msg->store_refs++)
		return;
	if (msg->expires)
		rec.when = wall_deadline(msg->expires);
	msg->store_id = ++next_id;
	rec.id = msg->store_id;
	put(&rec, true);
}

static void message_release(struct message *msg)
{
	struct store_record rec = {
		.kind = STORE_MESSAGE,
		.id = msg->store_id,
	};

	if (--msg->store_refs)
		return;
	msg->store_id = 0;
	del(&rec);
}

bool store_session(struct session *s)
{
	struct store_record rec = {
		.kind = STORE_SESSION,
		.level = s->protocol,
		.mid = session_last_mid(s),
		.expiry = s->expiry,
		.name = bytes(s->id, s->id_len),
	};
	struct session_lasting *lasting = s->lasting;
	bool fresh = !lasting->store_id;

	if (!store_on || (fresh && !s->expiry))
		return false;
	if (fresh) {
		lasting = session_lasting(s);
		lasting->store_id = ++next_id;
		lasting->store_seq = current ? current->seq : 0;
	}
	rec.session = lasting->store_id;
	/* when the connection ended, also if that was before a restart */
	if (!s->client)
		rec.when = wall_ms();
	if (!s->client && lasting->timer.index)
		rec.when += timer_deadline(&lasting->timer) - loop_now() -
			    s->expiry * 1000ull;
	put(&rec, fresh);
	return fresh;
}

bool store_session_new(const struct session *s)
{
	return store_pending && s->lasting->store_seq > done_seq;
}

static void delivery_forget(struct session *s, struct delivery *d)
{
	if (d->store_id)
		store_delivery_delete(s, d);
}

static void received_forget(uint16_t mid, void *arg)
{
	store_received_write(arg, mid, false);
}

void store_session_delete(struct session *s)
{
	struct store_record rec = {
		.kind = STORE_SESSION,
		.session = s->lasting->store_id,
	};
	struct delivery *d;
	struct sub *sub;

	if (!store_on)
		return;
	list_for_each_entry(d, &s->msgs->inflight.list, node)
		delivery_forget(s, d);
	list_for_each_entry(d, &s->msgs->queue.list, node)
		delivery_forget(s, d);
	list_for_each_entry(sub, &s->subs, by_session)
		store_sub_delete(sub);
	midset_each(&s->msgs->received, received_forget, s);
	store_will(s, false);
	del(&rec);
	s->lasting->store_id = 0;
}

static void will_record(struct store_record *rec, const struct will *will)
{
	rec->qos = will->qos;
	rec->flags = will->retain ? STORE_F_RETAIN : 0;
	rec->expiry = will->props.message_expiry;
	rec->delay = will->delay;
	rec->name = bytes(will->topic, will->topic_len);
	rec->properties = bytes(will->props.raw, will->props.raw_len);
	rec->payload = bytes(will->payload, will->payload_len);
}

bool store_client_will(const struct session *s, struct will *will)
{
	struct store_record rec = {
		.kind = STORE_CLIENT_WILL,
		.owner = s->lasting->store_id,
	};

	if (!store_on || store_full)
		return false;
	will_record(&rec, will);
	will->store_id = ++next_id;
	rec.id = will->store_id;
	put(&rec, true);
	return true;
}

void store_client_will_delete(struct will *will)
{
	struct store_record rec = {
		.kind = STORE_CLIENT_WILL,
		.id = will->store_id,
	};

	if (!will->store_id)
		return;
	will->store_id = 0;
	del(&rec);
}

void store_will_write(struct session *s, bool delayed)
{
	struct store_record rec = {
		.kind = STORE_WILL,
		.session = s->lasting->store_id,
	};

	if (!store_on)
		return;
	will_record(&rec, s->lasting->will);
	if (!delayed) {
		del(&rec);
		return;
	}
	rec.when = wall_deadline(timer_deadline(&s->lasting->will_timer));
	put(&rec, false);
}

static uint64_t share_number(struct session *s, const struct delivery *d)
{
	const struct sub *sub = d->share ? subs_get(d->share, s) : NULL;

	return sub ? sub->store_id : 0;
}

void store_delivery_write(struct session *s, struct delivery *d)
{
	bool fresh = !d->store_id;
	struct store_record rec = {
		.kind = STORE_DELIVERY,
		.session = s->lasting->store_id,
		.qos = d->qos,
		.state = d->state,
		.flags = (d->retain ? STORE_F_RETAIN : 0) |
			 (d->dup ? STORE_F_DUP : 0),
		.mid = d->mid,
		.share = share_number(s, d),
	};

	if (d->ids)
		rec.sub_ids = bytes(d->ids->props, d->ids->len);
	if (fresh) {
		message_hold(d->msg);
		d->store_id = ++next_id;
	}
	rec.id = d->store_id;
	/* after PUBREC only the packet identifier matters */
	if (d->state == DELIVERY_WAIT_PUBCOMP)
		message_release(d->msg);
	else
		rec.message = d->msg->store_id;
	put(&rec, fresh);
}

void store_delivery_delete(struct session *s, struct delivery *d)
{
	struct store_record rec = {
		.kind = STORE_DELIVERY,
		.session = s->lasting->store_id,
		.id = d->store_id,
	};

	del(&rec);
	d->store_id = 0;
	if (d->msg)
		message_release(d->msg);
}

void store_received_write(struct session *s, uint16_t mid, bool received)
{
	struct store_record rec = {
		.kind = STORE_RECEIVED,
		.session = s->lasting->store_id,
		.id = mid,
	};

	if (received)
		put(&rec, false);
	else
		del(&rec);
}

void store_sub_write(struct sub *sub)
{
	bool fresh = !sub->store_id;
	struct store_record rec = {
		.kind = STORE_SUB,
		.session = sub->session->lasting->store_id,
		.options = sub->qos | (sub->no_local ? STORE_NO_LOCAL : 0) |
			   (sub->rap ? STORE_RAP : 0),
		.sub_id = sub_id(sub),
		.name = bytes(sub->filter->name, sub->filter->len),
	};

	if (!rec.session)
		return;
	if (fresh)
		sub->store_id = ++next_id;
	rec.id = sub->store_id;
	put(&rec, fresh);
}

void store_sub_delete(struct sub *sub)
{
	struct store_record rec = {
		.kind = STORE_SUB,
		.session = sub->session->lasting->store_id,
		.id = sub->store_id,
	};

	if (!sub->store_id || !store_on)
		return;
	sub->store_id = 0;
	del(&rec);
}

void store_retained_write(struct message *msg)
{
	struct store_record rec = { .kind = STORE_RETAINED };

	message_hold(msg);
	rec.id = msg->store_id;
	put(&rec, true);
}

void store_retained_delete(struct message *msg)
{
	struct store_record rec = {
		.kind = STORE_RETAINED,
		.id = msg->store_id,
	};

	if (!msg->store_id)
		return;
	del(&rec);
	message_release(msg);
}

/* Batches are committed in order, so the last one of all is the one to wait for. */
void store_fence_output(struct client *c, bool request)
{
	uint64_t seq = current->len ? current->seq : current->seq - 1;

	if (!current->len && !committing) {
		store_pending = false;
		return;
	}
	outq_hold(client_out(c), seq);
	c->store_request |= request;
	if (list_empty(&c->busy->fence_node))
		list_add_tail(&c->busy->fence_node, &fenced);
}

static void fences_release(uint64_t seq)
{
	struct client_busy *busy, *tmp;

	list_for_each_entry_safe(busy, tmp, &fenced, fence_node) {
		struct client *c = busy->client;

		if (outq_release(&busy->out, seq)) {
			list_del_init(&busy->fence_node);
			c->store_request = false;
		}
		client_dirty(c);
		if (c->connack_held && outq_ready(&c->busy->out))
			handle_connect_stored(c);
	}
}

/* What they asked for cannot be kept, and must not be acknowledged. */
static void requests_refuse(void)
{
	struct client_busy *busy;
	bool again = true;

	while (again) {
		again = false;
		list_for_each_entry(busy, &fenced, fence_node) {
			struct client *c = busy->client;

			if (!c->store_request)
				continue;
			c->store_request = false;
			outq_cut(&busy->out);
			list_del_init(&busy->fence_node);
			if (c->connack_held)
				handle_connect_unstored(c, DISK_FULL);
			else
				client_fail(c, REASON_QUOTA_EXCEEDED, DISK_FULL);
			again = true;
			break;
		}
	}
}

static void submit(void)
{
	uint64_t seq = current->seq;

	refused = false;
	if (current->len) {
		committing = current;
		current = batch_new();
	} else {
		seq--;
	}
	busy = true;
	store_commit_submit(committing, seq);
}

static void pending_update(void)
{
	store_pending = config.persistence_sync == CONF_SYNC_ALWAYS &&
			(current->len || committing);
}

static void set_full(bool full)
{
	if (full)
		timer_arm(&retry_timer, loop_now() + RETRY_MS);
	if (store_full == full)
		return;
	store_full = full;
	if (full)
		log_err("%s: disk full: nothing new is taken on until there is space",
			db.path);
	else
		log_notice("%s: there is space again", db.path);
}

/*
 * What was refused goes on collecting, so that the end of a message that found
 * no space makes it unnecessary.
 */
static void take_back(void)
{
	struct store_batch *old = current;

	current = batch_new();
	store_batch_append(current, committing);
	store_batch_append(current, old);
	batch_free(committing);
	batch_free(old);
	committing = NULL;
	refused = true;
}

/* What a transaction has freed is there for the one after the next only. */
static void put_nothing(struct store_batch *b)
{
	struct store_record header = { .kind = STORE_HEADER };

	store_batch_put(b, &header, false);
}

/* Without this, what finds no space would keep off the disk what makes it. */
static void relieve(void)
{
	struct store_batch *b = batch_new();

	store_batch_relief(current, b);
	put_nothing(b);
	committing = b;
	busy = true;
	relieving = true;
	/* nobody's fence is for this alone */
	store_commit_submit(b, done_seq);
}

static void commit_done(uint64_t seq, int rc, bool spare)
{
	bool relief = relieving;

	busy = false;
	relieving = false;
	if (rc) {
		take_back();
		set_full(true);
		requests_refuse();
		if (!relief)
			relieve();
		return;
	}
	commits++;
	done_seq = seq;
	batch_free(committing);
	committing = NULL;
	if (relief)
		return;
	set_full(!spare);
	pending_update();
	fences_release(seq);
}

static void retry(struct timer *timer)
{
	if (busy) {
		timer_arm(timer, loop_now() + RETRY_MS);
		return;
	}
	put_nothing(current);
	submit();
}

static void interval(struct timer *timer)
{
	if (current->len && !busy)
		submit();
	timer_arm(timer, loop_now() + config.persistence_sync_interval * 1000ull);
}

void store_end_of_turn(void)
{
	if (!store_on || busy || refused || !current->len)
		return;
	if (config.persistence_sync == CONF_SYNC_INTERVAL &&
	    current->len < BATCH_BYTES_MAX)
		return;
	submit();
}

/* What nothing refers to, or has no room any more. */
static void load_unused(const struct store_record *rec)
{
	del(rec);
}

/* From here on an older broker must not read it. */
static void load_upgrade(const struct store_record *header)
{
	log_notice("%s: format version %u becomes %u", db.path, header->format,
		   STORE_FORMAT);
	put(header, false);
}

int store_start(void)
{
	const char *dir = config.persistence_location;
	int rc;

	if (!config.persistence)
		return 0;
	if (store_db_open(&db, dir ? dir : ".", true,
			  config.persistence_sync == CONF_SYNC_OFF)) {
		log_err("durable store: %s", db.error);
		log_err("not started, nothing was changed; see mqttctl store check");
		return -1;
	}
	current = batch_new();
	if (store_load(&db, &next_id, load_unused, load_upgrade)) {
		log_err("durable store: %s", db.error);
		store_db_close(&db);
		return -1;
	}
	rc = store_commit_start(&db, commit_done);
	if (rc) {
		log_err("durable store: %s", strerror(-rc));
		store_db_close(&db);
		return -1;
	}
	retry_timer.fn = retry;
	interval_timer.fn = interval;
	if (config.persistence_sync == CONF_SYNC_INTERVAL)
		interval(&interval_timer);
	store_on = true;
	store_load_end();
	log_notice("%s: %u sessions, %u subscriptions restored", db.path,
		   sessions_count(), subs_count());
	return 0;
}

void store_stop(void)
{
	uint64_t seq;
	int rc;

	if (!store_on)
		return;
	timer_cancel(&retry_timer);
	timer_cancel(&interval_timer);
	store_commit_wait(&rc, &seq);
	if (busy && rc)
		take_back();
	batch_free(committing);
	committing = NULL;
	if (current->len) {
		submit();
		store_commit_wait(&rc, &seq);
		if (rc)
			log_err("%s: disk full: the last changes are not kept",
				db.path);
		batch_free(committing);
		committing = NULL;
	}
	store_commit_stop();
	if (store_db_sync(&db))
		log_err("%s", db.error);
	store_db_close(&db);
	store_on = false;
	store_pending = false;
	store_batch_free(current);
	free(current);
	if (spare_batch) {
		store_batch_free(spare_batch);
		free(spare_batch);
	}
	current = NULL;
	spare_batch = NULL;
}

void store_status(struct cJSON *json)
{
	cJSON *store;

	if (!store_on)
		return;
	store = cJSON_AddObjectToObject(json, "store");
	cJSON_AddStringToObject(store, "path", db.path);
	cJSON_AddNumberToObject(store, "commits", (double)commits);
	cJSON_AddBoolToObject(store, "full", store_full);
}
