// SPDX-License-Identifier: GPL-2.0
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import org.fusesource.mqtt.client.BlockingConnection;
import org.fusesource.mqtt.client.FutureConnection;
import org.fusesource.mqtt.client.MQTT;
import org.fusesource.mqtt.client.Message;
import org.fusesource.mqtt.client.QoS;
import org.fusesource.mqtt.client.Topic;

/** Every behaviour with the FuseSource client: Client HOST PORT. */
public final class Client {
	private static final long WAIT = 60;
	private static final QoS[] LEVELS = {
		QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE,
	};
	private static String host;
	private static int port;

	private interface Test {
		void run() throws Exception;
	}

	/** One connection; the library's messages carry no RETAIN flag. */
	private static final class Peer {
		private final BlockingConnection connection;

		Peer(String name, boolean clean, String will, int qos)
				throws Exception {
			connection = options(name, clean, will, qos)
				.blockingConnection();
			connection.connect();
		}

		Peer(String name) throws Exception {
			this(name, true, null, 0);
		}

		void subscribe(String filter, int qos) throws Exception {
			byte[] granted = connection.subscribe(new Topic[] {
				new Topic(filter, LEVELS[qos]) });

			if (granted[0] != qos)
				throw new Exception("granted " + granted[0]);
		}

		void unsubscribe(String filter) throws Exception {
			connection.unsubscribe(new String[] { filter });
		}

		void publish(String topic, byte[] payload, int qos,
			     boolean retain) throws Exception {
			connection.publish(topic, payload, LEVELS[qos], retain);
		}

		void publish(String topic, String text, int qos)
				throws Exception {
			publish(topic, bytes(text), qos, false);
		}

		Message receive() throws Exception {
			Message got = connection.receive(WAIT, TimeUnit.SECONDS);

			if (got == null)
				throw new Exception("no message");
			got.ack();
			return got;
		}

		void expect(String topic, byte[] payload) throws Exception {
			Message got = receive();

			if (!got.getTopic().equals(topic) ||
			    !Arrays.equals(got.getPayload(), payload))
				throw new Exception("got " + got.getTopic() + " of "
					+ got.getPayload().length + " bytes, want "
					+ topic + " of " + payload.length);
		}

		void expect(String topic, String text) throws Exception {
			expect(topic, bytes(text));
		}

		void stop() throws Exception {
			connection.disconnect();
		}
	}

	private Client() {
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static MQTT options(String name, boolean clean, String will,
				    int qos) throws Exception {
		MQTT mqtt = new MQTT();

		mqtt.setHost(host, port);
		mqtt.setVersion("3.1.1");
		mqtt.setClientId("java-" + name);
		mqtt.setCleanSession(clean);
		mqtt.setConnectAttemptsMax(0);
		mqtt.setReconnectAttemptsMax(0);
		mqtt.setKeepAlive((short) 60);
		if (will != null) {
			mqtt.setWillTopic("will/w");
			mqtt.setWillMessage(will);
			mqtt.setWillQos(LEVELS[qos]);
		}
		return mqtt;
	}

	private static void exchange(int qos) throws Exception {
		Peer one = new Peer("one");
		Peer two = new Peer("two");

		one.subscribe("x/one/+", qos);
		two.subscribe("x/two/#", qos);
		for (int n = 0; n < 100; n++) {
			one.publish("x/two/a", "n" + n, qos);
			two.publish("x/one/a", "n" + n, qos);
			// With the first of a topic delivered, the rest may be forwarded.
			if (n == 0) {
				two.expect("x/two/a", "n0");
				one.expect("x/one/a", "n0");
			}
		}
		for (int n = 1; n < 100; n++) {
			two.expect("x/two/a", "n" + n);
			one.expect("x/one/a", "n" + n);
		}
		one.unsubscribe("x/one/+");
		one.subscribe("x/end", qos);
		two.publish("x/one/a", "nobody", qos);
		two.publish("x/end", "end", qos);
		one.expect("x/end", "end");
		one.stop();
		two.stop();
	}

	private static void retained() throws Exception {
		Peer one = new Peer("one");
		Peer two = new Peer("two");

		one.publish("r/kept", bytes("kept"), 1, true);
		one.publish("r/gone", bytes("gone"), 1, true);
		one.publish("r/gone", new byte[0], 1, true);
		two.subscribe("r/+", 1);
		two.expect("r/kept", "kept");
		one.publish("r/kept", bytes("live"), 1, true);
		two.expect("r/kept", "live");
		one.publish("r/kept", new byte[0], 1, true);
		two.expect("r/kept", new byte[0]);
		one.stop();
		two.stop();
	}

	private static void will() throws Exception {
		Peer one = new Peer("one");

		one.subscribe("will/#", 2);
		for (int qos = 0; qos < 3; qos++) {
			FutureConnection dying = options("two", true,
				"gone " + qos, qos).futureConnection();

			dying.connect().await(WAIT, TimeUnit.SECONDS);
			// closes the transport without DISCONNECT
			dying.kill().await(WAIT, TimeUnit.SECONDS);
			one.expect("will/w", "gone " + qos);
		}
		new Peer("two", true, "bad", 0).stop();
		one.publish("will/end", "end", 0);
		one.expect("will/end", "end");
		one.stop();
	}

	private static void session() throws Exception {
		Peer two = new Peer("two");

		new Peer("one").stop();
		Peer one = new Peer("one", false, null, 0);

		one.subscribe("s/one", 1);
		one.subscribe("s/two", 2);
		one.stop();
		for (int n = 0; n < 15; n++) {
			two.publish("s/one", "n" + n, 1);
			two.publish("s/two", "n" + n, 2);
		}
		one = new Peer("one", false, null, 0);
		int ones = 0;
		int twos = 0;

		while (ones + twos < 30) {
			Message got = one.receive();
			int next = got.getTopic().equals("s/one") ? ones++ : twos++;

			if (!Arrays.equals(got.getPayload(), bytes("n" + next)))
				throw new Exception("out of order on "
					+ got.getTopic());
		}
		one.stop();
		new Peer("one").stop();
		two.stop();
	}

	private static void large() throws Exception {
		Peer one = new Peer("one");
		byte[] body = new byte[256 << 10];

		for (int n = 0; n < body.length; n++)
			body[n] = (byte) (n * 31 >> 3);
		for (int qos = 0; qos < 3; qos++) {
			one.subscribe("large", qos);
			one.publish("large", body, qos, false);
			one.expect("large", body);
		}
		one.stop();
	}

	private static boolean run(String name, Test test) {
		try {
			test.run();
			System.out.println("ok " + name);
			return true;
		} catch (Exception error) {
			System.out.println("not ok " + name + ": " + error);
			return false;
		}
	}

	public static void main(String[] args) {
		boolean good = true;

		host = args[0];
		port = Integer.parseInt(args[1]);
		for (int qos = 0; qos < 3; qos++) {
			final int level = qos;

			good &= run("qos " + qos, () -> exchange(level));
		}
		good &= run("retained", Client::retained);
		good &= run("will", Client::will);
		good &= run("session", Client::session);
		good &= run("large", Client::large);
		Runtime.getRuntime().halt(good ? 0 : 1);
	}
}
