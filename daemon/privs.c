// SPDX-License-Identifier: GPL-2.0
#include "privs.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

static int keep_net_admin(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	data[CAP_NET_ADMIN / 32].effective = 1u << CAP_NET_ADMIN % 32;
	data[CAP_NET_ADMIN / 32].permitted = 1u << CAP_NET_ADMIN % 32;
	return (int)syscall(SYS_capset, &head, data);
}

int privs_drop(const char *user, bool net_admin)
{
	struct passwd *pw;

	if (!user)
		return 0;
	if (geteuid()) {
		log_info("user %s ignored: not started by root", user);
		return 0;
	}
	pw = getpwnam(user);
	if (!pw) {
		log_err("user %s does not exist", user);
		return -1;
	}
	if (!pw->pw_uid)
		return 0;
	if (net_admin && prctl(PR_SET_KEEPCAPS, 1)) {
		log_err("PR_SET_KEEPCAPS: %s", strerror(errno));
		return -1;
	}
	if (initgroups(user, pw->pw_gid) || setgid(pw->pw_gid) ||
	    setuid(pw->pw_uid)) {
		log_err("cannot become user %s: %s", user, strerror(errno));
		return -1;
	}
	if (net_admin && keep_net_admin()) {
		log_err("cannot keep CAP_NET_ADMIN: %s", strerror(errno));
		return -1;
	}
	return 0;
}
