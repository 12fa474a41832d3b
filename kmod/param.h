/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters: what each part of the fast path is worth, measured without it. */
#ifndef _MQTT_PARAM_H
#define _MQTT_PARAM_H

#include <linux/jump_label.h>
#include <linux/types.h>

/* On unless the module was loaded with the parameter of that name off. */
DECLARE_STATIC_KEY_TRUE(mqtt_param_runs);
DECLARE_STATIC_KEY_TRUE(mqtt_param_only);
DECLARE_STATIC_KEY_TRUE(mqtt_param_flow_cache);
DECLARE_STATIC_KEY_TRUE(mqtt_param_at_hand);
DECLARE_STATIC_KEY_TRUE(mqtt_param_direct);
DECLARE_STATIC_KEY_TRUE(mqtt_param_bursts);

/*
 * From this length on a frame's pages are shared with TCP instead of copied.
 * A smaller frame would hold a whole page for every member until it is
 * acknowledged, and costs less to copy.
 */
extern u32 mqtt_param_share_min;
/* From this length on a payload is shared by all forms of its packet. */
extern u32 mqtt_param_body_min;
/* Conns received from before what they caused is sent. */
extern u32 mqtt_param_batch;

/**
 * mqtt_param_init() - make what the parameters say so
 *
 * Context: module init, before anything else.
 */
void mqtt_param_init(void);

#endif /* _MQTT_PARAM_H */
