#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""No message sent after mqttctl reload has returned is handled by the old rules."""

from lib.case import *
from lib.acl import Acl
from lib.load import reload_under_load, rules

acl = Acl(*rules(0))


def test(b):
    reload_under_load(b, acl, 16 if KERNEL else 50)


run(test, acl_file=acl.path, allow_anonymous='true')
