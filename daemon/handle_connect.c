// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "handle.h"
#include "send.h"
#include "session.h"
#include "subs.h"
#include "topic.h"
#include "will.h"

#define PROTOCOL_LEVEL	4

/* Connect flags, MQTT 3.1.2.3. */
#define CONNECT_RESERVED	0x01
#define CONNECT_CLEAN		0x02
#define CONNECT_WILL		0x04
#define CONNECT_WILL_QOS(f)	((f) >> 3 & 3)
#define CONNECT_WILL_RETAIN	0x20
#define CONNECT_PASSWORD	0x40
#define CONNECT_USERNAME	0x80

struct connect {
	uint8_t flags;
	const char *id;
	uint16_t id_len;
	const char *will_topic;
	uint16_t will_topic_len;
	const uint8_t *will_payload;
	uint16_t will_payload_len;
};

static void refuse(struct client *c, enum reason code, const char *what)
{
	send_refusal(c, code, what);
	client_close(c, END_NORMAL, what);
}

/* Returns false once the client has been closed. */
static bool read_protocol(struct client *c, struct reader *r)
{
	uint16_t len;
	const uint8_t *name = read_bytes(r, &len);
	uint8_t level = read_u8(r);

	if (r->bad) {
		handle_malformed(c, "malformed CONNECT");
		return false;
	}
	if (len == 6 && !memcmp(name, "MQIsdp", 6)) {
		refuse(c, REASON_UNSUPPORTED_PROTOCOL_VERSION, "protocol MQTT 3.1");
		return false;
	}
	if (len != 4 || memcmp(name, "MQTT", 4)) {
		handle_malformed(c, "unknown protocol name");
		return false;
	}
	if (level != PROTOCOL_LEVEL) {
		refuse(c, REASON_UNSUPPORTED_PROTOCOL_VERSION,
		       "unsupported protocol level");
		return false;
	}
	c->protocol = level;
	return true;
}

static const char *check_flags(uint8_t flags)
{
	if (flags & CONNECT_RESERVED)
		return "reserved connect flag";
	if (CONNECT_WILL_QOS(flags) == 3)
		return "will QoS 3";
	if (!(flags & CONNECT_WILL) &&
	    (CONNECT_WILL_QOS(flags) || flags & CONNECT_WILL_RETAIN))
		return "will flags without a will";
	if (flags & CONNECT_PASSWORD && !(flags & CONNECT_USERNAME))
		return "password without user name";
	return NULL;
}

static bool read_connect(struct client *c, struct reader *r,
			 struct connect *con)
{
	const char *wrong;
	uint16_t len;

	memset(con, 0, sizeof(*con));
	con->flags = read_u8(r);
	c->keepalive = read_u16(r);
	wrong = check_flags(con->flags);
	if (wrong) {
		handle_malformed(c, wrong);
		return false;
	}
	con->id = read_utf8(r, &con->id_len);
	if (con->flags & CONNECT_WILL) {
		con->will_topic = read_utf8(r, &con->will_topic_len);
		con->will_payload = read_bytes(r, &con->will_payload_len);
		if (!r->bad && !topic_name_valid(con->will_topic,
						 con->will_topic_len)) {
			handle_malformed(c, "invalid will topic");
			return false;
		}
	}
	if (con->flags & CONNECT_USERNAME)
		read_utf8(r, &len);
	if (con->flags & CONNECT_PASSWORD)
		read_bytes(r, &len);
	if (r->bad || reader_left(r)) {
		handle_malformed(c, "malformed CONNECT");
		return false;
	}
	return true;
}

/* 128 random bits: no client can guess, or take over, another one's. */
static uint16_t make_id(char *id, size_t size)
{
	uint32_t rnd[4];

	if (getrandom(rnd, sizeof(rnd), 0) != sizeof(rnd))
		memset(rnd, 0, sizeof(rnd));
	return (uint16_t)snprintf(id, size, "auto-%08x%08x%08x%08x", rnd[0],
				  rnd[1], rnd[2], rnd[3]);
}

/* Finds or makes the session; sets whether it was there before. */
static struct session *take_session(const char *id, uint16_t len, bool clean,
				    bool *present)
{
	struct session *s = session_find(id, len);

	*present = false;
	if (s && s->client) {
		client_close(s->client, END_ABNORMAL, "session taken over");
		/* nothing of the old connection comes after the new CONNACK */
		datapath_commit(true);
		/* a clean session ended with its connection */
		s = session_find(id, len);
	}
	if (s && clean) {
		session_free(s);
		s = NULL;
	}
	if (s)
		*present = true;
	else
		s = session_new(id, len, clean);
	return s;
}

/*
 * CONNACK must come first [MQTT-3.2.0-1], and the subscriptions of a session
 * that goes on must be in force when it comes. So the data path gets all of it
 * but the last byte: messages for the client wait for the packet to be whole.
 */
static void accept_connect(struct client *c, bool present)
{
	struct session *s = c->session;
	bool wait = c->conn && !list_empty(&s->subs);
	struct sub *sub;

	if (wait)
		datapath_commit(false);
	send_connack(c, present, NULL, 0);
	if (wait && !client_send_now(c, 1)) {
		client_close(c, END_LOST, "CONNACK not taken");
		return;
	}
	list_for_each_entry(sub, &s->subs, by_session)
		datapath_sub_add(sub);
	datapath_commit(false);
	if (wait && !client_send_now(c, 0))
		client_close(c, END_LOST, "CONNACK not taken");
}

void handle_connect(struct client *c, struct reader *r)
{
	struct connect con;
	struct session *s;
	char auto_id[48];
	bool present;
	bool clean;

	if (!read_protocol(c, r) || !read_connect(c, r, &con))
		return;
	clean = con.flags & CONNECT_CLEAN;
	if (!con.id_len) {
		if (!clean) {
			refuse(c, REASON_CLIENT_ID_NOT_VALID,
			       "empty client identifier without clean session");
			return;
		}
		con.id = auto_id;
		con.id_len = make_id(auto_id, sizeof(auto_id));
	}
	/* Nothing but anonymous access can be configured yet. */
	if (!config.allow_anonymous) {
		refuse(c, REASON_NOT_AUTHORIZED, "not authorized");
		return;
	}
	if (config.max_keepalive &&
	    (!c->keepalive || c->keepalive > config.max_keepalive)) {
		refuse(c, REASON_CLIENT_ID_NOT_VALID,
		       "keep alive above max_keepalive");
		return;
	}

	s = take_session(con.id, con.id_len, clean, &present);
	s->clean = clean;
	s->client = c;
	c->session = s;
	if (con.flags & CONNECT_WILL)
		c->will = will_new(con.will_topic, con.will_topic_len,
				   con.will_payload, con.will_payload_len,
				   CONNECT_WILL_QOS(con.flags),
				   con.flags & CONNECT_WILL_RETAIN);
	/* Receiving must not be armed before the socket is attached. */
	datapath_attach(c);
	client_connected(c);
	accept_connect(c, present);
	if (c->state == CLIENT_CONNECTED)
		deliver_resume(s);
}
