/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_MAIN_H
#define _MQTT_MAIN_H

#define MQTT_VERSION	"0.1.0"

#endif /* _MQTT_MAIN_H */
