/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_LOG_H
#define MQTTD_LOG_H

#include <stdbool.h>

/* Bits of log_type, with the names mosquitto.conf has for them. */
enum log_type {
	LOG_T_ERROR		= 1 << 0,
	LOG_T_WARNING		= 1 << 1,
	LOG_T_NOTICE		= 1 << 2,
	LOG_T_INFORMATION	= 1 << 3,
	LOG_T_SUBSCRIBE		= 1 << 4,
	LOG_T_UNSUBSCRIBE	= 1 << 5,
	LOG_T_DEBUG		= 1 << 6,
	LOG_T_ALL		= (1 << 7) - 1,
	LOG_T_DEFAULT		= LOG_T_ERROR | LOG_T_WARNING | LOG_T_NOTICE |
				  LOG_T_INFORMATION,
};

/* Bits of log_dest. */
enum log_dest {
	LOG_D_STDERR	= 1 << 0,
	LOG_D_SYSLOG	= 1 << 1,
	LOG_D_FILE	= 1 << 2,
	LOG_D_STDOUT	= 1 << 3,
};

/**
 * log_open() - start logging as configured
 * @types: enum log_type bits that are written
 * @dests: enum log_dest bits
 * @file: path for LOG_D_FILE, or NULL
 *
 * Return: 0, or -errno when the file cannot be opened.
 */
int log_open(unsigned int types, unsigned int dests, const char *file);

/**
 * log_style() - how lines look; before log_open()
 * @format: of their time, as for strftime(), NULL for lines without it
 * @local: 0 to 7 for syslog's facilities local0 to local7, -1 for daemon
 */
void log_style(const char *format, int local);

/**
 * log_reopen() - open the log file again, after it was rotated
 */
void log_reopen(void);

/**
 * log_close() - end logging
 */
void log_close(void);

/**
 * log_wants() - would a line of this type be written?
 * @type: enum log_type bit
 *
 * Return: true if so; lets callers skip the work of formatting.
 */
bool log_wants(unsigned int type);

/**
 * log_line() - write one line
 * @type: enum log_type bit
 * @fmt: as for printf(), without a newline
 */
void log_line(unsigned int type, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_err(...)	log_line(LOG_T_ERROR, __VA_ARGS__)
#define log_warn(...)	log_line(LOG_T_WARNING, __VA_ARGS__)
#define log_notice(...)	log_line(LOG_T_NOTICE, __VA_ARGS__)
#define log_info(...)	log_line(LOG_T_INFORMATION, __VA_ARGS__)
#define log_debug(...)					\
	do {						\
		if (log_wants(LOG_T_DEBUG))		\
			log_line(LOG_T_DEBUG, __VA_ARGS__);	\
	} while (0)

#endif /* MQTTD_LOG_H */
