// SPDX-License-Identifier: GPL-2.0
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

int text_error(struct text *t, const char *fmt, ...)
{
	int len = snprintf(t->error, t->size, "%s:%u: ", t->name, t->line);
	va_list ap;

	if (len < 0 || (size_t)len >= t->size)
		return -1;
	va_start(ap, fmt);
	vsnprintf(t->error + len, t->size - len, fmt, ap);
	va_end(ap);
	return -1;
}

char *text_word(char **rest)
{
	char *s = *rest + strspn(*rest, " \t");
	size_t len = strcspn(s, " \t");

	if (!len)
		return NULL;
	*rest = s + len;
	if (**rest)
		*(*rest)++ = '\0';
	return s;
}

static int parse_line(struct text *t, char *line, size_t len)
{
	if (strlen(line) != len)
		return text_error(t, "null byte in line");
	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	line += strspn(line, " \t");
	return *line && *line != '#' ? t->parse_line(t, line) : 0;
}

int text_parse(struct text *t, const char *bytes, size_t len)
{
	const char *end = bytes + len;

	while (bytes < end) {
		const char *nl = memchr(bytes, '\n', end - bytes);
		size_t n = (nl ? nl : end) - bytes;
		char *line = xstrndup(bytes, n);
		int rc;

		t->line++;
		rc = parse_line(t, line, n);
		free(line);
		if (rc)
			return rc;
		bytes += n + 1;
	}
	return 0;
}

int text_parse_file(struct text *t)
{
	FILE *f = fopen(t->name, "re");
	char *bytes = NULL;
	size_t len = 0;
	size_t cap = 0;
	size_t n;
	int rc = -1;

	if (!f) {
		snprintf(t->error, t->size, "%s: %s", t->name, strerror(errno));
		return -1;
	}
	do {
		if (len == cap) {
			cap = cap ? cap * 2 : 4096;
			bytes = xrealloc(bytes, cap);
		}
		n = fread(bytes + len, 1, cap - len, f);
		len += n;
	} while (n);
	if (ferror(f))
		snprintf(t->error, t->size, "%s: %s", t->name, strerror(errno));
	else
		rc = text_parse(t, bytes, len);
	free(bytes);
	fclose(f);
	return rc;
}
