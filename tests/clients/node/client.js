// SPDX-License-Identifier: GPL-2.0
// Every behaviour with the npm package mqtt: client.js HOST PORT [ws]
// or as a module of the page that tests/clients/browser.py serves: /?HOST:PORT
'use strict';

const browser = typeof window !== 'undefined';
const mqtt = browser ? window.mqtt : require('mqtt');

const WAIT = 60000;
const url = browser ? `ws://${location.search.slice(1)}/mqtt` :
	`${process.argv[4] || 'mqtt'}://${process.argv[2]}:${process.argv[3]}`;

function timeLimit(promise, what) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`${what}: time limit`)),
				   WAIT);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Peer {
	static open(name, options = {}) {
		const peer = new Peer();

		peer.inbox = [];
		peer.waiters = [];
		peer.client = mqtt.connect(url, {
			clientId: `node-${name}`, protocolVersion: 4,
			reconnectPeriod: 0, keepalive: 60, ...options,
		});
		peer.client.on('message', (topic, payload, packet) => {
			const got = [topic, payload.toString(), packet.qos,
				     packet.retain];
			const waiter = peer.waiters.shift();

			if (waiter)
				waiter(got);
			else
				peer.inbox.push(got);
		});
		return timeLimit(new Promise((resolve, reject) => {
			peer.client.on('error', reject);
			peer.client.once('connect', (connack) => {
				peer.present = connack.sessionPresent;
				resolve(peer);
			});
		}), 'connect');
	}

	// The callback style, which every version of the package has.
	call(method, ...args) {
		return timeLimit(new Promise((resolve, reject) => {
			this.client[method](...args, (error, result) => {
				if (error)
					reject(error);
				else
					resolve(result);
			});
		}), method);
	}

	async subscribe(filter, qos) {
		const granted = await this.call('subscribe', filter, { qos });

		if (granted[0].qos !== qos)
			throw new Error(`granted ${granted[0].qos}`);
	}

	unsubscribe(filter) {
		return this.call('unsubscribe', filter);
	}

	publish(topic, payload, qos, retain = false) {
		return this.call('publish', topic, payload, { qos, retain });
	}

	receive() {
		if (this.inbox.length)
			return this.inbox.shift();
		return timeLimit(new Promise((resolve) => {
			this.waiters.push(resolve);
		}), 'message');
	}

	async expect(...want) {
		const got = await this.receive();

		if (JSON.stringify(got) !== JSON.stringify(want))
			throw new Error(`got ${JSON.stringify(got).slice(0, 200)}, ` +
				`want ${JSON.stringify(want).slice(0, 200)}`);
	}

	stop() {
		return this.call('end', false, {});
	}

	// The socket ends under the library: no DISCONNECT is sent.
	vanish() {
		this.client.on('error', () => {});
		return timeLimit(new Promise((resolve) => {
			this.client.once('close', resolve);
			this.client.stream.destroy();
		}), 'close');
	}
}

async function exchange(qos) {
	const one = await Peer.open('one');
	const two = await Peer.open('two');

	await one.subscribe('x/one/+', qos);
	await two.subscribe('x/two/#', qos);
	for (let n = 0; n < 100; n++) {
		await one.publish('x/two/a', `${n}`, qos);
		await two.publish('x/one/a', `${n}`, qos);
		// With the first of a topic delivered, the rest may be forwarded.
		if (n === 0) {
			await two.expect('x/two/a', '0', qos, false);
			await one.expect('x/one/a', '0', qos, false);
		}
	}
	for (let n = 1; n < 100; n++) {
		await two.expect('x/two/a', `${n}`, qos, false);
		await one.expect('x/one/a', `${n}`, qos, false);
	}
	await one.unsubscribe('x/one/+');
	await one.subscribe('x/end', qos);
	await two.publish('x/one/a', 'nobody', qos);
	await two.publish('x/end', 'end', qos);
	await one.expect('x/end', 'end', qos, false);
	await one.stop();
	await two.stop();
}

async function retained() {
	const one = await Peer.open('one');
	const two = await Peer.open('two');

	await one.publish('r/kept', 'kept', 1, true);
	await one.publish('r/gone', 'gone', 1, true);
	await one.publish('r/gone', '', 1, true);
	await two.subscribe('r/+', 1);
	await two.expect('r/kept', 'kept', 1, true);
	await one.publish('r/kept', 'live', 1, true);
	await two.expect('r/kept', 'live', 1, false);
	await one.publish('r/kept', '', 1, true);
	await two.expect('r/kept', '', 1, false);
	await one.stop();
	await two.stop();
}

async function will() {
	const one = await Peer.open('one');
	const options = (payload, qos) => ({
		will: { topic: 'will/w', payload, qos, retain: false },
	});

	await one.subscribe('will/#', 2);
	for (let qos = 0; qos < 3; qos++) {
		const two = await Peer.open('two', options(`gone ${qos}`, qos));

		await two.vanish();
		await one.expect('will/w', `gone ${qos}`, qos, false);
	}
	await (await Peer.open('two', options('bad', 0))).stop();
	await one.publish('will/end', 'end', 0);
	await one.expect('will/end', 'end', 0, false);
	await one.stop();
}

async function session() {
	const two = await Peer.open('two');

	await (await Peer.open('one')).stop();
	let one = await Peer.open('one', { clean: false });

	if (one.present)
		throw new Error('session present too early');
	await one.subscribe('s/q', 2);
	await one.stop();
	for (let n = 0; n < 30; n++)
		await two.publish('s/q', `${n}`, 1 + n % 2);
	one = await Peer.open('one', { clean: false });
	if (!one.present)
		throw new Error('no session present');
	const next = { 1: 0, 2: 1 };

	for (let n = 0; n < 30; n++) {
		const [, payload, qos] = await one.receive();

		if (payload !== `${next[qos]}`)
			throw new Error(`got ${payload}, want ${next[qos]}`);
		next[qos] += 2;
	}
	await one.stop();
	await (await Peer.open('one')).stop();
	await two.stop();
}

async function large() {
	const one = await Peer.open('one');
	const body = '0123456789abcdef'.repeat(131072);

	for (let qos = 0; qos < 3; qos++) {
		await one.subscribe('large', qos);
		await one.publish('large', body, qos);
		await one.expect('large', body, qos, false);
	}
	await one.stop();
}

async function say(line) {
	if (browser)
		await fetch('/said', { method: 'POST', body: line });
	else
		console.log(line);
}

async function main() {
	const tests = [
		['qos 0', () => exchange(0)], ['qos 1', () => exchange(1)],
		['qos 2', () => exchange(2)], ['retained', retained],
		['will', will], ['session', session], ['large', large],
	];
	let status = 0;

	for (const [name, test] of tests) {
		try {
			await test();
			await say(`ok ${name}`);
		} catch (error) {
			await say(`not ok ${name}: ${error.message}`);
			status = 1;
		}
	}
	if (browser)
		await say('end');
	else
		process.exit(status);
}

main();
