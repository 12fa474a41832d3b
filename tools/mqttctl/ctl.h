/* SPDX-License-Identifier: GPL-2.0 */
/* What the subcommands of mqttctl share. */
#ifndef MQTTCTL_CTL_H
#define MQTTCTL_CTL_H

#include <stdbool.h>

#include "mqtt_nl.h"

#define CTL_VERSION	"0.1.0"

#define EXIT_USAGE	2

/**
 * struct ctl - options given on the command line
 * @json: -j, print JSON
 * @socket: -s, the daemon's control socket
 * @wait: -w, seconds that drain waits
 */
struct ctl {
	bool json;
	const char *socket;
	unsigned int wait;
};

extern struct ctl ctl;

/**
 * fail() - say what failed and why on stderr
 * @what: what was to be done
 * @fmt: why, as for printf()
 *
 * Return: EXIT_FAILURE, for the caller to return.
 */
__attribute__((format(printf, 2, 3)))
int fail(const char *what, const char *fmt, ...);

/**
 * usage_error() - say what is wrong with the command line on stderr
 * @fmt: what, as for printf()
 *
 * Return: EXIT_USAGE, for the caller to return.
 */
__attribute__((format(printf, 1, 2)))
int usage_error(const char *fmt, ...);

/**
 * open_family() - open netlink, or say why it cannot be done
 * @what: what it is needed for
 * @nlp: receives the handle
 *
 * Return: 0, or EXIT_FAILURE when the reason has been printed.
 */
int open_family(const char *what, struct mqtt_nl **nlp);

/**
 * shift_show() - skip the optional word "show" before a selector
 * @argc: number of arguments after the subcommand's name
 * @argv: those arguments
 * @selector: receives the selector, or NULL if there is none
 *
 * Return: 0, or EXIT_USAGE when there is more than one selector.
 */
int shift_show(int argc, char **argv, const char **selector);

/**
 * parse_number() - read a whole decimal number
 * @text: the number
 * @max: highest allowed
 * @value: receives it
 *
 * Return: whether @text is one.
 */
bool parse_number(const char *text, uint64_t max, uint64_t *value);

/*
 * The subcommands. Arguments are what follows the name; they return the exit
 * status.
 */
int cmd_status(int argc, char **argv);
int cmd_conn(int argc, char **argv);
int cmd_flow(int argc, char **argv);
int cmd_group(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_drain(int argc, char **argv);
int cmd_limits(int argc, char **argv);
int cmd_client(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_store(int argc, char **argv);
int cmd_passwd(int argc, char **argv);

#endif /* MQTTCTL_CTL_H */
