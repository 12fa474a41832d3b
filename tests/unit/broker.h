/* SPDX-License-Identifier: GPL-2.0 */
/* A broker without connections: what a topic goes through. */
#ifndef TESTS_UNIT_BROKER_H
#define TESTS_UNIT_BROKER_H

struct session;

/**
 * broker_setup() - make sessions, subscriptions, routes and retained messages ready
 * @state: of cmocka, not used
 *
 * Return: 0.
 */
int broker_setup(void **state);

/**
 * broker_teardown() - free all of them, with what is in them
 * @state: of cmocka, not used
 *
 * Return: 0.
 */
int broker_teardown(void **state);

/**
 * broker_sessions() - make sessions that last, named "c0", "c1" and so on
 * @sessions: room for @nr
 * @nr: their number
 */
void broker_sessions(struct session **sessions, unsigned int nr);

#endif /* TESTS_UNIT_BROKER_H */
