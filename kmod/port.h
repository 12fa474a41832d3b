/* SPDX-License-Identifier: GPL-2.0 */
/* The owner's descriptor for packets; struct mqtt_port_hdr is its format. */
#ifndef _MQTT_PORT_H
#define _MQTT_PORT_H

#include <linux/types.h>

struct file;
struct mqtt_frame;
struct mqtt_net;
struct mqtt_port;

/**
 * mqtt_port_create() - make a port and its file
 * @mn: namespace; the file holds it
 * @file: where to store the file, with one reference
 *
 * Context: process, @mn->lock held.
 * Return: port with a reference of its own, or ERR_PTR.
 */
struct mqtt_port *mqtt_port_create(struct mqtt_net *mn, struct file **file);

/**
 * mqtt_port_revoke() - the port leads nowhere from now on
 * @port: port
 *
 * Reads return 0, writes -ESHUTDOWN; what waits to be read is dropped.
 *
 * Context: process.
 */
void mqtt_port_revoke(struct mqtt_port *port);

/**
 * mqtt_port_put() - drop a reference
 * @port: port
 *
 * Context: process.
 */
void mqtt_port_put(struct mqtt_port *port);

/**
 * mqtt_port_copy_up() - queue a copy of publishes for the owner
 * @mn: namespace
 * @conn: identifier of the publisher
 * @seq: packets diverted from it before
 * @frame: publishes; a reference is taken
 *
 * Dropped and counted when the port is full.
 *
 * Context: process.
 */
void mqtt_port_copy_up(struct mqtt_net *mn, u32 conn, u64 seq,
		       struct mqtt_frame *frame);

#endif /* _MQTT_PORT_H */
