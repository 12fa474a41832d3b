// SPDX-License-Identifier: GPL-2.0
/*
 * Every behaviour with the synchronous Paho C client: paho_c HOST PORT.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <MQTTClient.h>

#define WAIT_MS		60000
#define LARGE		(2 * 1024 * 1024)

static char uri[128];
static char reason[256];

struct will {
	const char *payload;
	int qos;
};

static bool fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static bool fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return false;
}

static MQTTClient open_client(const char *name, bool clean,
			      const struct will *will, int *present)
{
	MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
	MQTTClient_willOptions last = MQTTClient_willOptions_initializer;
	MQTTClient client;
	int rc;

	rc = MQTTClient_create(&client, uri, name, MQTTCLIENT_PERSISTENCE_NONE,
			       NULL);
	if (rc) {
		fail("create: %d", rc);
		return NULL;
	}
	options.MQTTVersion = MQTTVERSION_3_1_1;
	options.keepAliveInterval = 60;
	options.cleansession = clean;
	options.connectTimeout = WAIT_MS / 1000;
	if (will) {
		last.topicName = "will/w";
		last.message = will->payload;
		last.qos = will->qos;
		options.will = &last;
	}
	rc = MQTTClient_connect(client, &options);
	if (rc) {
		fail("connect: %d", rc);
		MQTTClient_destroy(&client);
		return NULL;
	}
	if (present)
		*present = options.returned.sessionPresent;
	return client;
}

static void close_client(MQTTClient *client)
{
	if (!*client)
		return;
	MQTTClient_disconnect(*client, WAIT_MS);
	MQTTClient_destroy(client);
}

static bool publish(MQTTClient client, const char *topic, const void *payload,
		    int length, int qos, bool retain)
{
	MQTTClient_deliveryToken token;
	int rc;

	rc = MQTTClient_publish(client, topic, length, (void *)payload, qos,
				retain, &token);
	if (!rc && qos)
		rc = MQTTClient_waitForCompletion(client, token, WAIT_MS);
	return rc ? fail("publish to %s: %d", topic, rc) : true;
}

static bool publish_text(MQTTClient client, const char *topic,
			 const char *text, int qos, bool retain)
{
	return publish(client, topic, text, (int)strlen(text), qos, retain);
}

static bool subscribe(MQTTClient client, const char *filter, int qos)
{
	int rc = MQTTClient_subscribe(client, filter, qos);

	return rc ? fail("subscribe to %s: %d", filter, rc) : true;
}

static bool expect(MQTTClient client, const char *topic, const void *payload,
		   int length, int qos, bool retain)
{
	MQTTClient_message *message = NULL;
	char *name = NULL;
	int size, rc;
	bool good;

	rc = MQTTClient_receive(client, &name, &size, &message, WAIT_MS);
	if (rc || !message)
		return fail("no message on %s (%d)", topic, rc);
	good = !strcmp(name, topic) && message->payloadlen == length &&
	       !memcmp(message->payload, payload, (size_t)length) &&
	       message->qos == qos && !message->retained == !retain;
	if (!good)
		fail("got %s qos %d retain %d length %d, want %s %d %d %d",
		     name, message->qos, message->retained,
		     message->payloadlen, topic, qos, retain, length);
	MQTTClient_freeMessage(&message);
	MQTTClient_free(name);
	return good;
}

static bool expect_text(MQTTClient client, const char *topic,
			const char *text, int qos, bool retain)
{
	return expect(client, topic, text, (int)strlen(text), qos, retain);
}

static bool exchange_with(MQTTClient one, MQTTClient two, int qos)
{
	char text[32];
	int n;

	if (!subscribe(one, "x/one/+", qos) || !subscribe(two, "x/two/#", qos))
		return false;
	for (n = 0; n < 100; n++) {
		snprintf(text, sizeof(text), "number %d", n);
		if (!publish_text(one, "x/two/a", text, qos, false) ||
		    !publish_text(two, "x/one/a", text, qos, false))
			return false;
		/* With the first of a topic delivered, the rest may be forwarded. */
		if (!n && (!expect_text(two, "x/two/a", text, qos, false) ||
			   !expect_text(one, "x/one/a", text, qos, false)))
			return false;
	}
	for (n = 1; n < 100; n++) {
		snprintf(text, sizeof(text), "number %d", n);
		if (!expect_text(two, "x/two/a", text, qos, false) ||
		    !expect_text(one, "x/one/a", text, qos, false))
			return false;
	}
	n = MQTTClient_unsubscribe(one, "x/one/+");
	if (n)
		return fail("unsubscribe: %d", n);
	return subscribe(one, "x/end", qos) &&
	       publish_text(two, "x/one/a", "nobody", qos, false) &&
	       publish_text(two, "x/end", "end", qos, false) &&
	       expect_text(one, "x/end", "end", qos, false);
}

static bool exchange(int qos)
{
	MQTTClient one = open_client("c-one", true, NULL, NULL);
	MQTTClient two = open_client("c-two", true, NULL, NULL);
	bool good = one && two && exchange_with(one, two, qos);

	close_client(&one);
	close_client(&two);
	return good;
}

static bool qos_0(void)
{
	return exchange(0);
}

static bool qos_1(void)
{
	return exchange(1);
}

static bool qos_2(void)
{
	return exchange(2);
}

static bool retained(void)
{
	MQTTClient one = open_client("c-one", true, NULL, NULL);
	bool good = one &&
		publish_text(one, "r/kept", "kept", 1, true) &&
		publish_text(one, "r/gone", "gone", 1, true) &&
		publish_text(one, "r/gone", "", 1, true) &&
		subscribe(one, "r/+", 1) &&
		expect_text(one, "r/kept", "kept", 1, true) &&
		publish_text(one, "r/kept", "live", 1, true) &&
		expect_text(one, "r/kept", "live", 1, false) &&
		publish_text(one, "r/kept", "", 1, true) &&
		expect_text(one, "r/kept", "", 1, false);

	close_client(&one);
	return good;
}

/* The library has no way to vanish, so a child does by _exit(). */
static bool vanish(const struct will *will)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return fail("fork");
	if (!pid)
		_exit(!open_client("c-dying", true, will, NULL));
	if (waitpid(pid, &status, 0) != pid || status)
		return fail("child status %#x", status);
	return true;
}

static bool will(void)
{
	static const struct will wills[] = {
		{ "gone 0", 0 }, { "gone 1", 1 }, { "gone 2", 2 },
	};
	static const struct will bad = { "bad", 0 };
	MQTTClient one, two;
	bool good;
	int n;

	/* Forking comes before the library has threads in this process. */
	one = open_client("c-one", false, NULL, NULL);
	good = one && subscribe(one, "will/#", 2);
	close_client(&one);
	for (n = 0; good && n < 3; n++) {
		good = vanish(&wills[n]);
		one = good ? open_client("c-one", false, NULL, NULL) : NULL;
		good = one && (wills[n].qos == 0 ||
			       expect_text(one, "will/w", wills[n].payload,
					   wills[n].qos, false));
		close_client(&one);
	}
	if (!good)
		return false;
	one = open_client("c-one", false, NULL, NULL);
	two = open_client("c-dying", true, &bad, NULL);
	close_client(&two);
	two = open_client("c-two", true, NULL, NULL);
	good = one && two && publish_text(two, "will/end", "end", 0, false) &&
	       expect_text(one, "will/end", "end", 0, false);
	close_client(&one);
	close_client(&two);
	one = open_client("c-one", true, NULL, NULL);
	close_client(&one);
	return good;
}

static bool session_queue(MQTTClient two)
{
	int next[3] = { 0, 0, 1 };
	MQTTClient one;
	char text[16];
	int n, present = 1;
	bool good;

	one = open_client("c-session", false, NULL, &present);
	if (!one || present)
		return one ? fail("session present too early") : false;
	good = subscribe(one, "s/q", 2);
	close_client(&one);
	for (n = 0; good && n < 30; n++) {
		snprintf(text, sizeof(text), "%d", n);
		good = publish_text(two, "s/q", text, 1 + n % 2, false);
	}
	one = good ? open_client("c-session", false, NULL, &present) : NULL;
	if (!one)
		return false;
	if (!present)
		good = fail("no session present");
	for (n = 0; good && n < 30; n++) {
		MQTTClient_message *message = NULL;
		char *name = NULL;
		int size;

		if (MQTTClient_receive(one, &name, &size, &message, WAIT_MS) ||
		    !message) {
			good = fail("only %d of 30", n);
			break;
		}
		snprintf(text, sizeof(text), "%d", next[message->qos]);
		if (message->payloadlen != (int)strlen(text) ||
		    memcmp(message->payload, text, strlen(text)))
			good = fail("out of order at %d", n);
		next[message->qos] += 2;
		MQTTClient_freeMessage(&message);
		MQTTClient_free(name);
	}
	close_client(&one);
	one = open_client("c-session", true, NULL, NULL);
	close_client(&one);
	return good;
}

static bool session(void)
{
	MQTTClient two = open_client("c-two", true, NULL, NULL);
	bool good = two && session_queue(two);

	close_client(&two);
	return good;
}

static bool large(void)
{
	MQTTClient one = open_client("c-one", true, NULL, NULL);
	char *body = malloc(LARGE);
	bool good = one && body;
	int n;

	for (n = 0; good && n < LARGE; n++)
		body[n] = (char)(n * 31 >> 3);
	for (n = 0; good && n < 3; n++)
		good = subscribe(one, "large", n) &&
		       publish(one, "large", body, LARGE, n, false) &&
		       expect(one, "large", body, LARGE, n, false);
	free(body);
	close_client(&one);
	return good;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*test)(void);
	} tests[] = {
		/* first: it forks */
		{ "will", will },
		{ "qos 0", qos_0 }, { "qos 1", qos_1 }, { "qos 2", qos_2 },
		{ "retained", retained }, { "session", session },
		{ "large", large },
	};
	bool all = true;
	size_t i;

	if (argc != 3) {
		fprintf(stderr, "usage: paho_c HOST PORT\n");
		return 2;
	}
	snprintf(uri, sizeof(uri), "tcp://%s:%s", argv[1], argv[2]);
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		bool good = tests[i].test();

		if (good)
			printf("ok %s\n", tests[i].name);
		else
			printf("not ok %s: %s\n", tests[i].name, reason);
		fflush(stdout);
		all &= good;
	}
	return !all;
}
