/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_FAN_OUT_H
#define MQTTD_FAN_OUT_H

struct client;
struct publish;

/**
 * fan_out_publish() - deliver a message to all its subscribers, and retain it
 * @pub: the message
 *
 * Return: number of sessions and shared subscriptions that it was for, connected
 * or not; -EACCES when its publisher may not publish it, -ENOMEM when there was
 * no memory for it; -EINPROGRESS when it has so many receivers that they get it
 * in this and later turns of the loop, until when what its source sends waits,
 * then @done of the message is called.
 */
int fan_out_publish(const struct publish *pub);

/**
 * fan_out_publish_up() - deliver what the data path could not deliver itself
 * @pub: QoS 0 packets that it has sent to all attached members, and to one of
 *	each shared subscription
 */
void fan_out_publish_up(const struct publish *pub);

/**
 * fan_outs_run() - go on with messages to very many, for a turn of the loop
 */
void fan_outs_run(void);

/**
 * fan_outs_forget() - a publisher is gone; what it published is still delivered
 * @c: client, which has its session yet
 */
void fan_outs_forget(const struct client *c);

/**
 * fan_outs_finish() - deliver all there is at once, before the broker stops
 */
void fan_outs_finish(void);

#endif /* MQTTD_FAN_OUT_H */
