// SPDX-License-Identifier: GPL-2.0
#include "privs.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

/* Of the calling thread: threads to come inherit it. */
static int set_capabilities(uint64_t caps)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	unsigned int i;

	memset(data, 0, sizeof(data));
	for (i = 0; i < 2; i++) {
		data[i].effective = (uint32_t)(caps >> 32 * i);
		data[i].permitted = data[i].effective;
	}
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

static uint64_t capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &head, data))
		return 0;
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

void privs_limit(bool net_admin)
{
	uint64_t keep = 1u << CAP_NET_BIND_SERVICE;

	if (net_admin)
		keep |= 1u << CAP_NET_ADMIN;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (geteuid())
		set_capabilities(capabilities() & keep);
}

static int become(const char *user, bool chosen, uint64_t keep)
{
	struct passwd *pw = getpwnam(user);

	if (!pw && !chosen) {
		log_warn("user %s does not exist: running as root", user);
		return 0;
	}
	if (!pw) {
		log_err("user %s does not exist", user);
		return -1;
	}
	if (!pw->pw_uid)
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1)) {
		log_err("PR_SET_KEEPCAPS: %s", strerror(errno));
		return -1;
	}
	/* of all threads; those that did not ask to keep theirs lose them */
	if (initgroups(user, pw->pw_gid) || setgid(pw->pw_gid) ||
	    setuid(pw->pw_uid)) {
		log_err("cannot become user %s: %s", user, strerror(errno));
		return -1;
	}
	if (set_capabilities(keep)) {
		log_err("cannot keep capabilities: %s", strerror(errno));
		return -1;
	}
	return 0;
}

int privs_drop(const char *user, bool chosen, bool net_admin)
{
	uint64_t keep = net_admin ? 1u << CAP_NET_ADMIN : 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		log_err("PR_SET_NO_NEW_PRIVS: %s", strerror(errno));
		return -1;
	}
	if (!geteuid())
		return become(user, chosen, keep);
	if (chosen)
		log_info("user %s ignored: not started by root", user);
	if (set_capabilities(capabilities() & keep)) {
		log_err("cannot drop capabilities: %s", strerror(errno));
		return -1;
	}
	return 0;
}
