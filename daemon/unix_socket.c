// SPDX-License-Identifier: GPL-2.0
#include "unix_socket.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util.h"

#define PW_BUF_SIZE	1024u

/* A socket that nobody listens on is a leftover; a live one is not touched. */
static bool remove_stale(const struct sockaddr_un *sa)
{
	struct stat st;
	int fd;
	int rc;

	if (lstat(sa->sun_path, &st) || !S_ISSOCK(st.st_mode))
		return true;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true;
	rc = connect(fd, (const struct sockaddr *)sa, sizeof(*sa));
	if (rc)
		rc = errno;
	close(fd);
	if (rc != ECONNREFUSED)
		return rc == ENOENT;
	unlink(sa->sun_path);
	return true;
}

int unix_listen(const char *path, mode_t mask, int backlog)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	mode_t old = 0;
	int fd;
	int rc;

	if (strlen(path) >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	strcpy(sa.sun_path, path);
	if (!remove_stale(&sa))
		return -EADDRINUSE;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (mask)
		old = umask(mask);
	rc = bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	     listen(fd, backlog) ? -errno : 0;
	if (mask)
		umask(old);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

bool unix_peer(int fd, struct ucred *cred)
{
	socklen_t len = sizeof(*cred);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, cred, &len);
}

bool unix_peer_in_group(int fd, gid_t gid)
{
	struct ucred cred;
	socklen_t len = 0;
	gid_t *groups;
	bool in = false;
	size_t i;

	if (!unix_peer(fd, &cred))
		return false;
	if (cred.gid == gid)
		return true;
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len) ||
	    errno != ERANGE)
		return false;
	groups = xmalloc(len);
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len)) {
		for (i = 0; i < len / sizeof(*groups); i++)
			in = in || groups[i] == gid;
	}
	free(groups);
	return in;
}

void unix_user_name(uid_t uid, char *name, size_t size)
{
	struct passwd pw, *found = NULL;
	char buf[PW_BUF_SIZE];

	if (getpwuid_r(uid, &pw, buf, sizeof(buf), &found) || !found ||
	    strlen(pw.pw_name) >= size)
		snprintf(name, size, "%u", uid);
	else
		strcpy(name, pw.pw_name);
}
