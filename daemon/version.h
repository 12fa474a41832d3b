/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_VERSION_H
#define MQTTD_VERSION_H

#define MQTTD_VERSION	"0.1.0"

#endif /* MQTTD_VERSION_H */
