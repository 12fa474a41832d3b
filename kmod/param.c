// SPDX-License-Identifier: GPL-2.0
#include <linux/jump_label.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>

#include "param.h"

DEFINE_STATIC_KEY_TRUE(mqtt_param_runs);
DEFINE_STATIC_KEY_TRUE(mqtt_param_only);
DEFINE_STATIC_KEY_TRUE(mqtt_param_flow_cache);
DEFINE_STATIC_KEY_TRUE(mqtt_param_at_hand);
DEFINE_STATIC_KEY_TRUE(mqtt_param_direct);
DEFINE_STATIC_KEY_TRUE(mqtt_param_bursts);

static bool runs = true;
module_param(runs, bool, 0444);
MODULE_PARM_DESC(runs, "consecutive packets of one flow make one frame (Y)");

static bool only = true;
module_param(only, bool, 0444);
MODULE_PARM_DESC(only, "the one member of a group is found without a walk (Y)");

static bool flow_cache = true;
module_param(flow_cache, bool, 0444);
MODULE_PARM_DESC(flow_cache, "a conn remembers its last flow (Y)");

static bool at_hand = true;
module_param(at_hand, bool, 0444);
MODULE_PARM_DESC(at_hand,
		 "what is surely the owner's is diverted as it comes (Y)");

static bool direct = true;
module_param(direct, bool, 0444);
MODULE_PARM_DESC(direct, "the owner's bytes go to TCP from its memory (Y)");

static bool bursts = true;
module_param(bursts, bool, 0444);
MODULE_PARM_DESC(bursts,
		 "several clients are sent to before softirqs run (Y)");

u32 mqtt_param_share_min __read_mostly = 2048;
module_param_named(share_min, mqtt_param_share_min, uint, 0444);
MODULE_PARM_DESC(share_min,
		 "bytes from which on TCP gets a frame's pages (2048)");

u32 mqtt_param_body_min __read_mostly = 4096;
module_param_named(body_min, mqtt_param_body_min, uint, 0444);
MODULE_PARM_DESC(body_min,
		 "bytes from which on forms of a packet share a payload (4096)");

u32 mqtt_param_batch __read_mostly = 64;
module_param_named(batch, mqtt_param_batch, uint, 0444);
MODULE_PARM_DESC(batch, "conns received from before anything is sent (64)");

void mqtt_param_init(void)
{
	if (!runs)
		static_branch_disable(&mqtt_param_runs);
	if (!only)
		static_branch_disable(&mqtt_param_only);
	if (!flow_cache)
		static_branch_disable(&mqtt_param_flow_cache);
	if (!at_hand)
		static_branch_disable(&mqtt_param_at_hand);
	if (!direct)
		static_branch_disable(&mqtt_param_direct);
	if (!bursts)
		static_branch_disable(&mqtt_param_bursts);
	/* A turn receives from somebody. */
	mqtt_param_batch = max(mqtt_param_batch, 1U);
}
