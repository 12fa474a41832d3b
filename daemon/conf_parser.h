/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What reading the configuration (conf.c) and its options (conf_option.c,
 * conf_refused.c) have in common.
 */
#ifndef MQTTD_CONF_PARSER_H
#define MQTTD_CONF_PARSER_H

#include <stdbool.h>

#include "conf.h"
#include "text.h"

/* websockets_headers_size where it is not said. */
#define CONF_HEADERS_SIZE	8192u

/**
 * struct conf_parser - where in the configuration we are
 * @text: the file
 * @conf: what is filled in
 * @included: the file was named by include_dir
 * @log_type_given: log_type has replaced its default
 * @log_dest_given: log_dest has replaced its default
 */
struct conf_parser {
	struct text text;
	struct conf *conf;
	bool included;
	bool log_type_given;
	bool log_dest_given;
};

/* Reports an error in the present line; -1. */
#define conf_error(p, ...)	text_error(&(p)->text, __VA_ARGS__)

/**
 * conf_option() - set an option
 * @p: parser
 * @name: its name
 * @value: rest of the line, not empty
 *
 * Return: 0, -1 after conf_error(), or 1 when there is no such option.
 */
int conf_option(struct conf_parser *p, const char *name, char *value);

/**
 * conf_refuse() - say why an option of mosquitto is not there
 * @p: parser
 * @name: its name
 * @value: rest of the line
 *
 * Return: -1 after conf_error(), 0 when the value asks for nothing that is not
 * there, or 1 when mosquitto has no such option.
 */
int conf_refuse(struct conf_parser *p, const char *name, const char *value);

/**
 * conf_listener_init() - set every option of a listener to its default
 * @l: listener
 */
void conf_listener_init(struct conf_listener *l);

/**
 * conf_listener_new() - make a listener
 * @from: listener whose settings it gets, or NULL
 *
 * Return: the listener, not in the list yet.
 */
struct conf_listener *conf_listener_new(const struct conf_listener *from);

/**
 * conf_listener_clear() - release what a listener holds
 * @l: listener
 */
void conf_listener_clear(struct conf_listener *l);

/**
 * conf_security_clear() - release what settings hold
 * @s: settings
 */
void conf_security_clear(struct conf_security *s);

/**
 * conf_security_init() - set them to their defaults
 * @s: settings
 */
void conf_security_init(struct conf_security *s);

/**
 * conf_listener() - where the options of a listener go
 * @p: parser
 * @name: option
 *
 * Return: the last listener, before any the default one.
 */
struct conf_listener *conf_listener(struct conf_parser *p, const char *name);

/**
 * conf_security() - where the options go that per_listener_settings is about
 * @p: parser
 * @name: option
 *
 * Return: the settings of the present listener, or those of all.
 */
struct conf_security *conf_security(struct conf_parser *p, const char *name);

/**
 * conf_tls() - where the options of TLS go
 * @p: parser
 * @name: option
 *
 * Return: those of the present listener.
 */
struct conf_tls *conf_tls(struct conf_parser *p, const char *name);

/**
 * conf_finish_tls() - are the options of a listener all that is needed?
 * @conf: configuration
 * @tls: the options
 *
 * Return: 0 or -1 with the message in @conf.
 */
int conf_finish_tls(struct conf *conf, const struct conf_tls *tls);

/**
 * conf_include() - read all files of a directory that end in ".conf"
 * @p: parser
 * @dir: the directory
 *
 * Return: 0 or -1 after conf_error().
 */
int conf_include(struct conf_parser *p, const char *dir);

#endif /* MQTTD_CONF_PARSER_H */
