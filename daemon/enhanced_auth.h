/* SPDX-License-Identifier: GPL-2.0 */
/* Enhanced authentication, MQTT 5.0, 4.12: SCRAM-SHA-256. */
#ifndef MQTTD_ENHANCED_AUTH_H
#define MQTTD_ENHANCED_AUTH_H

#include <stdbool.h>

#include "reason.h"

struct client;
struct properties;

/**
 * enhanced_auth_named() - do properties name our method?
 * @props: properties of CONNECT or AUTH
 *
 * Return: true if they do; false for another method, or none.
 */
bool enhanced_auth_named(const struct properties *props);

/**
 * enhanced_auth_first() - begin, with the client's first message
 * @c: client
 * @props: properties of its CONNECT or AUTH, with a method
 * @what: set to what is wrong
 *
 * An exchange that was under way is dropped.
 *
 * Return: REASON_CONTINUE_AUTHENTICATION after AUTH has been sent, or the reason
 * why the client is refused.
 */
enum reason enhanced_auth_first(struct client *c, const struct properties *props,
				const char **what);

/**
 * enhanced_auth_final() - end, with the client's last message
 * @c: client
 * @props: properties of its AUTH
 * @what: set to what is wrong
 *
 * Return: REASON_SUCCESS, or the reason why the client is refused.
 */
enum reason enhanced_auth_final(struct client *c, const struct properties *props,
				const char **what);

/**
 * enhanced_auth_user() - who the client says it is
 * @c: client whose exchange is under way
 *
 * Return: user name.
 */
const char *enhanced_auth_user(const struct client *c);

/**
 * enhanced_auth_answer() - what the client is told after success
 * @c: client for which enhanced_auth_final() was successful
 *
 * Return: data for CONNACK or AUTH.
 */
const char *enhanced_auth_answer(const struct client *c);

/**
 * enhanced_auth_end() - forget the exchange
 * @c: client, with or without one
 */
void enhanced_auth_end(struct client *c);

#endif /* MQTTD_ENHANCED_AUTH_H */
