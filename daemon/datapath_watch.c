// SPDX-License-Identifier: GPL-2.0
/* Waits for the module: generic netlink announces the families that come. */
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <string.h>

#include <linux/mqtt.h>

#include "datapath_kernel.h"
#include "log.h"
#include "loop.h"

static struct nl_sock *sk;
static struct op poll_op;
static void (*appeared)(void);
static bool seen;

static int family_message(struct nl_msg *msg, void *arg)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct genlmsghdr *hdr = nlmsg_data(nlh);

	(void)arg;
	if (hdr->cmd != CTRL_CMD_NEWFAMILY ||
	    genlmsg_parse(nlh, 0, attrs, CTRL_ATTR_MAX, NULL))
		return NL_OK;
	if (attrs[CTRL_ATTR_FAMILY_NAME] &&
	    !strcmp(nla_get_string(attrs[CTRL_ATTR_FAMILY_NAME]),
		    MQTT_GENL_NAME))
		seen = true;
	return NL_OK;
}

static void watch_ready(struct op *op, int res, uint32_t flags)
{
	(void)flags;
	if (!sk || res < 0)
		return;
	seen = false;
	/* Lost announcements may have been the one waited for. */
	if (nl_recvmsgs_default(sk) < 0)
		seen = true;
	loop_poll(op, nl_socket_get_fd(sk), POLLIN);
	if (seen)
		appeared();
}

void kernel_watch(void (*fn)(void))
{
	int group;

	appeared = fn;
	sk = nl_socket_alloc();
	if (!sk)
		return;
	nl_socket_disable_seq_check(sk);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, family_message,
			    NULL);
	group = genl_connect(sk);
	if (!group)
		group = genl_ctrl_resolve_grp(sk, "nlctrl", "notify");
	if (group < 0 || nl_socket_add_membership(sk, group) ||
	    nl_socket_set_nonblocking(sk)) {
		log_warn("cannot wait for the kernel data path");
		nl_socket_free(sk);
		sk = NULL;
		return;
	}
	poll_op.fn = watch_ready;
	loop_poll(&poll_op, nl_socket_get_fd(sk), POLLIN);
}

void kernel_unwatch(void)
{
	if (!sk)
		return;
	nl_socket_free(sk);
	sk = NULL;
}
