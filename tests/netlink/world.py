# SPDX-License-Identifier: GPL-2.0
"""What the guest tests stand on: an owner, TCP connections, namespaces, other users."""
import ctypes
import errno
import os
import pickle
import socket
import time
import traceback

from genl import C, Genl, nla, number, parse, u8, u32

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
NOBODY = 65534
STATS = "/sys/kernel/mqtt/stats"
GAUGES = ("conns", "flows", "groups", "members", "queued_bytes")


def name_of(error):
    """-22 as -EINVAL."""
    if error == -errno.EOPNOTSUPP:
        return "-EOPNOTSUPP"            # which has two names
    return f"-{errno.errorcode.get(-error, -error)}" if error else "0"


def sysfs(name):
    with open(f"{STATS}/{name}", encoding="ascii") as f:
        return int(f.read())


def gauges():
    return {name: sysfs(name) for name in GAUGES}


def module_references():
    with open("/sys/module/mqtt/refcnt", encoding="ascii") as f:
        return int(f.read())


def wait_until(condition, seconds=20):
    """Poll something that has no event; the last value of the condition."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def tcp_pair(family=socket.AF_INET):
    """A connection over loopback: (broker's end, client's end)."""
    with socket.socket(family) as listener:
        listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        listener.listen(1)
        client = socket.socket(family)
        client.connect(listener.getsockname())
        return listener.accept()[0], client


def unshare_net():
    """A network namespace of its own for this process, with loopback up."""
    if LIBC.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    if os.system("ip link set lo up"):
        raise OSError("ip link set lo up")


def in_child(function, *args, user=None):
    """Call a function in a child process, as another user if asked; its result."""
    receiver, sender = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(receiver)
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            result = function(*args)
        except BaseException:           # pylint: disable=broad-except
            result = RuntimeError(traceback.format_exc())
        with os.fdopen(sender, "wb") as f:
            pickle.dump(result, f)
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, "rb") as f:
        data = f.read()
    os.waitpid(pid, 0)
    result = pickle.loads(data)
    if isinstance(result, BaseException):
        raise result
    return result


class World:
    """An owner of the present namespace with one conn, group, member and flow."""

    def __init__(self):
        self.owner = Genl()
        self.port = self.owner.register()
        self.broker, self.client = tcp_pair()
        self.conn = self.attach(self.broker)
        self.must("GROUP_ADD", u32(C["MQTT_A_GROUP_ID"], 1) +
                  nla(C["MQTT_A_GROUP_FILTER"], b"a/+"))
        self.must("MEMBER_ADD", u32(C["MQTT_A_MEMBER_GROUP"], 1) +
                  u32(C["MQTT_A_MEMBER_CONN"], self.conn))
        self.gen = self.table_gen()
        self.must("FLOW_ADD", nla(C["MQTT_A_FLOW_TOPIC"], b"a/b") +
                  u32(C["MQTT_A_FLOW_TABLE_GEN"], self.gen) +
                  nla(C["MQTT_A_FLOW_GROUPS"], (1).to_bytes(4, "little")))

    def must(self, cmd, attrs=b"", flags=4):
        """A request that has to succeed; its reply's attributes."""
        answer = self.owner.request(C["MQTT_CMD_" + cmd], attrs, flags)
        if answer.error:
            raise OSError(-answer.error, f"{cmd}: {answer.text}")
        return dict(parse(answer.replies[0])) if answer.replies else {}

    def attach(self, sock, level=4):
        reply = self.must("CONN_ADD", u32(C["MQTT_A_CONN_FD"], sock.fileno()) +
                          u8(C["MQTT_A_CONN_PROTOCOL_LEVEL"], level))
        return number(reply[C["MQTT_A_CONN_ID"]])

    def table_gen(self):
        """The present generation."""
        reply = self.must("GROUP_GET", u32(C["MQTT_A_GROUP_ID"], 1))
        return number(reply[C["MQTT_A_GROUP_TABLE_GEN"]])

    def close(self):
        """Everything is let go of."""
        for sock in (self.broker, self.client):
            sock.close()
        os.close(self.port)
        self.owner.close()
