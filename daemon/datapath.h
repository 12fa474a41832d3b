/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What carries QoS 0 messages from publishers to subscribers: the daemon itself
 * ("user"), or mqtt.ko ("kernel"). The rest of the daemon calls the functions
 * here and knows neither netlink nor the port.
 */
#ifndef MQTTD_DATAPATH_H
#define MQTTD_DATAPATH_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"

struct cJSON;
struct client;
struct filter;
struct publish;
struct route;
struct run;
struct session;
struct sub;

/**
 * struct datapath_traffic - what went through the data path and not the broker
 * @publish_received: PUBLISH packets received
 * @publish_sent: PUBLISH packets queued for clients
 * @publish_dropped: deliveries dropped, because of limits
 * @publish_denied: PUBLISH packets dropped that their clients may not publish
 * @bytes_received: bytes received
 * @bytes_sent: bytes queued for clients
 *
 * Since the daemon started, whatever became of the module meanwhile.
 */
struct datapath_traffic {
	uint64_t publish_received;
	uint64_t publish_sent;
	uint64_t publish_dropped;
	uint64_t publish_denied;
	uint64_t bytes_received;
	uint64_t bytes_sent;
};

/**
 * struct datapath_packets - QoS 0 packets for one client
 * @frames: the packets, RETAIN 0, without topic alias and identifiers
 * @len: their length together
 * @v5: they are of MQTT 5.0
 * @retain: it gets them with RETAIN
 * @expires: they have a Message Expiry Interval, all the same
 * @ids: subscription identifiers, or NULL
 */
struct datapath_packets {
	const uint8_t *frames;
	uint32_t len;
	bool v5;
	bool retain;
	bool expires;
	const struct subids *ids;
};

/**
 * struct datapath_ops - one kind of data path; NULL functions do nothing
 * @name: for people and programs
 * @stop: let go of everything
 * @attach: see datapath_attach()
 * @detach: see datapath_detach()
 * @acl_class: see datapath_acl_class()
 * @sub_add: see datapath_sub_add()
 * @sub_del: see datapath_sub_del()
 * @commit: see datapath_commit()
 * @publish: see datapath_publish()
 * @send: see datapath_send()
 * @room: see datapath_room()
 * @learn: see datapath_learn()
 * @unlearn: see datapath_unlearn()
 * @retire: see datapath_retire()
 * @before_input: see datapath_before_input()
 * @handled: see datapath_handled()
 * @end_of_turn: see datapath_end_of_turn()
 * @status: see datapath_status()
 * @traffic: counters of the data path, from any point in time
 */
struct datapath_ops {
	const char *name;
	void (*stop)(void);
	void (*attach)(struct client *c);
	void (*detach)(struct client *c);
	void (*acl_class)(struct client *c);
	void (*sub_add)(struct sub *sub);
	void (*sub_del)(struct sub *sub);
	void (*commit)(bool barrier);
	bool (*publish)(const struct route *route, const struct publish *pub,
			const struct run *run);
	bool (*send)(struct client *c, const struct datapath_packets *what);
	uint32_t (*room)(struct client *c);
	void (*learn)(const struct publish *pub);
	void (*unlearn)(struct filter *filter);
	void (*retire)(void);
	void (*before_input)(struct client *c);
	void (*handled)(struct client *c, uint8_t first, uint32_t count);
	void (*end_of_turn)(void);
	void (*status)(struct cJSON *json);
	bool (*traffic)(struct datapath_traffic *now);
};

extern const struct datapath_ops datapath_user;
extern const struct datapath_ops datapath_kernel;

/**
 * datapath_start() - choose and start the data path
 * @mode: as configured
 *
 * Return: 0, or -errno after saying on the log what is wrong.
 */
int datapath_start(enum conf_datapath mode);

/**
 * datapath_stop() - stop the data path
 */
void datapath_stop(void);

/**
 * datapath_lost() - the kernel data path has gone away
 *
 * The broker goes on in user space, and registers again when it is back.
 */
void datapath_lost(void);

/**
 * datapath_name() - which data path is in use
 *
 * Return: "user" or "kernel".
 */
const char *datapath_name(void);

/**
 * datapath_attach() - hand an accepted client to the data path
 * @c: client with its session, before CONNACK is sent. c->conn is set when it
 *	was attached; the broker serves it itself otherwise.
 */
void datapath_attach(struct client *c);

/**
 * datapath_detach() - nothing more is for this client
 * @c: client, attached or not, with its session
 */
void datapath_detach(struct client *c);

/**
 * datapath_acl_class() - a client may publish something else than before
 * @c: client with its session, attached or not
 */
void datapath_acl_class(struct client *c);

/**
 * datapath_sub_add() - a subscription is new, has a new QoS, or its session has
 *	a connection again
 * @sub: subscription
 */
void datapath_sub_add(struct sub *sub);

/**
 * datapath_sub_del() - a subscription is about to be removed
 * @sub: subscription
 */
void datapath_sub_del(struct sub *sub);

/**
 * datapath_commit() - have all changes in force before something is
 *	acknowledged
 * @barrier: also wait until everything routed by the former state is queued
 */
void datapath_commit(bool barrier);

/**
 * datapath_publish() - deliver QoS 0 packets to the attached receivers
 * @route: where they go
 * @pub: what was published
 * @run: the packets to be delivered
 *
 * Return: false when the caller must queue them on each receiver itself.
 */
bool datapath_publish(const struct route *route, const struct publish *pub,
		      const struct run *run);

/**
 * datapath_send() - deliver QoS 0 packets to one attached client
 * @c: client
 * @what: the packets
 *
 * They keep their place among what the data path delivers to it.
 *
 * Return: false when the caller must queue them itself.
 */
bool datapath_send(struct client *c, const struct datapath_packets *what);

/**
 * datapath_room() - how much will datapath_send() take without dropping it?
 * @c: client
 *
 * Return: bytes, 0 for a client that is not attached.
 */
uint32_t datapath_room(struct client *c);

/**
 * datapath_learn() - a QoS 0 message had to be routed by the broker
 * @pub: the message; later ones from attached clients need not be
 */
void datapath_learn(const struct publish *pub);

/**
 * datapath_unlearn() - the broker is to route all that a filter is for
 * @filter: filter, until something is learnt anew
 */
void datapath_unlearn(struct filter *filter);

/**
 * datapath_retire() - forget what was learnt of publishers of whose class no
 *	session is any more
 */
void datapath_retire(void);

/**
 * datapath_before_input() - packets of a client are about to be handled
 * @c: client
 */
void datapath_before_input(struct client *c);

/**
 * datapath_handled() - packets of a client were handled
 * @c: client
 * @first: first byte of each of them
 * @count: their number
 */
void datapath_handled(struct client *c, uint8_t first, uint32_t count);

/**
 * datapath_end_of_turn() - let out what was collected during this turn
 */
void datapath_end_of_turn(void);

/**
 * datapath_traffic() - what the broker itself has not seen
 * @total: filled in
 */
void datapath_traffic(struct datapath_traffic *total);

/**
 * datapath_status() - describe the data path
 * @json: object to add to
 */
void datapath_status(struct cJSON *json);

#endif /* MQTTD_DATAPATH_H */
