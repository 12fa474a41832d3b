/* SPDX-License-Identifier: GPL-2.0 */
/* Unix sockets: of listeners, and the control socket. */
#ifndef MQTTD_UNIX_SOCKET_H
#define MQTTD_UNIX_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/**
 * unix_listen() - make a listening socket with a name
 * @path: its name; a socket that nobody listens on is replaced
 * @mask: permissions that it does not get, 0 for what umask says
 * @backlog: see listen()
 *
 * Return: the socket or -errno, -EADDRINUSE when somebody listens there.
 */
int unix_listen(const char *path, mode_t mask, int backlog);

/**
 * unix_peer() - who is at the other end?
 * @fd: connected socket
 * @cred: set to who it was when it connected
 *
 * Return: false if that is not known.
 */
bool unix_peer(int fd, struct ucred *cred);

/**
 * unix_peer_in_group() - is the other end a member of a group?
 * @fd: connected socket
 * @gid: the group
 *
 * Return: true if it is its primary or a supplementary group.
 */
bool unix_peer_in_group(int fd, gid_t gid);

/**
 * unix_user_name() - name of a user
 * @uid: who
 * @name: set to the name, or to the number of a user without one
 * @size: room there
 */
void unix_user_name(uid_t uid, char *name, size_t size);

#endif /* MQTTD_UNIX_SOCKET_H */
