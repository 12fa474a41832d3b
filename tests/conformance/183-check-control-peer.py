#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The control socket answers root, the broker's user and control_group only."""

import json
import os

from lib.case import *
from lib.control import control

NOBODY, GROUP = 65534, 1


def ask_as(b, uid, gid, groups):
    """The answer that a process of that user gets."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.setgroups(groups)
            os.setgid(gid)
            os.setuid(uid)
            os.write(write, json.dumps(control(b, cmd='status')).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        answer = file.read()
    os.waitpid(pid, 0)
    return json.loads(answer)


def test(b):
    b.client()
    # the file's permissions would keep them out already
    os.chmod(b.dir, 0o755)
    os.chmod(b.dir + '/control.sock', 0o666)
    equal(os.stat(b.dir + '/control.sock').st_gid, GROUP)
    check(control(b, cmd='status')['ok'], 'root is refused')
    answer = ask_as(b, NOBODY, NOBODY, [])
    equal(answer, {'ok': False, 'error': "only root, the broker's user and members of "
                   'control_group may ask'})
    answer = ask_as(b, NOBODY, NOBODY, [NOBODY, 2, 3])
    equal(answer['ok'], False)
    check(ask_as(b, NOBODY, NOBODY, [2, GROUP])['ok'], 'a member of the group is refused')
    check(ask_as(b, NOBODY, GROUP, [])['ok'], 'the primary group is refused')
    b.terminate()
    b.reader.join()
    refusals = [line for line in b.log if 'control socket: uid %d' % NOBODY in line]
    equal(len(refusals), 2)


run(test, control_group='daemon')
