/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels that are supported lives here; it is
 * included before anything else by the build (-include).
 */
#ifndef _MQTT_COMPAT_H
#define _MQTT_COMPAT_H

#include <linux/version.h>
#include <linux/net.h>
#include <net/genetlink.h>

/* proto_ops.sendpage and proto.sendpage went away in 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define mqtt_compat_no_sendpage(ops, prot)		\
	do {						\
		(ops)->sendpage = NULL;			\
		(ops)->sendpage_locked = NULL;		\
		(prot)->sendpage = NULL;		\
	} while (0)
#else
#define mqtt_compat_no_sendpage(ops, prot)	do { } while (0)
#endif

/* The attributes of a dump moved into a struct genl_info in 6.6. */
static inline struct nlattr **mqtt_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

#endif /* _MQTT_COMPAT_H */
