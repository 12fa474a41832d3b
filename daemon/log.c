// SPDX-License-Identifier: GPL-2.0
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

static unsigned int log_types = LOG_T_DEFAULT;
static unsigned int log_dests = LOG_D_STDERR;
static char *log_path;
static int log_fd = -1;
/* Under systemd the journal stamps lines itself and reads "<N>" priorities. */
static bool log_journal;

static const char *log_format = "%Y-%m-%dT%H:%M:%S";
static int log_facility = LOG_DAEMON;

void log_style(const char *format, int local)
{
	log_format = format;
	if (local >= 0)
		log_facility = LOG_LOCAL0 + ((LOG_LOCAL1 - LOG_LOCAL0) * local);
}

static int log_open_file(void)
{
	int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	if (log_fd >= 0)
		close(log_fd);
	log_fd = fd;
	return 0;
}

int log_open(unsigned int types, unsigned int dests, const char *file)
{
	log_types = types;
	log_dests = dests;
	log_journal = !!getenv("JOURNAL_STREAM");
	if (dests & LOG_D_SYSLOG)
		openlog("mqttd", LOG_PID | LOG_NDELAY, log_facility);
	if (dests & LOG_D_FILE) {
		free(log_path);
		log_path = xstrdup(file);
		return log_open_file();
	}
	return 0;
}

void log_reopen(void)
{
	int rc;

	if (!(log_dests & LOG_D_FILE))
		return;
	rc = log_open_file();
	if (rc)
		log_err("cannot reopen %s: %s", log_path, strerror(-rc));
}

void log_close(void)
{
	if (log_dests & LOG_D_SYSLOG)
		closelog();
	if (log_fd >= 0)
		close(log_fd);
	log_fd = -1;
	free(log_path);
	log_path = NULL;
	log_dests = LOG_D_STDERR;
	log_format = NULL;
}

bool log_wants(unsigned int type)
{
	return log_types & type;
}

static int log_priority(unsigned int type)
{
	switch (type) {
	case LOG_T_ERROR:
		return LOG_ERR;
	case LOG_T_WARNING:
		return LOG_WARNING;
	case LOG_T_NOTICE:
		return LOG_NOTICE;
	case LOG_T_DEBUG:
		return LOG_DEBUG;
	default:
		return LOG_INFO;
	}
}

/* Client identifiers and topics may hold any code point: keep lines whole. */
static void log_sanitize(char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
	}
}

static void log_write(int fd, const char *line, size_t len)
{
	/* Nothing sensible can be done about a log that takes no lines. */
	if (write(fd, line, len) < 0)
		return;
}

void log_line(unsigned int type, const char *fmt, ...)
{
	char text[1024];
	char line[1280];
	struct timespec now;
	struct tm tm;
	char stamp[128] = "";
	va_list ap;
	int len;

	if (!(log_types & type))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_sanitize(text);

	if (log_dests & LOG_D_SYSLOG)
		syslog(log_priority(type), "%s", text);
	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	if (log_format && !strftime(stamp, sizeof(stamp), log_format, &tm))
		stamp[0] = '\0';
	if ((log_dests & LOG_D_STDERR) || (log_dests & LOG_D_FILE && log_fd < 0)) {
		if (log_journal)
			len = snprintf(line, sizeof(line), "<%d>%s\n",
				       log_priority(type), text);
		else
			len = snprintf(line, sizeof(line), "%s%smqttd: %s\n",
				       stamp, *stamp ? " " : "", text);
		log_write(STDERR_FILENO, line, len);
	}
	if (log_dests & LOG_D_FILE && log_fd >= 0) {
		len = snprintf(line, sizeof(line), "%s%smqttd: %s\n", stamp,
			       *stamp ? " " : "", text);
		log_write(log_fd, line, len);
	}
	if (log_dests & LOG_D_STDOUT) {
		len = snprintf(line, sizeof(line), "%s%smqttd: %s\n", stamp,
			       *stamp ? " " : "", text);
		log_write(STDOUT_FILENO, line, len);
	}
}
