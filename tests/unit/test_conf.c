// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "conf.h"
#include "log.h"

static int parse(struct conf *conf, const char *text)
{
	conf_init(conf);
	return conf_parse(conf, "f.conf", text, strlen(text));
}

static void refuse(const char *text, const char *error)
{
	struct conf conf;

	assert_int_equal(parse(&conf, text), -1);
	assert_string_equal(conf.error, error);
	conf_free(&conf);
}

static void test_all_options(void **state)
{
	struct conf_listener *l;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(&conf,
			       "# a comment\n"
			       "\n"
			       "  listener 1884 192.0.2.1  \r\n"
			       "listener 1885\n"
			       "allow_anonymous true\n"
			       "max_connections 100\n"
			       "global_max_connections 200\n"
			       "max_qos 1\n"
			       "max_connections_per_address 9\n"
			       "connect_rate 5 50\n"
			       "max_topic_length 300\n"
			       "max_topic_levels 7\n"
			       "max_subscriptions 8\n"
			       "max_publish_rate 11\n"
			       "max_publish_bytes 12\n"
			       "publish_limit_action disconnect\n"
			       "max_inflight_messages 7\n"
			       "max_queued_messages 0\n"
			       "max_packet_size 2000\n"
			       "max_keepalive 600\n"
			       "set_tcp_nodelay false\n"
			       "log_type error\n"
			       "log_type subscribe\n"
			       "log_dest file /tmp/with blanks\n"
			       "log_dest syslog\n"
			       "pid_file /run/x.pid\n"
			       "user nobody\n"
			       "datapath kernel\n"
			       "connect_timeout 3\n"
			       "flow_idle 9\n"
			       "bind_interface eth0\n"
			       "socket_domain ipv6\n"
			       "persistence true\n"
			       "persistence_location /tmp/s\n"
			       "persistence_sync interval 5\n"
			       "persistent_client_expiration 2w\n"
			       "sys_interval 0\n"
			       "max_queued_bytes 12\n"
			       "retained_bytes_max 99\n"
			       "protocol mqtt\n"
			       "upgrade_outgoing_qos false\n"
			       "control_socket\t/run/c.sock"), 0);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_int_equal(l->port, 1884);
	assert_string_equal(l->address, "192.0.2.1");
	assert_int_equal(l->line, 3);
	l = list_next_entry(l, node);
	assert_int_equal(l->port, 1885);
	assert_null(l->address);
	assert_string_equal(l->bind_interface, "eth0");
	assert_int_equal(l->socket_domain, AF_INET6);
	assert_int_equal(l->max_connections, 100);
	assert_int_equal(l->max_qos, 1);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_int_equal(l->max_connections, -1);
	assert_int_equal(l->max_qos, 2);
	assert_true(conf.persistence);
	assert_string_equal(conf.persistence_location, "/tmp/s");
	assert_int_equal(conf.persistence_sync, CONF_SYNC_INTERVAL);
	assert_int_equal(conf.persistence_sync_interval, 5);
	assert_int_equal(conf.persistent_client_expiration, 14 * 86400);
	assert_int_equal(conf.sys_interval, 0);
	assert_int_equal(conf.max_queued_bytes, 12);
	assert_int_equal(conf.retained_bytes_max, 99);
	assert_int_equal(conf.security.allow_anonymous, 1);
	assert_int_equal(conf.global_max_connections, 200);
	assert_int_equal(conf.max_connections_per_address, 9);
	assert_int_equal(conf.connect_rate, 5);
	assert_int_equal(conf.connect_burst, 50);
	assert_int_equal(conf.max_topic_length, 300);
	assert_int_equal(conf.max_topic_levels, 7);
	assert_int_equal(conf.max_subscriptions, 8);
	assert_int_equal(conf.max_publish_rate, 11);
	assert_int_equal(conf.max_publish_bytes, 12);
	assert_true(conf.publish_limit_disconnect);
	assert_int_equal(conf.max_inflight_messages, 7);
	assert_int_equal(conf.max_queued_messages, 0);
	assert_int_equal(conf.max_packet_size, 2000);
	assert_int_equal(conf.max_keepalive, 600);
	assert_false(conf.set_tcp_nodelay);
	assert_int_equal(conf.log_types, LOG_T_ERROR | LOG_T_SUBSCRIBE);
	assert_int_equal(conf.log_dests, LOG_D_FILE | LOG_D_SYSLOG);
	assert_string_equal(conf.log_file, "/tmp/with blanks");
	assert_string_equal(conf.pid_file, "/run/x.pid");
	assert_string_equal(conf.user, "nobody");
	assert_int_equal(conf.datapath, CONF_DATAPATH_KERNEL);
	assert_int_equal(conf.connect_timeout, 3);
	assert_int_equal(conf.flow_idle, 9);
	assert_string_equal(conf.control_socket, "/run/c.sock");
	conf_free(&conf);
}

static void test_errors(void **state)
{
	char longer[128] = "listener 0 ";

	(void)state;
	refuse("nonsense 1\n", "f.conf:1: unknown option \"nonsense\"");
	refuse("# x\n\nport 1883\nlistener\n",
	       "f.conf:4: listener: value missing");
	refuse("listener x\n", "f.conf:1: listener: \"x\" is not a number");
	refuse("listener 0\n",
	       "f.conf:1: listener: 0 is out of range (1 to 65535)");
	refuse("listener 1 a b\n", "f.conf:1: listener: too many values");
	refuse("port 65536\n",
	       "f.conf:1: port: 65536 is out of range (1 to 65535)");
	refuse("port 99999999999999999999\n",
	       "f.conf:1: port: \"99999999999999999999\" is not a number");
	refuse("publish_limit_action drop\n",
	       "f.conf:1: publish_limit_action: \"drop\" is neither wait nor disconnect");
	refuse("protocol mqtts\n",
	       "f.conf:1: protocol: \"mqtts\" is neither mqtt nor websockets");
	refuse("connect_rate 1 2 3\n",
	       "f.conf:1: connect_rate: too many values");
	refuse("connect_rate 1 0\n",
	       "f.conf:1: connect_rate: 0 is out of range (1 to 1000000)");
	refuse("allow_anonymous yes\n",
	       "f.conf:1: allow_anonymous: \"yes\" is neither true nor false");
	refuse("max_packet_size 19\n",
	       "f.conf:1: max_packet_size: 19 is out of range (20 to 268435455)");
	refuse("max_keepalive 9\n",
	       "f.conf:1: max_keepalive: 9 is out of range (10 to 65535)");
	refuse("max_inflight_messages 65536\n",
	       "f.conf:1: max_inflight_messages: 65536 is out of range (0 to 65535)");
	refuse("persistent_client_expiration 5\n",
	       "f.conf:1: persistent_client_expiration: \"5\" does not end in h, d, w, m or y");
	refuse("persistence_sync often\n",
	       "f.conf:1: persistence_sync: neither always, interval SECONDS nor off");
	refuse("persistence_sync interval 0\n",
	       "f.conf:1: persistence_sync: 0 is out of range (1 to 86400)");
	refuse("listener 1 /run/s\n",
	       "f.conf:1: listener: the port of a Unix socket is 0");
	memset(longer + sizeof("listener 0 ") - 1, '/', 108);
	refuse(longer, "f.conf:1: listener: path is longer than 107 bytes");
	refuse("use_peercred_as_username true\n",
	       "f.conf:1: use_peercred_as_username: only a listener on a Unix socket knows its peers");
	refuse("upgrade_outgoing_qos true\n",
	       "f.conf:1: upgrade_outgoing_qos: MQTT forbids a higher QoS than the message's; publish with that QoS");
	refuse("ciphers ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA\n",
	       "f.conf:1: ciphers: \"AES128-SHA\" is no AEAD cipher suite of TLS 1.2");
	refuse("ciphers_tls1.3 ECDHE-RSA-AES128-GCM-SHA256\n",
	       "f.conf:1: ciphers_tls1.3: \"ECDHE-RSA-AES128-GCM-SHA256\" is no AEAD cipher suite of TLS 1.3");
	refuse("tls_version tlsv1.1\n",
	       "f.conf:1: tls_version: tlsv1.1 is not safe; use tlsv1.2 or tlsv1.3");
	refuse("bridge_cafile /x\n",
	       "f.conf:1: bridge_cafile: bridges are not supported yet; let a mosquitto beside mqttd bridge to both brokers");
	refuse("log_type loud\n", "f.conf:1: log_type: unknown type \"loud\"");
	refuse("log_dest paper\n",
	       "f.conf:1: log_dest: unknown destination \"paper\"");
	refuse("log_dest file\n", "f.conf:1: log_dest: file needs a path");
	refuse("log_dest stderr x\n", "f.conf:1: log_dest: too many values");
	refuse("\ndatapath fast\n",
	       "f.conf:2: datapath: \"fast\" is none of auto, kernel, user");
	refuse("max_connections 1x\n",
	       "f.conf:1: max_connections: \"1x\" is not a number");
}

static void test_null_byte(void **state)
{
	struct conf conf;

	(void)state;
	conf_init(&conf);
	assert_int_equal(conf_parse(&conf, "f", "port 1883\0\n", 11), -1);
	assert_string_equal(conf.error, "f:1: null byte in line");
	conf_free(&conf);
}

static void test_missing_file(void **state)
{
	struct conf conf;

	(void)state;
	conf_init(&conf);
	assert_int_equal(conf_read(&conf, "/nonexistent/f"), -1);
	assert_string_equal(conf.error,
			    "/nonexistent/f: No such file or directory");
	conf_free(&conf);
}

static unsigned int count_listeners(const struct conf *conf)
{
	struct conf_listener *l;
	unsigned int n = 0;

	list_for_each_entry(l, &conf->listeners, node)
		n++;
	return n;
}

/* Without a listener: the loopback addresses only, and anonymous clients. */
static void test_local_only(void **state)
{
	struct conf_listener *l;
	struct conf conf;

	(void)state;
	conf_init(&conf);
	assert_int_equal(conf_finish(&conf, 0), 0);
	assert_int_equal(count_listeners(&conf), 2);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_string_equal(l->address, "127.0.0.1");
	assert_int_equal(l->port, 1883);
	l = list_next_entry(l, node);
	assert_string_equal(l->address, "::1");
	assert_int_equal(conf.security.allow_anonymous, 1);
	assert_int_equal(conf.max_inflight_messages, 20);
	assert_int_equal(conf.max_queued_messages, 1000);
	assert_true(conf.set_tcp_nodelay);
	assert_int_equal(conf.datapath, CONF_DATAPATH_AUTO);
	conf_free(&conf);

	conf_init(&conf);
	assert_int_equal(conf_finish(&conf, 1999), 0);
	assert_int_equal(count_listeners(&conf), 2);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_int_equal(l->port, 1999);
	assert_int_equal(conf.security.allow_anonymous, 1);
	conf_free(&conf);
}

static void test_configured_listener(void **state)
{
	struct conf_listener *l;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(&conf, "listener 1884\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), 0);
	assert_int_equal(count_listeners(&conf), 1);
	assert_int_equal(conf.security.allow_anonymous, 0);
	conf_free(&conf);

	assert_int_equal(parse(&conf, "port 1884\nbind_address ::1\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), 0);
	assert_int_equal(count_listeners(&conf), 1);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_int_equal(l->port, 1884);
	assert_string_equal(l->address, "::1");
	conf_free(&conf);
}

static void test_unix_listener(void **state)
{
	struct conf_listener *l;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(&conf,
			       "listener 0 /run/mqttd/mqtt.sock\n"
			       "use_peercred_as_username true\n"
			       "listener 1884 127.0.0.1\n"
			       "protocol websockets\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), 0);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_string_equal(l->path, "/run/mqttd/mqtt.sock");
	assert_null(l->address);
	assert_true(l->use_peercred_as_username);
	assert_int_equal(l->protocol, CONF_PROTOCOL_MQTT);
	l = list_next_entry(l, node);
	assert_null(l->path);
	assert_false(l->use_peercred_as_username);
	assert_int_equal(l->protocol, CONF_PROTOCOL_WEBSOCKETS);
	conf_free(&conf);
}

/* per_listener_settings: what stands behind a listener is that listener's. */
static void test_per_listener_settings(void **state)
{
	struct conf_listener *l;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(&conf,
			       "per_listener_settings true\n"
			       "port 1880\n"
			       "auto_id_prefix first-\n"
			       "max_topic_alias 3\n"
			       "listener 1881\n"
			       "password_file /tmp/p\n"
			       "allow_zero_length_clientid false\n"
			       "listener 1882\n"
			       "allow_anonymous true\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), 0);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_int_equal(l->port, 1880);
	assert_ptr_equal(l->security, &l->own);
	assert_string_equal(l->security->auto_id_prefix, "first-");
	assert_int_equal(l->security->allow_anonymous, 0);
	assert_true(l->security->allow_zero_length_clientid);
	assert_int_equal(l->max_topic_alias, 3);
	l = list_next_entry(l, node);
	assert_int_equal(l->port, 1881);
	assert_string_equal(l->security->password_file, "/tmp/p");
	assert_string_equal(l->security->auto_id_prefix, "auto-");
	assert_int_equal(l->security->allow_anonymous, 0);
	assert_false(l->security->allow_zero_length_clientid);
	l = list_next_entry(l, node);
	assert_int_equal(l->port, 1882);
	assert_null(l->security->password_file);
	assert_int_equal(l->security->allow_anonymous, 1);
	assert_int_equal(l->max_topic_alias, 10);
	conf_free(&conf);

	assert_int_equal(parse(&conf,
			       "listener 1881\n"
			       "password_file /tmp/p\n"
			       "listener 1882\n"
			       "allow_anonymous true\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), 0);
	list_for_each_entry(l, &conf.listeners, node) {
		assert_ptr_equal(l->security, &conf.security);
		assert_string_equal(l->security->password_file, "/tmp/p");
		assert_int_equal(l->security->allow_anonymous, 1);
	}
	conf_free(&conf);
	refuse("listener 1881\nallow_anonymous true\nper_listener_settings true\n",
	       "f.conf:3: per_listener_settings: must stand before the options that it is about");
}

/* The options of a default listener that is not there are not lost silently. */
static void test_no_default_listener(void **state)
{
	struct conf conf;

	(void)state;
	assert_int_equal(parse(&conf, "max_connections 5\nlistener 1884\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), -1);
	assert_string_equal(conf.error,
			    "f.conf:1: max_connections: belongs to a listener, and there is none before it");
	conf_free(&conf);
	assert_int_equal(parse(&conf, "max_connections 5\nport 1883\nlistener 1884\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), 0);
	conf_free(&conf);
}

static void incomplete(const char *text, const char *error)
{
	struct conf conf;

	assert_int_equal(parse(&conf, text), 0);
	assert_int_equal(conf_finish(&conf, 0), -1);
	assert_string_equal(conf.error, error);
	conf_free(&conf);
}

static void test_tls(void **state)
{
	struct conf_listener *l;
	struct conf conf;

	(void)state;
	incomplete("listener 1\ncertfile a\n",
		   "f.conf:2: certfile: certfile needs a keyfile");
	incomplete("listener 1\ncafile a\n",
		   "f.conf:2: cafile: TLS needs certfile and keyfile");
	incomplete("certfile a\nkeyfile b\nrequire_certificate true\n",
		   "f.conf:3: require_certificate: require_certificate needs cafile or capath");
	incomplete("certfile a\nkeyfile b\nuse_identity_as_username true\n",
		   "f.conf:3: use_identity_as_username: a user name needs require_certificate");
	assert_int_equal(parse(&conf, "listener 1\ncertfile a\nkeyfile b\nlistener 2\n"), 0);
	assert_int_equal(conf_finish(&conf, 0), 0);
	l = list_first_entry(&conf.listeners, struct conf_listener, node);
	assert_string_equal(l->tls.certfile, "a");
	l = list_last_entry(&conf.listeners, struct conf_listener, node);
	assert_null(l->tls.certfile);
	conf_free(&conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_options),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_null_byte),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_local_only),
		cmocka_unit_test(test_configured_listener),
		cmocka_unit_test(test_unix_listener),
		cmocka_unit_test(test_per_listener_settings),
		cmocka_unit_test(test_no_default_listener),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
