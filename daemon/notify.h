/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_NOTIFY_H
#define MQTTD_NOTIFY_H

/**
 * notify_systemd() - tell the service manager how things stand
 * @state: assignments as in sd_notify(3): "READY=1"
 *
 * Does nothing where nobody wants to know. May not be called in threads.
 */
void notify_systemd(const char *state);

#endif /* MQTTD_NOTIFY_H */
