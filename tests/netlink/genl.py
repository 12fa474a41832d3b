# SPDX-License-Identifier: GPL-2.0
"""Generic netlink by hand: every byte of a request is the test's own."""
import collections
import os
import socket
import struct

from uapi import HEADER, Header

C = Header(HEADER).value

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_REPLACE, NLM_F_EXCL, NLM_F_CREATE = 0x100, 0x200, 0x400
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLMSGERR_MSG, NLMSGERR_OFFS, NLMSGERR_MISS_TYPE = 1, 2, 5
NLA_F_NESTED = 0x8000
GENL_ID_CTRL = 16

Answer = collections.namedtuple("Answer", "error text offset missing replies")


def nla(number, payload, length=None):
    """One attribute; length overrides what its header says."""
    length = 4 + len(payload) if length is None else length
    return struct.pack("=HH", length, number) + payload + b"\0" * (-len(payload) % 4)


def u8(number, value):
    return nla(number, struct.pack("=B", value))


def u16(number, value):
    return nla(number, struct.pack("=H", value))


def u32(number, value):
    return nla(number, struct.pack("=I", value & 0xffffffff))


def u64(number, value):
    return nla(number, struct.pack("=Q", value))


def nest(number, payload):
    return nla(number | NLA_F_NESTED, payload)


def parse(data):
    """Attributes as a list of (number, payload)."""
    found = []
    while len(data) >= 4:
        length, number = struct.unpack_from("=HH", data)
        if length < 4 or length > len(data):
            raise ValueError(f"attribute {number} of length {length}")
        found.append((number & 0x3fff, data[4:length]))
        data = data[(length + 3) & ~3:]
    return found


def number(payload):
    return int.from_bytes(payload, "little")


class Genl:
    """A generic netlink socket that knows family mqtt."""

    def __init__(self, timeout=60):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.settimeout(timeout)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.seq = 100
        self.groups = {}
        self.family = GENL_ID_CTRL
        self.family = self.resolve()

    def close(self):
        self.sock.close()

    def resolve(self):
        """Ask the controller (CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME) for the family."""
        answer = self.request(3, nla(2, C["MQTT_GENL_NAME"].encode() + b"\0"))
        if answer.error:
            raise OSError(-answer.error, os.strerror(-answer.error))
        attrs = dict(parse(answer.replies[0]))
        for _, group in parse(attrs.get(7, b"")):
            fields = dict(parse(group))
            self.groups[fields[1].rstrip(b"\0").decode()] = number(fields[2])
        return number(attrs[1])

    def message(self, cmd, attrs, flags, version=1, reserved=0):
        """A request as bytes."""
        self.seq += 1
        return struct.pack("=IHHII", 20 + len(attrs), self.family, flags | NLM_F_REQUEST,
                           self.seq, 0) + struct.pack("=BBH", cmd, version, reserved) + attrs

    def request(self, cmd, attrs=b"", flags=NLM_F_ACK, **kwargs):
        """Send a request and gather all of its answer."""
        self.sock.send(self.message(cmd, attrs, flags, **kwargs))
        return self.answer()

    def answer(self):
        replies = []
        while True:
            data = self.sock.recv(1 << 20)
            while len(data) >= 16:
                length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
                body, data = data[16:length], data[(length + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind == NLMSG_ERROR:
                    return self.error(body, flags, replies)
                if kind == NLMSG_DONE:
                    return Answer(struct.unpack_from("=i", body)[0], "", None, None, replies)
                replies.append(body[4:])

    @staticmethod
    def error(body, flags, replies):
        error, length = struct.unpack_from("=iI", body)
        # Unless capped, an error repeats the whole request.
        start = 20 if not error or flags & NLM_F_CAPPED else 4 + ((length + 3) & ~3)
        extack = dict(parse(body[start:])) if flags & NLM_F_ACK_TLVS else {}
        return Answer(error, extack.get(NLMSGERR_MSG, b"").rstrip(b"\0").decode(),
                      number(extack[NLMSGERR_OFFS]) if NLMSGERR_OFFS in extack else None,
                      number(extack[NLMSGERR_MISS_TYPE]) if NLMSGERR_MISS_TYPE in extack else None,
                      replies)

    def subscribe(self):
        """Join the multicast group of events."""
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             self.groups[C["MQTT_GENL_MCGRP_EVENTS"]])

    def event(self, timeout=10):
        """The attributes of the next event, or None if none comes in time."""
        self.sock.settimeout(timeout)
        try:
            return dict(parse(self.sock.recv(1 << 16)[20:]))
        except TimeoutError:
            return None

    def register(self):
        """Become the owner; the port's descriptor."""
        answer = self.request(C["MQTT_CMD_REGISTER"])
        if answer.error:
            raise OSError(-answer.error, answer.text)
        return number(dict(parse(answer.replies[0]))[C["MQTT_A_OWNER_PORT_FD"]])

    def stats(self):
        """All counters by name."""
        answer = self.request(C["MQTT_CMD_STATS_GET"])
        if answer.error:
            raise OSError(-answer.error, answer.text)
        names = {C[n]: n[len("MQTT_A_STATS_"):].lower() for n in C
                 if n.startswith("MQTT_A_STATS_")}
        return {names[n]: number(p) for n, p in parse(answer.replies[0]) if len(p) == 8}
