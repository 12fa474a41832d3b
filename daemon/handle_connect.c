// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "auth.h"
#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "enhanced_auth.h"
#include "handle.h"
#include "keepalive.h"
#include "limit.h"
#include "property.h"
#include "rights.h"
#include "send.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "subs.h"
#include "topic.h"
#include "util.h"
#include "will.h"

/* Connect flags, MQTT 3.1.2.3. */
#define CONNECT_RESERVED	0x01
#define CONNECT_CLEAN		0x02
#define CONNECT_WILL		0x04
#define CONNECT_WILL_QOS(f)	((f) >> 3 & 3)
#define CONNECT_WILL_RETAIN	0x20
#define CONNECT_PASSWORD	0x40
#define CONNECT_USERNAME	0x80

/* Longest auto_id_prefix that is used, an identifier with it, and a CONNACK. */
#define ID_PREFIX_MAX		200
#define AUTO_ID_MAX		(ID_PREFIX_MAX + 33)
#define CONNACK_PROPERTIES_MAX	(AUTO_ID_MAX + 32 + AUTH_PROPERTIES_MAX)

struct connect {
	uint8_t flags;
	const char *id;
	uint16_t id_len;
	bool id_assigned;
	bool keepalive_set;
	struct will will;
	struct credentials cred;
	struct properties props;
	uint32_t expiry;
	uint8_t answer[CONNACK_PROPERTIES_MAX];
	size_t answer_len;
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
	bool old;

	if (r->bad) {
		handle_malformed(c, "malformed CONNECT");
		return false;
	}
	old = len == 6 && !memcmp(name, "MQIsdp", 6);
	if (!old && (len != 4 || memcmp(name, "MQTT", 4))) {
		handle_malformed(c, "unknown protocol name");
		return false;
	}
	if (old ? level == 3 : level == 4 || level == 5) {
		c->protocol = level;
		return true;
	}
	/*
	 * Who speaks a later version knows the CONNACK of 5.0. With the highest
	 * bit, mosquitto's bridges ask for extensions, and fall back after the
	 * return code of 3.1.1.
	 */
	if (!old && level > 5 && level < 0x80) {
		c->protocol = 5;
		c->problem_info = false;
	}
	refuse(c, REASON_UNSUPPORTED_PROTOCOL_VERSION,
	       "unsupported protocol level");
	return false;
}

static const char *check_flags(const struct client *c, uint8_t flags)
{
	if (flags & CONNECT_RESERVED)
		return "reserved connect flag";
	if (CONNECT_WILL_QOS(flags) == 3)
		return "will QoS 3";
	if (!(flags & CONNECT_WILL) &&
	    (CONNECT_WILL_QOS(flags) || flags & CONNECT_WILL_RETAIN))
		return "will flags without a will";
	if (c->protocol < 5 && flags & CONNECT_PASSWORD &&
	    !(flags & CONNECT_USERNAME))
		return "password without user name";
	return NULL;
}

static bool read_connect_properties(struct client *c, struct reader *r,
				    struct connect *con)
{
	struct properties *props = &con->props;
	enum reason wrong = read_properties(r, CONNECT, props);

	if (wrong) {
		client_fail(c, wrong, "invalid properties of CONNECT");
		return false;
	}
	c->problem_info = props->request_problem_info;
	c->receive_max = props->receive_maximum;
	c->alias_max = props->topic_alias_maximum;
	if (property_present(props, PROP_MAXIMUM_PACKET_SIZE))
		c->max_packet = props->maximum_packet_size;
	return true;
}

static bool read_will(struct client *c, struct reader *r, struct connect *con)
{
	struct will *will = &con->will;

	if (c->protocol >= 5) {
		enum reason wrong = read_properties(r, PROPERTIES_OF_WILL,
						    &will->props);

		if (wrong) {
			client_fail(c, wrong, "invalid properties of the will");
			return false;
		}
		will->delay = will->props.will_delay;
	}
	will->topic = (char *)read_utf8(r, &will->topic_len);
	will->payload = (uint8_t *)read_bytes(r, &will->payload_len);
	will->qos = CONNECT_WILL_QOS(con->flags);
	will->retain = con->flags & CONNECT_WILL_RETAIN;
	if (will->qos > c->listener->max_qos) {
		/* [MQTT-3.2.2-12] */
		client_fail(c, REASON_QOS_NOT_SUPPORTED,
			    "will QoS above max_qos");
		return false;
	}
	if (will->retain && !config.retain_available) {
		/* [MQTT-3.2.2-13] */
		client_fail(c, REASON_RETAIN_NOT_SUPPORTED,
			    "will retain without retain_available");
		return false;
	}
	if (!r->bad && will->props.payload_format &&
	    !utf8_payload_valid(will->payload, will->payload_len)) {
		client_fail(c, REASON_PAYLOAD_FORMAT_INVALID,
			    "will message is not UTF-8");
		return false;
	}
	if (!r->bad && !topic_name_valid(will->topic, will->topic_len)) {
		client_fail(c, REASON_TOPIC_NAME_INVALID, "invalid will topic");
		return false;
	}
	if (!r->bad && !limit_topic(will->topic, will->topic_len)) {
		stats.topics_refused++;
		client_fail(c, REASON_TOPIC_NAME_INVALID,
			    "will topic above max_topic_length or max_topic_levels");
		return false;
	}
	return true;
}

/* 3.1 lets clients announce credentials that they do not send. */
static bool credentials_missing(const struct client *c, const struct reader *r)
{
	return c->protocol == 3 && !r->bad && !reader_left(r);
}

static bool read_connect(struct client *c, struct reader *r,
			 struct connect *con)
{
	struct credentials *cred = &con->cred;
	const char *wrong;

	memset(con, 0, sizeof(*con));
	con->flags = read_u8(r);
	c->keepalive = read_u16(r);
	wrong = check_flags(c, con->flags);
	if (wrong) {
		handle_malformed(c, wrong);
		return false;
	}
	if (c->protocol >= 5 && !read_connect_properties(c, r, con))
		return false;
	con->id = read_utf8(r, &con->id_len);
	if (con->flags & CONNECT_WILL && !read_will(c, r, con))
		return false;
	if (con->flags & CONNECT_USERNAME && !credentials_missing(c, r))
		cred->user = read_utf8(r, &cred->user_len);
	if (con->flags & CONNECT_PASSWORD && !credentials_missing(c, r))
		cred->password = read_bytes(r, &cred->password_len);
	if (r->bad || reader_left(r)) {
		handle_malformed(c, "malformed CONNECT");
		return false;
	}
	return true;
}

/* 128 random bits: no client can guess, or take over, another one's. */
static uint16_t make_id(const char *prefix, char *id, size_t size)
{
	uint32_t rnd[4];

	if (getrandom(rnd, sizeof(rnd), 0) != sizeof(rnd))
		memset(rnd, 0, sizeof(rnd));
	return (uint16_t)snprintf(id, size, "%.*s%08x%08x%08x%08x",
				  ID_PREFIX_MAX, prefix, rnd[0], rnd[1], rnd[2],
				  rnd[3]);
}

/* Finds or makes the session; sets whether it was there before. */
static struct session *take_session(const struct connect *con, bool *present)
{
	struct session *s = session_find(con->id, con->id_len);

	*present = false;
	if (s && s->client) {
		client_fail(s->client, REASON_SESSION_TAKEN_OVER,
			    "session taken over");
		/* nothing of the old connection comes after the new CONNACK */
		datapath_commit(true);
		/* a clean session ended with its connection */
		s = session_find(con->id, con->id_len);
	}
	if (s && con->flags & CONNECT_CLEAN) {
		session_free(s);
		s = NULL;
	}
	if (s) {
		session_resume(s);
		s->expiry = con->expiry;
		*present = true;
	} else {
		s = session_new(con->id, con->id_len, con->expiry);
	}
	return s;
}

/*
 * The properties of CONNACK say what differs from what a 5.0 client has to
 * assume, 3.2.2.3. Returns false when they are more than it takes.
 */
static bool prepare_connack(struct client *c, struct connect *con)
{
	uint32_t window = client_window();
	uint8_t *p = con->answer;

	if (con->expiry != con->props.session_expiry)
		p = put_property_u32(p, PROP_SESSION_EXPIRY, con->expiry);
	if (window < UINT16_MAX)
		p = put_property_u16(p, PROP_RECEIVE_MAXIMUM, (uint16_t)window);
	if (config.max_packet_size < MQTT_PACKET_MAX)
		p = put_property_u32(p, PROP_MAXIMUM_PACKET_SIZE,
				     config.max_packet_size);
	if (c->listener->max_qos < 2)
		p = put_property_u8(p, PROP_MAXIMUM_QOS,
				    (uint8_t)c->listener->max_qos);
	if (!config.retain_available)
		p = put_property_u8(p, PROP_RETAIN_AVAILABLE, 0);
	if (con->id_assigned)
		p = put_property_bytes(p, PROP_ASSIGNED_CLIENT_ID, con->id,
				       con->id_len);
	p = put_property_u16(p, PROP_TOPIC_ALIAS_MAXIMUM,
			     (uint16_t)c->listener->max_topic_alias);
	if (con->keepalive_set)
		p = put_property_u16(p, PROP_SERVER_KEEP_ALIVE, c->keepalive);
	if (c->auth_method)
		p = put_auth(p, enhanced_auth_answer(c));
	con->answer_len = p - con->answer;
	if (5 + con->answer_len <= c->max_packet)
		return true;
	refuse(c, REASON_PACKET_TOO_LARGE, "maximum packet size too small");
	return false;
}

/*
 * CONNACK must come first [MQTT-3.2.0-1], and the subscriptions of a session
 * that goes on must be in force when it comes. So the data path gets all of it
 * but the last byte: messages for the client wait for the packet to be whole.
 */
static bool enforce_subs(struct client *c)
{
	struct session *s = c->session;
	bool wait = c->conn && !list_empty(&s->subs);
	struct sub *sub;

	if (wait) {
		datapath_commit(false);
		if (!client_cut(c))
			return false;
	}
	list_for_each_entry(sub, &s->subs, by_session)
		datapath_sub_add(sub);
	datapath_commit(false);
	return true;
}

static void accept_connect(struct client *c, const struct connect *con,
			   bool present)
{
	bool wait = c->conn && !list_empty(&c->session->subs);

	send_connack(c, present, con->answer, con->answer_len);
	/* the subscriptions wait for the durable store as well */
	if (c->connack_held)
		return;
	if (!enforce_subs(c) || (wait && !client_mend(c)))
		client_close(c, END_LOST, "CONNACK not taken");
}

void handle_connect_stored(struct client *c)
{
	c->connack_held = false;
	if (c->state != CLIENT_CONNECTED)
		return;
	if (!enforce_subs(c))
		client_close(c, END_LOST, "CONNACK not taken");
	else if (c->cut)
		client_mend(c);
}

void handle_connect_unstored(struct client *c, const char *what)
{
	struct session *s = c->session;
	bool lives;

	c->connack_held = false;
	if (c->state != CLIENT_CONNECTED)
		return;
	lives = s->expiry;
	if (c->rare->will)
		store_client_will_del(c->rare->will);
	if (c->rare->will) {
		will_free(c->rare->will);
		c->rare->will = NULL;
	}
	send_refusal(c, REASON_QUOTA_EXCEEDED, what);
	client_close(c, END_NORMAL, what);
	/* a client that was refused must not find a session, [MQTT-3.2.2-4] */
	if (c->session_made && lives)
		session_free(s);
}

/* Checks the client identifier, and chooses one for a client without. */
static bool check_id(struct client *c, struct connect *con, char *buf,
		     size_t size)
{
	const struct conf_security *security = c->listener->security;
	const char *prefix = config.clientid_prefixes;

	if (con->id_len) {
		if (!prefix || (con->id_len >= strlen(prefix) &&
				!memcmp(con->id, prefix, strlen(prefix))))
			return true;
		refuse(c, REASON_NOT_AUTHORIZED,
		       "client identifier without clientid_prefixes");
		return false;
	}
	if (c->protocol == 3 || !security->allow_zero_length_clientid) {
		refuse(c, REASON_CLIENT_ID_NOT_VALID,
		       "empty client identifier");
		return false;
	}
	if (c->protocol == 4 && !(con->flags & CONNECT_CLEAN)) {
		refuse(c, REASON_CLIENT_ID_NOT_VALID,
		       "empty client identifier without clean session");
		return false;
	}
	con->id = buf;
	con->id_len = make_id(security->auto_id_prefix, buf, size);
	con->id_assigned = true;
	return true;
}

static bool check_keepalive(struct client *c, struct connect *con)
{
	if (!config.max_keepalive ||
	    (c->keepalive && c->keepalive <= config.max_keepalive))
		return true;
	if (c->protocol < 5) {
		refuse(c, REASON_CLIENT_ID_NOT_VALID,
		       "keep alive above max_keepalive");
		return false;
	}
	c->keepalive = (uint16_t)config.max_keepalive;
	con->keepalive_set = true;
	return true;
}

static uint32_t wanted_expiry(const struct client *c, const struct connect *con)
{
	if (c->protocol >= 5)
		return con->props.session_expiry;
	return con->flags & CONNECT_CLEAN ? 0 : SESSION_NEVER;
}

static const char *refusal(enum reason code)
{
	switch (code) {
	case REASON_CONNECTION_RATE_EXCEEDED:
		return "too many failed logins from this address, wait";
	case REASON_BAD_USER_NAME_OR_PASSWORD:
		return "bad user name or password";
	case REASON_SERVER_BUSY:
		return "too many logins at once";
	default:
		return "not authorized";
	}
}

static bool authenticate(struct client *c, const struct credentials *cred)
{
	enum reason code;

	switch (auth_check(c, cred, &code)) {
	case AUTH_ALLOW:
		return true;
	case AUTH_WAIT:
		/* the time to send CONNECT was kept; the rest is up to us */
		keepalive_stop(c);
		c->state = CLIENT_VERIFYING;
		return false;
	default:
		refuse(c, code, refusal(code));
		return false;
	}
}

/* CONNECT stays where it is: it is read again when the client is known. */
static void start_enhanced_auth(struct client *c,
				const struct properties *props)
{
	const char *what = NULL;
	enum reason code = enhanced_auth_first(c, props, &what);

	if (code != REASON_CONTINUE_AUTHENTICATION) {
		refuse(c, code, what);
		return;
	}
	c->rx->connect_len = c->rx->len;
	c->rx->total = 0;
}

static void connect_client(struct client *c, struct reader *r, bool verified)
{
	struct connect con;
	struct session *s;
	char auto_id[AUTO_ID_MAX];
	bool present;
	bool stored;
	bool wait;

	if (!read_protocol(c, r) || !read_connect(c, r, &con))
		return;
	if (c->refused) {
		refuse(c, REASON_QUOTA_EXCEEDED, "max_connections reached");
		return;
	}
	if (!check_id(c, &con, auto_id, sizeof(auto_id)))
		return;
	c->auth_method = property_present(&con.props, PROP_AUTH_METHOD);
	if (!verified && c->auth_method) {
		start_enhanced_auth(c, &con.props);
		return;
	}
	if (!verified && !authenticate(c, &con.cred))
		return;
	/* whom nobody verifies is who it says, as with mosquitto */
	if (c->auth_method)
		client_rare(c)->user = xstrdup(enhanced_auth_user(c));
	else if (con.cred.user && !c->rare->user)
		client_rare(c)->user = xstrndup(con.cred.user, con.cred.user_len);
	if (!check_keepalive(c, &con))
		return;
	con.expiry = session_expiry(wanted_expiry(c, &con));
	if (c->protocol >= 5 && !prepare_connack(c, &con))
		return;

	s = session_find(con.id, con.id_len);
	if (store_full && con.expiry && (!s || store_session_new(s))) {
		refuse(c, REASON_QUOTA_EXCEEDED, "the durable store is full");
		return;
	}
	stored = s && s->lasting->store_id;
	s = take_session(&con, &present);
	rights_identify(s, c->listener->security, c->rare->user);
	s->client = c;
	s->protocol = c->protocol;
	c->session = s;
	if (con.flags & CONNECT_WILL)
		client_rare(c)->will = will_new(&con.will);
	/* after a restart nobody knows whose it is */
	will_judge(c->rare->will, s);
	c->session_made = !present;
	/*
	 * When a session was made, or one is gone that had been stored, or there
	 * is a will, CONNACK waits for the store, and nothing is read meanwhile.
	 */
	wait = store_session(s) || store_session_new(s) || (stored && !present);
	if (c->rare->will && !c->rare->will->denied && store_client_will(s, c->rare->will))
		wait = true;
	if (wait) {
		store_fence_request(c);
		c->connack_held = c->store_request;
		c->rx_paused = c->store_request;
	}
	/* Receiving must not be armed before the socket is attached. */
	datapath_attach(c);
	client_connected(c);
	enhanced_auth_end(c);
	accept_connect(c, &con, present);
	if (c->state == CLIENT_CONNECTED)
		deliver_resume(s);
}

void handle_connect(struct client *c, struct reader *r)
{
	connect_client(c, r, false);
}

/* The packet is still there: it is read again, and nothing else is kept. */
void handle_connect_verified(struct client *c, bool good)
{
	uint32_t remaining = 0;
	struct reader r = { 0 };

	c->state = CLIENT_CONNECTING;
	if (!good) {
		refuse(c, REASON_BAD_USER_NAME_OR_PASSWORD,
		       refusal(REASON_BAD_USER_NAME_OR_PASSWORD));
		return;
	}
	r.p = c->rx->bytes + packet_header(c->rx->bytes, c->rx->len, &remaining);
	r.end = r.p + remaining;
	connect_client(c, &r, true);
}
