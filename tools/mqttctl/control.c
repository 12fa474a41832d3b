// SPDX-License-Identifier: GPL-2.0
/* The daemon's control socket. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "ctl.h"

/* A daemon that says nothing for so long is not going to. */
#define ANSWER_SECONDS	10

static int connect_to(const char *path)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int send_line(int fd, const char *line)
{
	char *text = NULL;
	int len = asprintf(&text, "%s\n", line);
	ssize_t n;

	if (len < 0)
		return -ENOMEM;
	/* A request is far smaller than the socket's buffer. */
	n = send(fd, text, len, MSG_NOSIGNAL);
	free(text);
	if (n < 0)
		return -errno;
	return n == len ? 0 : -EPIPE;
}

/* Read up to the end of the line, which is replaced by a NUL. */
static int receive_line(int fd, char **line)
{
	size_t len = 0, size = 0;
	char *text = NULL, *end, *p;

	for (;;) {
		ssize_t n;

		if (size - len < 2) {
			size = size ? size * 2 : 64 * 1024;
			p = realloc(text, size);
			if (!p) {
				free(text);
				return -ENOMEM;
			}
			text = p;
		}
		n = recv(fd, text + len, size - len - 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			n = n ? -errno : -ECONNRESET;
			free(text);
			return n == -EAGAIN ? -ETIMEDOUT : n;
		}
		end = memchr(text + len, '\n', n);
		len += n;
		if (end) {
			*end = '\0';
			*line = text;
			return 0;
		}
	}
}

cJSON *control_request(const char *cmd)
{
	cJSON *json = cJSON_CreateObject();

	if (!json || !cJSON_AddStringToObject(json, "cmd", cmd)) {
		fail("memory", "none left");
		exit(EXIT_FAILURE);
	}
	return json;
}

int control_ask(cJSON *request, cJSON **answer, char *why, size_t size)
{
	char *text = cJSON_PrintUnformatted(request), *line = NULL;
	const cJSON *ok, *error;
	int fd, err;

	cJSON_Delete(request);
	if (!text)
		return -ENOMEM;
	fd = connect_to(ctl.socket);
	err = fd < 0 ? fd : send_line(fd, text);
	if (!err)
		err = receive_line(fd, &line);
	if (fd >= 0)
		close(fd);
	free(text);
	if (err) {
		if (err == -ECONNREFUSED)
			err = -ENOENT;
		snprintf(why, size, "%s: %s", ctl.socket,
			 err == -ENOENT ? "no daemon listens there" : strerror(-err));
		return err;
	}
	*answer = cJSON_Parse(line);
	free(line);
	ok = cJSON_GetObjectItemCaseSensitive(*answer, "ok");
	if (cJSON_IsTrue(ok)) {
		cJSON_DeleteItemFromObject(*answer, "ok");
		return 0;
	}
	error = cJSON_GetObjectItemCaseSensitive(*answer, "error");
	snprintf(why, size, "%s", cJSON_IsString(error) ? error->valuestring :
		 "the daemon's answer is not understood");
	cJSON_Delete(*answer);
	return -EPROTO;
}
