/* SPDX-License-Identifier: GPL-2.0 */
/* Files of lines: the configuration, passwords, access control. */
#ifndef MQTTD_TEXT_H
#define MQTTD_TEXT_H

#include <stddef.h>

/**
 * struct text - a text being read
 * @name: name of the file
 * @line: number of the present line
 * @parse_line: takes a line that is neither blank nor a comment, without the
 *	blanks around it; returns 0, or -1 after text_error()
 * @error: buffer for the message
 * @size: room in @error
 */
struct text {
	const char *name;
	unsigned int line;
	int (*parse_line)(struct text *t, char *line);
	char *error;
	size_t size;
};

/**
 * text_error() - report an error in the present line
 * @t: text
 * @fmt: message, as for printf(), without a newline
 *
 * Return: -1, with "file:line: message" in @t->error.
 */
int text_error(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * text_parse() - read lines from memory
 * @t: text
 * @bytes: the text, with any bytes in it
 * @len: its length
 *
 * Return: 0, or -1 after text_error().
 */
int text_parse(struct text *t, const char *bytes, size_t len);

/**
 * text_parse_file() - read the lines of the file @t->name
 * @t: text
 *
 * Return: 0, or -1 with "file: why" or "file:line: message" in @t->error.
 */
int text_parse_file(struct text *t);

/**
 * text_word() - take the next blank-separated word of a line
 * @rest: rest of the line, moved behind the word
 *
 * Return: the word, NULL if there is none.
 */
char *text_word(char **rest);

#endif /* MQTTD_TEXT_H */
