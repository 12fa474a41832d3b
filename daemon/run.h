/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs: QoS 0 PUBLISH packets that go to their receivers together, and the forms
 * in which these want them.
 */
#ifndef MQTTD_RUN_H
#define MQTTD_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "subid.h"

struct message;

/**
 * struct run - QoS 0 packets that many clients get
 * @frames: the packets, encoded
 * @len: their length together
 * @count: their number
 * @msg: shares @frames without copying, made when it is first worth it
 * @share: is it worth it?
 * @many: so many get it that it is not copied for any
 * @expires: loop_now() at which their lifetime ends, 0 for never
 */
struct run {
	const uint8_t *frames;
	uint32_t len;
	uint32_t count;
	struct message *msg;
	bool share;
	bool many;
	uint64_t expires;
};

/**
 * struct run_form - how a receiver gets the packets of a run
 * @v5: as MQTT 5.0, and not 3.1.1
 * @named: with their topic, and not with its alias alone
 * @alias: topic alias, 0 for none
 * @ids: subscription identifiers
 */
struct run_form {
	bool v5;
	bool named;
	uint16_t alias;
	struct subids *ids;
};

/* So many forms of a run are kept, besides the packets as they came. */
#define RUN_FORMS	8

/**
 * struct run_variant - a run in a form
 * @form: the form, holds its @ids
 * @run: the packets, in a message of their own
 */
struct run_variant {
	struct run_form form;
	struct run run;
};

/**
 * struct run_set - a run in all the forms that its receivers want
 * @base: the packets as they came
 * @v5: these are of MQTT 5.0; without topic alias and subscription identifier
 * @nr: number of @variants
 * @variants: other forms, made when first wanted
 */
struct run_set {
	struct run base;
	bool v5;
	unsigned int nr;
	struct run_variant variants[RUN_FORMS];
};

/**
 * run_set_init() - begin with the packets as they came
 * @set: forms of a run
 * @frames: valid QoS 0 packets with the same topic and the RETAIN flag 0
 * @len: their length together
 * @count: their number
 * @v5: they are of MQTT 5.0
 */
void run_set_init(struct run_set *set, const uint8_t *frames, uint32_t len,
		  uint32_t count, bool v5);

/**
 * run_set_get() - a run in the form that a receiver wants
 * @set: forms of a run
 * @form: the form; the identifiers are only read
 *
 * Return: the run, good until the next call; NULL without memory.
 */
struct run *run_set_get(struct run_set *set, const struct run_form *form);

/**
 * run_set_exit() - free all forms
 * @set: forms of a run
 */
void run_set_exit(struct run_set *set);

/**
 * run_next() - step over a packet of a run
 * @p: the packet
 * @left: bytes left in the run from there
 *
 * Return: length of the packet.
 */
uint32_t run_next(const uint8_t *p, uint32_t left);

#endif /* MQTTD_RUN_H */
