# SPDX-License-Identifier: GPL-2.0
"""What a running broker may do."""

import os
import re
import tempfile

from .broker import KERNEL
from .client import equal

NOBODY = 65534
NET_ADMIN = 1 << 12
NET_BIND_SERVICE = 1 << 10


def threads(pid):
    """Fields of the status of each thread."""
    found = []
    for tid in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/status' % (pid, tid), encoding='ascii') as file:
            found.append(dict(re.findall(r'^(\w+):[ \t]*(.*)$', file.read(), re.M)))
    return found


def check_least(pid, others=0):
    """The least that the broker can do with; others: capabilities of all threads but the first."""
    keep = NET_ADMIN if KERNEL else 0
    found = threads(pid)
    for status in found:
        allowed = keep if status is found[0] else keep | others
        equal(status['Uid'].split(), [str(NOBODY)] * 4)
        equal(status['Groups'].strip() in ('', str(NOBODY)), True)
        for field in ('CapPrm', 'CapEff', 'CapInh', 'CapAmb'):
            equal(int(status[field], 16) & ~allowed, 0)
        equal((status['NoNewPrivs'], status['Seccomp']), ('1', '2'))
        equal(status['THP_enabled'], '0')
    equal(int(found[0]['CapEff'], 16), keep)
    equal(len(found) > 1, True)


def as_nobody():
    """A command that starts another one as a service manager does it."""
    caps = '+net_admin,+net_bind_service'
    return ['setpriv', '--reuid=%d' % NOBODY, '--regid=%d' % NOBODY, '--clear-groups',
            '--inh-caps=' + caps, '--ambient-caps=' + caps]


def directory():
    """A directory that belongs to nobody."""
    path = tempfile.mkdtemp()
    os.chown(path, NOBODY, NOBODY)
    return path
