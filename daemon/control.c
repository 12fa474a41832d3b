// SPDX-License-Identifier: GPL-2.0
#include "control.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "limit.h"
#include "list.h"
#include "log.h"
#include "loop.h"
#include "reload.h"
#include "retain.h"
#include "route.h"
#include "rights.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "subs.h"
#include "timer.h"
#include "tls.h"
#include "transport.h"
#include "unix_socket.h"
#include "util.h"
#include "version.h"

#define REQUEST_MAX	8192u
#define CONNECTIONS_MAX	64u
/* A program that does not read its answers is not read from either. */
#define ANSWERS_MAX	(1u << 20)
#define NO_GROUP	((gid_t)-1)

/**
 * struct control - a connection to the control socket
 * @node: in the list of all
 * @rx_op: receive in flight
 * @tx_op: send in flight
 * @fd: the socket
 * @rx_busy: @rx_op is in flight
 * @tx_busy: @tx_op is in flight
 * @closing: freed when nothing is in flight
 * @refused: it may not ask, and is told so
 * @out: answers
 * @len: bytes in @buf
 * @buf: a request not yet complete
 */
struct control {
	struct list_head node;
	struct op rx_op;
	struct op tx_op;
	int fd;
	bool rx_busy;
	bool tx_busy;
	bool closing;
	bool refused;
	struct outq out;
	uint32_t len;
	char buf[REQUEST_MAX];
};

static LIST_HEAD(controls);
static unsigned int nr_controls;
static int listen_fd = -1;
static char listen_path[CONF_PATH_LEN];
static struct op accept_op;
static gid_t control_gid = NO_GROUP;
static uint64_t started;

static void add_sub(cJSON *subs, const struct sub *sub)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "filter", sub->filter->name);
	cJSON_AddNumberToObject(json, "qos", sub->qos);
	cJSON_AddItemToArray(subs, json);
}

/* Seconds until a timer fires. */
static double left(uint64_t deadline)
{
	return deadline > loop_now() ? (deadline - loop_now()) / 1000 : 0;
}

static void add_transport(cJSON *json, const struct client *c)
{
	char text[64];

	if (!c->rare->transport && !c->rare->tls)
		return;
	transport_describe(c, text, sizeof(text));
	cJSON_AddStringToObject(json, "transport", text);
	if (c->rare->tls)
		cJSON_AddStringToObject(json, "cipher", c->rare->tls->cipher);
}

static void add_session(struct session *s, void *arg)
{
	struct client *c = s->client;
	cJSON *json = cJSON_CreateObject();
	cJSON *subs;
	struct sub *sub;

	cJSON_AddStringToObject(json, "id", s->id);
	cJSON_AddBoolToObject(json, "connected", !!c);
	cJSON_AddBoolToObject(json, "clean_session", !s->expiry);
	cJSON_AddNumberToObject(json, "protocol", s->protocol);
	if (s->expiry && s->expiry != SESSION_NEVER)
		cJSON_AddNumberToObject(json, "session_expiry", s->expiry);
	if (s->lasting->timer.index)
		cJSON_AddNumberToObject(json, "expires_in",
					left(timer_deadline(&s->lasting->timer)));
	if (s->lasting->will)
		cJSON_AddNumberToObject(json, "will_in",
					left(timer_deadline(&s->lasting->will_timer)));
	if (c) {
		cJSON_AddStringToObject(json, "address", client_address(c));
		if (c->rare->user)
			cJSON_AddStringToObject(json, "username", c->rare->user);
		add_transport(json, c);
		cJSON_AddNumberToObject(json, "keepalive", c->keepalive);
		cJSON_AddNumberToObject(json, "conn", c->conn);
		cJSON_AddNumberToObject(json, "output_bytes", c->busy->out.bytes);
	}
	subs = cJSON_AddArrayToObject(json, "subscriptions");
	list_for_each_entry(sub, &s->subs, by_session)
		add_sub(subs, sub);
	cJSON_AddNumberToObject(json, "queued", s->msgs->queue.len);
	cJSON_AddNumberToObject(json, "queued_bytes", s->msgs->queue.bytes);
	cJSON_AddNumberToObject(json, "inflight", s->msgs->inflight.count);
	cJSON_AddNumberToObject(json, "inflight_bytes", s->msgs->inflight.bytes);
	cJSON_AddNumberToObject(json, "received", s->publish_received);
	cJSON_AddNumberToObject(json, "sent", s->publish_sent);
	cJSON_AddNumberToObject(json, "dropped", s->publish_dropped);
	cJSON_AddItemToArray(arg, json);
}

static void cmd_client(const cJSON *req, cJSON *ans)
{
	const cJSON *id = cJSON_GetObjectItemCaseSensitive(req, "id");
	cJSON *list = cJSON_AddArrayToObject(ans, "clients");
	struct session *s;

	if (!cJSON_IsString(id)) {
		session_each(add_session, list);
		return;
	}
	s = session_find(id->valuestring, strlen(id->valuestring));
	if (s)
		add_session(s, list);
}

static void cmd_reload(const cJSON *req, cJSON *ans)
{
	char error[512];

	(void)req;
	if (!reload(error, sizeof(error)))
		return;
	cJSON_ReplaceItemInObject(ans, "ok", cJSON_CreateFalse());
	cJSON_AddStringToObject(ans, "error", error);
}

static void cmd_limits(const cJSON *req, cJSON *ans)
{
	(void)req;
	limits_report(cJSON_AddObjectToObject(ans, "limits"));
	limits_listeners(cJSON_AddArrayToObject(ans, "listeners"));
}

static void add_usage(cJSON *memory, const char *name, struct usage usage)
{
	cJSON *json = cJSON_AddObjectToObject(memory, name);

	cJSON_AddNumberToObject(json, "count", usage.count);
	cJSON_AddNumberToObject(json, "bytes", usage.bytes);
}

static void add_memory(cJSON *memory)
{
	add_usage(memory, "connections", clients_usage());
	add_usage(memory, "sessions", sessions_usage());
	add_usage(memory, "subscriptions", subs_usage());
	add_usage(memory, "filters", filters_usage());
	add_usage(memory, "routes", routes_usage());
	add_usage(memory, "retained", retain_usage());
	add_usage(memory, "output", outq_usage());
}

static void cmd_status(const cJSON *req, cJSON *ans)
{
	struct datapath_traffic traffic;

	(void)req;
	datapath_traffic(&traffic);
	cJSON_AddStringToObject(ans, "version", MQTTD_VERSION);
	cJSON_AddNumberToObject(ans, "pid", getpid());
	cJSON_AddNumberToObject(ans, "uptime", (loop_now() - started) / 1000);
	cJSON_AddStringToObject(ans, "datapath", datapath_name());
	cJSON_AddNumberToObject(ans, "clients", stats.clients);
	cJSON_AddNumberToObject(ans, "connections", clients_count());
	cJSON_AddNumberToObject(ans, "connections_accepted", stats.connections);
	cJSON_AddNumberToObject(ans, "connections_refused",
				stats.connections_refused);
	cJSON_AddNumberToObject(ans, "tls_handshakes", stats.tls_handshakes);
	cJSON_AddNumberToObject(ans, "tls_failures", stats.tls_failures);
	cJSON_AddNumberToObject(ans, "tls_kernel", stats.tls_kernel);
	cJSON_AddNumberToObject(ans, "tls_daemon", stats.tls_daemon);
	cJSON_AddNumberToObject(ans, "sessions", sessions_count());
	cJSON_AddNumberToObject(ans, "subscriptions", subs_count());
	cJSON_AddNumberToObject(ans, "retained", retain_count());
	cJSON_AddNumberToObject(ans, "retained_bytes", retain_bytes());
	cJSON_AddNumberToObject(ans, "retained_dropped",
				stats.retained_dropped);
	cJSON_AddNumberToObject(ans, "publish_received",
				stats.publish_received);
	cJSON_AddNumberToObject(ans, "publish_sent", stats.publish_sent);
	cJSON_AddNumberToObject(ans, "publish_dropped", stats.publish_dropped);
	cJSON_AddNumberToObject(ans, "acl_rules", rights_count());
	cJSON_AddNumberToObject(ans, "publish_denied",
				stats.publish_denied + traffic.publish_denied);
	cJSON_AddNumberToObject(ans, "bytes_received", stats.bytes_received);
	cJSON_AddNumberToObject(ans, "bytes_sent", stats.bytes_sent);
	add_memory(cJSON_AddObjectToObject(ans, "memory"));
	datapath_status(ans);
	store_status(ans);
}

static const struct {
	const char *name;
	void (*fn)(const cJSON *req, cJSON *ans);
} commands[] = {
	{ "client", cmd_client },
	{ "limits", cmd_limits },
	{ "reload", cmd_reload },
	{ "status", cmd_status },
};

static void run_command(const cJSON *req, cJSON *ans)
{
	const cJSON *cmd = cJSON_GetObjectItemCaseSensitive(req, "cmd");
	size_t i;

	if (!cJSON_IsString(cmd)) {
		cJSON_AddBoolToObject(ans, "ok", false);
		cJSON_AddStringToObject(ans, "error",
					"not a JSON object with a \"cmd\"");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, cmd->valuestring))
			continue;
		cJSON_AddBoolToObject(ans, "ok", true);
		commands[i].fn(req, ans);
		return;
	}
	cJSON_AddBoolToObject(ans, "ok", false);
	cJSON_AddStringToObject(ans, "error", "unknown command");
}

static void control_line(struct control *ctl, const char *line, size_t len)
{
	cJSON *req = cJSON_ParseWithLength(line, len);
	cJSON *ans = cJSON_CreateObject();
	char *text;

	if (ctl->refused) {
		cJSON_AddBoolToObject(ans, "ok", false);
		cJSON_AddStringToObject(ans, "error",
					"only root, the broker's user and members of control_group may ask");
		ctl->closing = true;
	} else {
		run_command(req, ans);
	}
	text = cJSON_PrintUnformatted(ans);
	if (text) {
		outq_put(&ctl->out, text, strlen(text));
		outq_put(&ctl->out, "\n", 1);
		cJSON_free(text);
	} else {
		ctl->closing = true;
	}
	cJSON_Delete(req);
	cJSON_Delete(ans);
}

static void control_lines(struct control *ctl)
{
	char *begin = ctl->buf;
	char *end = ctl->buf + ctl->len;
	char *nl;

	while ((nl = memchr(begin, '\n', end - begin))) {
		control_line(ctl, begin, nl - begin);
		begin = nl + 1;
	}
	ctl->len = end - begin;
	memmove(ctl->buf, begin, ctl->len);
	if (ctl->len == REQUEST_MAX)
		ctl->closing = true;
}

/* Starts whatever should be in flight; frees the connection at its end. */
static void control_go(struct control *ctl)
{
	if (!ctl->tx_busy && ctl->out.bytes) {
		outq_peek(&ctl->out);
		ctl->tx_busy = true;
		loop_sendmsg(&ctl->tx_op, ctl->fd, &outq_pieces.msg);
	}
	if (!ctl->closing && !ctl->rx_busy && ctl->out.bytes < ANSWERS_MAX) {
		ctl->rx_busy = true;
		loop_recv(&ctl->rx_op, ctl->fd, ctl->buf + ctl->len,
			  REQUEST_MAX - ctl->len);
	}
	if (!ctl->closing || ctl->tx_busy || ctl->rx_busy)
		return;
	list_del_init(&ctl->node);
	nr_controls--;
	close(ctl->fd);
	outq_clear(&ctl->out);
	free(ctl);
}

static void control_rx(struct op *op, int res, uint32_t flags)
{
	struct control *ctl = container_of(op, struct control, rx_op);

	(void)flags;
	ctl->rx_busy = false;
	if (res > 0) {
		ctl->len += res;
		control_lines(ctl);
	} else {
		ctl->closing = true;
	}
	control_go(ctl);
}

static void control_tx(struct op *op, int res, uint32_t flags)
{
	struct control *ctl = container_of(op, struct control, tx_op);

	(void)flags;
	ctl->tx_busy = false;
	if (res > 0) {
		outq_advance(&ctl->out, res);
	} else {
		outq_clear(&ctl->out);
		shutdown(ctl->fd, SHUT_RDWR);
		ctl->closing = true;
	}
	control_go(ctl);
}

/* Root, the user that the broker runs as, and members of control_group. */
static bool peer_allowed(int fd)
{
	struct ucred peer;

	if (!unix_peer(fd, &peer))
		return false;
	if (!peer.uid || peer.uid == geteuid())
		return true;
	if (control_gid != NO_GROUP && unix_peer_in_group(fd, control_gid))
		return true;
	log_notice("control socket: uid %u, pid %d refused", peer.uid,
		   peer.pid);
	return false;
}

static void control_accepted(struct op *op, int res, uint32_t flags)
{
	struct control *ctl;

	if (res == -ECANCELED)
		return;
	if (!loop_more(flags))
		loop_accept(op, listen_fd);
	if (res < 0)
		return;
	if (nr_controls >= CONNECTIONS_MAX) {
		close(res);
		return;
	}
	ctl = xcalloc(1, sizeof(*ctl));
	ctl->fd = res;
	ctl->refused = !peer_allowed(res);
	ctl->rx_op.fn = control_rx;
	ctl->tx_op.fn = control_tx;
	list_add_tail(&ctl->node, &controls);
	nr_controls++;
	control_go(ctl);
}

static void make_directory(const char *path)
{
	char dir[CONF_PATH_LEN];
	char *slash;

	strcpy(dir, path);
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return;
	*slash = '\0';
	/* If it fails so does bind(), with the better message. */
	if (mkdir(dir, 0755) && errno != EEXIST)
		log_debug("mkdir %s: %s", dir, strerror(errno));
}

static int set_group(const char *path, const char *name)
{
	const struct group *group = getgrnam(name);

	if (!group) {
		log_err("control_group %s does not exist", name);
		return -1;
	}
	control_gid = group->gr_gid;
	if (!chown(path, (uid_t)-1, control_gid))
		return 0;
	log_err("control socket %s: control_group %s: %s", path, name,
		strerror(errno));
	return -1;
}

int control_open(const char *path)
{
	bool must = strcmp(path, CONF_CONTROL_SOCKET);

	started = loop_now();
	make_directory(path);
	listen_fd = unix_listen(path, 0117, 16);
	if (listen_fd < 0) {
		log_line(must ? LOG_T_ERROR : LOG_T_WARNING,
			 "control socket %s: %s", path,
			 listen_fd == -EADDRINUSE ? "in use by another daemon" :
			 strerror(-listen_fd));
		return must ? -1 : 0;
	}
	strcpy(listen_path, path);
	if (config.control_group && set_group(path, config.control_group))
		return -1;
	accept_op.fn = control_accepted;
	loop_accept(&accept_op, listen_fd);
	return 0;
}

void control_close(void)
{
	struct control *ctl, *tmp;

	if (listen_fd < 0)
		return;
	list_for_each_entry_safe(ctl, tmp, &controls, node) {
		list_del_init(&ctl->node);
		close(ctl->fd);
		outq_clear(&ctl->out);
		free(ctl);
	}
	nr_controls = 0;
	close(listen_fd);
	listen_fd = -1;
	unlink(listen_path);
}
