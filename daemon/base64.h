/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_BASE64_H
#define MQTTD_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the base64 of len bytes and a NUL. */
#define BASE64_SIZE(len)	(((len) + 2) / 3 * 4 + 1)

/**
 * base64_decode() - decode base64
 * @text: the text
 * @len: its length
 * @out: the bytes
 * @size: room in @out; set to their number
 *
 * Return: true if it is base64 of 1 to @size bytes.
 */
bool base64_decode(const char *text, size_t len, uint8_t *out, size_t *size);

/**
 * base64_encode() - encode as base64
 * @data: bytes
 * @len: their number
 * @out: room for BASE64_SIZE(@len)
 *
 * Return: true, or false without memory.
 */
bool base64_encode(const void *data, size_t len, char *out);

#endif /* MQTTD_BASE64_H */
