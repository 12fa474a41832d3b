# SPDX-License-Identifier: GPL-2.0
"""Frame of one case: `from lib.case import *`, a function, `run(function)`."""

import os
import random
import signal
import sys
import time
import traceback

from . import broker as _broker
from .broker import Broker, Counted, DATAPATH, KERNEL, MOSQUITTO, counters
from .client import Client, Failed, KEEP_ALIVE, SCALE, TIMEOUT, check, equal
from .packet import *  # pylint: disable=wildcard-import,unused-wildcard-import
from .packet import Malformed, Packet, field, packet, raw, u16, varint

SKIP = 77
LONG = bool(os.environ.get('CONFORMANCE_LONG'))


class Skip(Exception):
    """The case does not apply here; the text says why."""


def run(test, kernel_only=False, long_only=False, **options):
    """Run one case with a broker of its own and exit with its result."""
    name = os.path.basename(sys.argv[0])
    try:
        if kernel_only and not KERNEL:
            raise Skip('needs datapath kernel')
        if long_only and not LONG:
            raise Skip('only in the long run')
        _broker.new_netns()
        before = counters() if KERNEL else {}
        broker = Broker(**options)
        try:
            test(broker)
            broker.check_alive()
        except BaseException:
            for line in broker.log[-8:]:
                print('# log:', line)
            print('# counters:', changed(before))
            raise
        finally:
            broker.stop()
    except Skip as reason:
        _report('ok 1 - %s # SKIP %s' % (name, reason), SKIP)
    except Exception as error:  # pylint: disable=broad-except
        for line in traceback.format_exc().splitlines():
            print('#', line)
        _report('not ok 1 - %s: %s' % (name, error), 1)
    _report('ok 1 - %s' % name, 0)


def changed(before):
    """Counters that differ from before, for the eyes of who debugs."""
    after = counters() if KERNEL else {}
    return ' '.join('%s%+d' % (name, after[name] - before[name])
                    for name in sorted(after) if after[name] != before[name])


def _report(line, status):
    if os.environ.get('CONFORMANCE_RUNNER') != str(os.getppid()):
        print('1..1')
        print(line)
        status = 0 if status == SKIP else status
    elif status == SKIP:
        print(line.partition('# SKIP ')[2])
    sys.stdout.flush()
    os._exit(status)


def refused(broker, *packets):
    """A connected client that sends this is disconnected, without a word."""
    for data in packets:
        client = broker.client()
        client.send_or_closed(data)
        try:
            client.expect_close(timeout=TIMEOUT / 2)
        except Failed as error:
            raise Failed('%s (after %s)' % (error, data[:40].hex(' '))) \
                from None
        client.close()


def refused_connect(broker, *packets):
    """A new connection that starts with this is closed without CONNACK."""
    for data in packets:
        client = broker.raw()
        client.send_or_closed(data)
        try:
            client.expect_close(timeout=TIMEOUT / 2)
        except Failed as error:
            raise Failed('%s (after %s)' % (error, data[:40].hex(' '))) \
                from None
        client.close()


def payloads(client, count, topic=None, qos=0, retain=0):
    """The payloads of the next count messages, acknowledged."""
    return [client.expect_publish(topic, None, qos, retain).payload
            for _ in range(count)]
