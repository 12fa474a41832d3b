/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What reading the configuration (conf.c) and its options (conf_option.c,
 * conf_refused.c) have in common.
 */
#ifndef MQTTD_CONF_PARSER_H
#define MQTTD_CONF_PARSER_H

#include <stdbool.h>

#include "conf.h"

/**
 * struct conf_parser - where in the configuration we are
 * @conf: what is filled in
 * @name: name of the file
 * @line: number of the line
 * @included: the file was named by include_dir
 * @log_type_given: log_type has replaced its default
 * @log_dest_given: log_dest has replaced its default
 */
struct conf_parser {
	struct conf *conf;
	const char *name;
	unsigned int line;
	bool included;
	bool log_type_given;
	bool log_dest_given;
};

/**
 * conf_error() - report an error in the present line
 * @p: parser
 * @fmt: message, as for printf()
 *
 * Return: -1.
 */
int conf_error(struct conf_parser *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * conf_word() - take the next blank-separated word of a line
 * @rest: rest of the line, moved behind the word
 *
 * Return: the word, NULL if there is none.
 */
char *conf_word(char **rest);

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
 * conf_include() - read all files of a directory that end in ".conf"
 * @p: parser
 * @dir: the directory
 *
 * Return: 0 or -1 after conf_error().
 */
int conf_include(struct conf_parser *p, const char *dir);

#endif /* MQTTD_CONF_PARSER_H */
