/* SPDX-License-Identifier: GPL-2.0 */
/* Text and JSON output. */
#ifndef MQTTCTL_PRINT_H
#define MQTTCTL_PRINT_H

#include <cjson/cJSON.h>

#include "mqtt_attr.h"

/**
 * text_of() - bytes as text that a terminal shows and does not obey
 * @blob: the bytes, UTF-8 or not
 *
 * Control characters, backslashes and bytes that are no UTF-8 become \xNN.
 *
 * Return: a string to be freed; the program ends without memory.
 */
char *text_of(struct mqtt_blob blob);

/**
 * text_of_attr() - an attribute of an object as text
 * @set: what the object is
 * @obj: the object
 * @type: number of the attribute
 *
 * Return: a string to be freed, "-" if the object has no such attribute.
 */
char *text_of_attr(const struct mqtt_attr_set *set, const void *obj, unsigned int type);

/**
 * text_of_ms() - a duration as text of at most seven characters
 * @ms: milliseconds
 *
 * Return: a string to be freed.
 */
char *text_of_ms(uint64_t ms);

/**
 * textf() - printf() into a new string
 * @fmt: format
 *
 * Return: a string to be freed; the program ends without memory.
 */
__attribute__((format(printf, 1, 2)))
char *textf(const char *fmt, ...);

/**
 * print_attrs() - print an object as one "name value" line for each attribute
 * @set: what the object is
 * @obj: the object
 */
void print_attrs(const struct mqtt_attr_set *set, const void *obj);

/**
 * json_of() - an object as a JSON object
 * @set: what the object is
 * @obj: the object
 *
 * Return: the JSON object, with the attributes that @obj has.
 */
cJSON *json_of(const struct mqtt_attr_set *set, const void *obj);

/**
 * json_add_number() - add a number that may be larger than a double holds
 * @json: the object
 * @name: name of the field
 * @value: its value
 */
void json_add_number(cJSON *json, const char *name, uint64_t value);

/**
 * json_print() - print JSON, end the line and free it
 * @json: what to print
 */
void json_print(cJSON *json);

/**
 * struct json_list - a JSON array printed element by element
 * @nr: elements printed
 */
struct json_list {
	unsigned long nr;
};

/**
 * json_list_add() - print and free one element
 * @list: the array, zeroed at first
 * @json: the element
 */
void json_list_add(struct json_list *list, cJSON *json);

/**
 * json_list_end() - end the array
 * @list: the array
 */
void json_list_end(struct json_list *list);

#define TABLE_COLUMNS	16

/**
 * struct table - rows kept until the widths of the columns are known
 * @heads: headings, NULL at the end; one that begins with '>' is for a column
 *	set flush right
 * @cells: all cells in order
 * @nr: number of cells
 * @room: cells allocated
 */
struct table {
	const char *heads[TABLE_COLUMNS + 1];
	char **cells;
	unsigned long nr;
	unsigned long room;
};

/**
 * table_add() - add the next cell
 * @table: the table
 * @text: the cell, which the table frees
 */
void table_add(struct table *table, char *text);

/**
 * table_print() - print the table, and free what it holds
 * @table: the table
 */
void table_print(struct table *table);

#endif /* MQTTCTL_PRINT_H */
