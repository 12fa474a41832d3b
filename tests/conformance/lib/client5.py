# SPDX-License-Identifier: GPL-2.0
"""A client that speaks MQTT 5.0, otherwise as client.py."""

import time

from . import packet5 as p
from .client import Client, Failed, TIMEOUT, check, equal


class Client5(Client):
    """One TCP connection, and the packets received on it."""

    codec = p

    def connect(self, code=0, session_present=None, **options):
        """CONNECT and its CONNACK with that reason code."""
        options.setdefault('client_id', self.client_id)
        self.send(p.connect(**options))
        self.expect_connack(code, session_present)
        if p.ASSIGNED_CLIENT_ID in self.connack.props:
            self.client_id = self.connack.props[p.ASSIGNED_CLIENT_ID]
        return self.connack

    def subscribe(self, *filters, want=None, props=()):
        """SUBSCRIBE, wait for SUBACK; granted codes must be as requested."""
        pid = self.new_pid()
        self.send(p.subscribe(pid, *filters, props=props))
        codes = self.wait(p.SUBACK, pid).codes
        if want is None:
            want = [f[1] & 3 if isinstance(f, tuple) else 0 for f in filters]
        equal(codes, want, 'SUBACK reason codes')
        return codes

    def unsubscribe(self, *filters, want=None):
        pid = self.new_pid()
        self.send(p.unsubscribe(pid, *filters))
        codes = self.wait(p.UNSUBACK, pid).codes
        equal(len(codes), len(filters), 'UNSUBACK reason codes')
        if want is not None:
            equal(codes, want, 'UNSUBACK reason codes')

    def publish(self, topic, payload=b'', qos=0, retain=False, props=(),
                code=None):
        """PUBLISH and, for QoS 1 and 2, the whole exchange.

        code is the reason code of PUBACK or PUBREC; None takes any success.
        """
        if qos == 0:
            self.send(p.publish(topic, payload, retain=retain, props=props))
            return None
        pid = self.new_pid()
        self.send(p.publish(topic, payload, qos, pid, retain, props=props))
        got = self.wait(p.PUBACK if qos == 1 else p.PUBREC, pid)
        if code is None:
            check(got.code < 0x80, 'refused: %r' % got)
        else:
            equal(got.code, code, 'reason code')
        if qos == 2 and got.code < 0x80:
            self.send(p.pubrel(pid))
            equal(self.wait(p.PUBCOMP, pid).code, 0, 'PUBCOMP reason code')
        return got

    def expect_publish(self, topic=None, payload=None, qos=0, retain=0,
                       dup=0, ack=True, timeout=TIMEOUT, props=None):
        """The very next packet is this PUBLISH; None means any value.

        props are all properties that it must have, by identifier.
        """
        got = super().expect_publish(topic, payload, qos, retain, dup, ack,
                                     timeout)
        if props is not None:
            equal(got.props, props, 'PUBLISH properties')
        return got

    def expect_disconnect(self, code, timeout=TIMEOUT, skip=()):
        """DISCONNECT with this code (or one of these), then the end."""
        codes = code if isinstance(code, tuple) else (code,)
        deadline = time.monotonic() + timeout
        while True:
            if self.pending:
                got = self.pending.popleft()
            else:
                got = self._next(deadline)
            check(got is not None, '%s: closed without DISCONNECT' %
                  self.client_id)
            if got.type == p.DISCONNECT:
                break
            check(got.type in skip, 'want DISCONNECT, got %r' % got)
        check(got.code in codes, 'DISCONNECT with 0x%02x, want %s' %
              (got.code, ' or '.join('0x%02x' % c for c in codes)))
        self.expect_close(timeout)
        return got

    def disconnect(self, code=None, props=None):
        """DISCONNECT and wait until the broker closes."""
        self.send(p.disconnect(code, props))
        self.expect_close(skip=(p.PUBLISH, p.PUBREL))
        self.sock.close()


def refused(broker, code, *packets, watch=None, **options):
    """Each of these, from a new client, ends its connection with this code."""
    for data in packets:
        client = broker.client(kind=Client5, **options)
        client.send_or_closed(data)
        try:
            client.expect_disconnect(code, TIMEOUT / 2)
        except Failed as error:
            raise Failed('%s (after %s)' % (error, data[:48].hex(' '))) \
                from None
        client.close()
    if watch:
        watch.expect_silence()


def refused_connect(broker, code, *packets):
    """A connection that starts with one of these gets CONNACK code and ends.

    code None: no CONNACK, since it is not known to be MQTT 5.0.
    """
    codes = code if isinstance(code, tuple) else (code,)
    for data in packets:
        client = broker.raw(kind=Client5)
        client.send_or_closed(data)
        try:
            if code is not None:
                got = client.expect(p.CONNACK, timeout=TIMEOUT / 2)
                check(got.code in codes, 'CONNACK with 0x%02x, want %s' %
                      (got.code, ' or '.join('0x%02x' % c for c in codes)))
            client.expect_close(TIMEOUT / 2)
        except Failed as error:
            raise Failed('%s (after %s)' % (error, data[:48].hex(' '))) \
                from None
        client.close()
