/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of the durable store: what is in the keys and values of its file.
 * Pure: no state, no input or output; used by mqttd and by "mqttctl store".
 *
 * A key is a kind and one or two big-endian numbers, so that records are read
 * in an order in which each refers only to those before it. A value is a
 * version, the fields in the order of struct store_record, big-endian, and a
 * CRC-32C of key and value.
 */
#ifndef MQTTD_STORE_FORMAT_H
#define MQTTD_STORE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of what is written; what has a lower number is read as well. */
#define STORE_FORMAT		2
#define STORE_KEY_MAX		17
#define STORE_NEVER		UINT32_MAX

enum store_kind {
	STORE_HEADER		= 1,
	STORE_MESSAGE		= 2,
	STORE_SESSION		= 3,
	STORE_SUB		= 4,
	STORE_DELIVERY		= 5,
	STORE_RECEIVED		= 6,
	STORE_RETAINED		= 7,
	STORE_WILL		= 8,
	/* since version 2 */
	STORE_CLIENT_WILL	= 9,
	STORE_KINDS
};

/* Bits of struct store_record.flags. */
enum store_flag {
	STORE_F_RETAIN		= 1 << 0,
	STORE_F_DUP		= 1 << 1,
	STORE_F_CLEAN		= 1 << 2,
};

#define STORE_QOS		0x03
#define STORE_NO_LOCAL		0x04
#define STORE_RAP		0x08

/**
 * struct store_bytes - a field of variable length
 * @p: its bytes, not terminated
 * @len: their number
 */
struct store_bytes {
	const uint8_t *p;
	uint32_t len;
};

/**
 * struct store_record - one record, of whatever kind; fields its kind lacks are 0
 * @kind: enum store_kind
 * @format: version it was read in
 * @session: number of the session: of SESSION, SUB, DELIVERY, RECEIVED, WILL,
 *	which is a delayed one
 * @id: number of the MESSAGE, SUB, DELIVERY or CLIENT_WILL, which is that of a
 *	connected client; packet identifier of RECEIVED; number of the RETAINED
 *	message
 * @level: protocol level of SESSION
 * @qos: of MESSAGE, DELIVERY, WILL and CLIENT_WILL
 * @state: enum delivery_state of DELIVERY
 * @options: subscription options of SUB: QoS, STORE_NO_LOCAL, STORE_RAP, where
 *	they are in SUBSCRIBE
 * @flags: enum store_flag, of SESSION, DELIVERY, WILL and CLIENT_WILL
 * @mid: packet identifier of DELIVERY; the last one given of SESSION
 * @expiry: seconds: session expiry interval of SESSION, STORE_NEVER for none;
 *	message expiry interval of WILL and CLIENT_WILL, 0 for none
 * @delay: will delay interval of WILL and CLIENT_WILL
 * @sub_id: subscription identifier of SUB, 0 for none
 * @when: wall clock in ms: when MESSAGE expires, 0 for never; when the
 *	connection of SESSION ended, 0 while it has one; when WILL is due
 * @message: number of the message of DELIVERY, 0 after PUBREC
 * @name: client identifier, topic filter or topic name
 * @properties: encoded properties that are passed on unaltered, of MESSAGE, WILL
 *	and CLIENT_WILL
 * @payload: of MESSAGE, WILL and CLIENT_WILL
 * @share: number of the shared SUB that DELIVERY is for, 0 for an ordinary one
 * @sub_ids: subscription identifiers of DELIVERY, encoded as properties
 * @owner: number of the session of CLIENT_WILL, 0 for one that ends with its
 *	connection
 */
struct store_record {
	uint8_t kind;
	uint8_t format;
	uint64_t session;
	uint64_t id;
	uint8_t level;
	uint8_t qos;
	uint8_t state;
	uint8_t options;
	uint8_t flags;
	uint16_t mid;
	uint32_t expiry;
	uint32_t delay;
	uint32_t sub_id;
	uint64_t when;
	uint64_t message;
	uint64_t share;
	uint64_t owner;
	struct store_bytes name;
	struct store_bytes properties;
	struct store_bytes payload;
	struct store_bytes sub_ids;
};

/**
 * store_record_number() - read a number of a record
 * @rec: record
 * @off: offset of the member
 * @len: its size: 1, 2, 4 or 8
 *
 * Return: its value.
 */
uint64_t store_record_number(const struct store_record *rec, size_t off,
			     size_t len);

/**
 * store_record_set_number() - set a number of a record
 * @rec: record
 * @off: offset of the member
 * @len: its size: 1, 2, 4 or 8
 * @v: value, of which as much is kept as there is room for
 */
void store_record_set_number(struct store_record *rec, size_t off, size_t len,
			     uint64_t v);

/**
 * store_kind_name() - what a kind of record is called
 * @kind: enum store_kind
 *
 * Return: its name; NULL for no kind.
 */
const char *store_kind_name(uint8_t kind);

/**
 * store_put_key() - encode the key of a record
 * @p: room for STORE_KEY_MAX bytes
 * @rec: record; its kind, session and id count
 *
 * Return: length of the key.
 */
size_t store_put_key(uint8_t *p, const struct store_record *rec);

/**
 * store_value_len() - how long is the value of a record?
 * @rec: record
 *
 * Return: its length with version and checksum.
 */
size_t store_value_len(const struct store_record *rec);

/**
 * store_put_value() - encode the value of a record
 * @p: room for store_value_len() bytes
 * @rec: record
 */
void store_put_value(uint8_t *p, const struct store_record *rec);

/**
 * store_read() - decode and check a record
 * @key: its key
 * @key_len: length of the key
 * @value: its value
 * @value_len: length of the value
 * @rec: filled; points into the value
 *
 * Return: NULL, or what is wrong with it.
 */
const char *store_read(const uint8_t *key, size_t key_len, const uint8_t *value,
		       size_t value_len, struct store_record *rec);

/**
 * store_valid() - are the fields of a record possible?
 * @rec: record
 *
 * Checks names, ranges and identifiers, for records that were not written by
 * this program too.
 *
 * Return: NULL, or what is wrong with it.
 */
const char *store_valid(const struct store_record *rec);

#endif /* MQTTD_STORE_FORMAT_H */
