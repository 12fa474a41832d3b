// SPDX-License-Identifier: GPL-2.0
#include "sys.h"

#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "fan_out.h"
#include "loop.h"
#include "message.h"
#include "packet.h"
#include "retain.h"
#include "route.h"
#include "session.h"
#include "stats.h"
#include "subs.h"
#include "timer.h"
#include "util.h"
#include "version.h"

#define SYS_TREE	"$SYS/broker/"
#define TOPIC_MAX	64
/* As mosquitto has it: a subscriber gets what it asked for. */
#define SYS_QOS		2

/**
 * struct sys_values - what the topics tell
 *
 * Messages are MQTT packets of any type, as in mosquitto(8).
 */
struct sys_values {
	uint64_t clients_total;
	uint64_t clients_connected;
	uint64_t clients_disconnected;
	uint64_t clients_maximum;
	uint64_t clients_expired;
	uint64_t subscriptions;
	uint64_t retained;
	uint64_t inflight;
	uint64_t stored;
	uint64_t stored_bytes;
	uint64_t heap;
	uint64_t heap_maximum;
	uint64_t messages_received;
	uint64_t messages_sent;
	uint64_t publish_received;
	uint64_t publish_sent;
	uint64_t publish_dropped;
	uint64_t bytes_received;
	uint64_t bytes_sent;
	uint64_t sockets;
	uint64_t sockets_open;
	uint64_t connections;
	uint64_t received[16];
	uint64_t sent[16];
};

/**
 * struct sys_topic - a topic that shows one value
 * @name: below $SYS/broker
 * @off: offset of the value in struct sys_values
 * @last: value published last
 */
struct sys_topic {
	const char *name;
	size_t off;
	uint64_t last;
};

#define TOPIC(_name, _field) \
	{ .name = _name, .off = offsetof(struct sys_values, _field) }
#define RECEIVED(_name, _type)	TOPIC("mqtt/" _name "/received", received[_type >> 4])
#define SENT(_name, _type)	TOPIC("mqtt/" _name "/sent", sent[_type >> 4])

static struct sys_topic topics[] = {
	TOPIC("bytes/received", bytes_received),
	TOPIC("bytes/sent", bytes_sent),
	TOPIC("clients/active", clients_connected),
	TOPIC("clients/connected", clients_connected),
	TOPIC("clients/disconnected", clients_disconnected),
	TOPIC("clients/expired", clients_expired),
	TOPIC("clients/inactive", clients_disconnected),
	TOPIC("clients/maximum", clients_maximum),
	TOPIC("clients/total", clients_total),
	TOPIC("connections/socket/count", sockets_open),
	TOPIC("heap/current size", heap),
	TOPIC("heap/maximum size", heap_maximum),
	TOPIC("messages/inflight", inflight),
	TOPIC("messages/received", messages_received),
	TOPIC("messages/sent", messages_sent),
	TOPIC("messages/stored", stored),
	RECEIVED("auth", AUTH),
	RECEIVED("connect", CONNECT),
	RECEIVED("disconnect", DISCONNECT),
	RECEIVED("pingreq", PINGREQ),
	RECEIVED("puback", PUBACK),
	RECEIVED("pubcomp", PUBCOMP),
	RECEIVED("publish", PUBLISH),
	RECEIVED("pubrec", PUBREC),
	RECEIVED("pubrel", PUBREL),
	RECEIVED("subscribe", SUBSCRIBE),
	RECEIVED("unsubscribe", UNSUBSCRIBE),
	SENT("connack", CONNACK),
	SENT("disconnect", DISCONNECT),
	SENT("pingresp", PINGRESP),
	SENT("puback", PUBACK),
	SENT("pubcomp", PUBCOMP),
	SENT("publish", PUBLISH),
	SENT("pubrec", PUBREC),
	SENT("pubrel", PUBREL),
	SENT("suback", SUBACK),
	SENT("unsuback", UNSUBACK),
	TOPIC("publish/messages/dropped", publish_dropped),
	TOPIC("publish/messages/received", publish_received),
	TOPIC("publish/messages/sent", publish_sent),
	TOPIC("retained messages/count", retained),
	TOPIC("store/messages/bytes", stored_bytes),
	TOPIC("store/messages/count", stored),
	TOPIC("subscriptions/count", subscriptions),
};

/**
 * struct sys_load - topics that show how fast a value grows, per minute
 * @name: below $SYS/broker/load
 * @off: offset of the value in struct sys_values
 * @last: the value at the last update
 * @average: moving averages over 1, 5 and 15 minutes
 */
struct sys_load {
	const char *name;
	size_t off;
	uint64_t last;
	double average[3];
};

static struct sys_load loads[] = {
	TOPIC("bytes/received", bytes_received),
	TOPIC("bytes/sent", bytes_sent),
	TOPIC("connections", connections),
	TOPIC("messages/received", messages_received),
	TOPIC("messages/sent", messages_sent),
	TOPIC("publish/dropped", publish_dropped),
	TOPIC("publish/received", publish_received),
	TOPIC("publish/sent", publish_sent),
	TOPIC("sockets", sockets),
};

static struct timer timer;
static uint64_t started;
static uint64_t updated;
static uint64_t heap_maximum;

static void __attribute__((format(printf, 2, 3)))
sys_publish(const char *name, const char *fmt, ...)
{
	char topic[TOPIC_MAX];
	char text[64];
	struct publish pub;
	va_list ap;

	memset(&pub, 0, sizeof(pub));
	pub.topic = topic;
	pub.topic_len = (uint16_t)snprintf(topic, sizeof(topic), SYS_TREE "%s",
					   name);
	va_start(ap, fmt);
	pub.payload_len = (uint32_t)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pub.payload = (const uint8_t *)text;
	pub.qos = SYS_QOS;
	pub.retain = true;
	pub.count = 1;
	fan_out_publish(&pub);
}

static void sys_gather(struct sys_values *v)
{
	struct datapath_traffic k;
	unsigned int type;

	datapath_traffic(&k);
	v->clients_total = sessions_count();
	v->clients_connected = stats.clients;
	v->clients_disconnected = v->clients_total - v->clients_connected;
	v->clients_maximum = stats.clients_max;
	v->clients_expired = stats.clients_expired;
	v->subscriptions = subs_count();
	v->retained = retain_count();
	v->inflight = stats.inflight;
	v->stored = messages_count(&v->stored_bytes);
	v->heap = mallinfo2().uordblks;
	heap_maximum = max_t(uint64_t, heap_maximum, v->heap);
	v->heap_maximum = heap_maximum;
	v->publish_received = stats.publish_received + k.publish_received;
	v->publish_sent = stats.publish_sent + k.publish_sent;
	v->publish_dropped = stats.publish_dropped + k.publish_dropped;
	memcpy(v->received, stats.received, sizeof(v->received));
	memcpy(v->sent, stats.sent, sizeof(v->sent));
	v->received[PUBLISH >> 4] = v->publish_received;
	v->sent[PUBLISH >> 4] = v->publish_sent;
	v->messages_received = 0;
	v->messages_sent = 0;
	for (type = 0; type < ARRAY_SIZE(v->received); type++) {
		v->messages_received += v->received[type];
		v->messages_sent += v->sent[type];
	}
	v->bytes_received = stats.bytes_received + k.bytes_received;
	v->bytes_sent = stats.bytes_sent + k.bytes_sent;
	v->sockets = stats.connections;
	v->sockets_open = clients_count();
	v->connections = stats.connects;
}

static uint64_t sys_value(const struct sys_values *v, size_t off)
{
	return *(const uint64_t *)((const char *)v + off);
}

double sys_average(double old, double grown, double seconds,
		   unsigned int minutes)
{
	double rate = grown * 60.0 / seconds;

	return rate + exp(-seconds / (60.0 * minutes)) * (old - rate);
}

static void sys_load(struct sys_load *load, const struct sys_values *v,
		     double seconds, bool first)
{
	static const unsigned int minutes[] = { 1, 5, 15 };
	uint64_t value = sys_value(v, load->off);
	double grown = (double)(value - load->last);
	char name[TOPIC_MAX];
	size_t i;

	load->last = value;
	for (i = 0; i < ARRAY_SIZE(minutes); i++) {
		double old = load->average[i];
		double now = sys_average(old, grown, seconds, minutes[i]);

		load->average[i] = now;
		if (!first && fabs(now - old) < 0.01)
			continue;
		snprintf(name, sizeof(name), "load/%s/%umin", load->name,
			 minutes[i]);
		sys_publish(name, "%.2f", now);
	}
}

static void sys_update(bool first)
{
	double seconds = (double)(loop_now() - updated) / 1000.0;
	struct sys_values v;
	size_t i;

	sys_gather(&v);
	sys_publish("uptime", "%" PRIu64 " seconds",
		    (loop_now() - started) / 1000);
	for (i = 0; i < ARRAY_SIZE(topics); i++) {
		uint64_t value = sys_value(&v, topics[i].off);

		if (!first && value == topics[i].last)
			continue;
		topics[i].last = value;
		sys_publish(topics[i].name, "%" PRIu64, value);
	}
	for (i = 0; i < ARRAY_SIZE(loads); i++)
		sys_load(&loads[i], &v, first ? config.sys_interval : seconds,
			 first);
	updated = loop_now();
}

static void sys_due(struct timer *t)
{
	sys_update(false);
	timer_arm(t, loop_now() + config.sys_interval * 1000ull);
}

void sys_start(void)
{
	if (!config.sys_interval)
		return;
	loop_update_now();
	started = loop_now();
	updated = started;
	sys_publish("version", "mqttd version " MQTTD_VERSION);
	sys_update(true);
	timer.fn = sys_due;
	timer_arm(&timer, started + config.sys_interval * 1000ull);
}

void sys_stop(void)
{
	timer_cancel(&timer);
}
