# SPDX-License-Identifier: GPL-2.0
"""Threads of a broker stopped, each by itself, as a debugger does."""

import ctypes
import os

from .broker import libc
from .client import check
from .privileges import threads

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000

libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def _ptrace(request, thread):
    check(not libc.ptrace(request, thread, None, None),
          'ptrace %#x: %s' % (request, os.strerror(ctypes.get_errno())))


class Stopped:
    """All threads but the first are stopped inside a with block. Those of io_uring go on."""

    def __init__(self, pid):
        self.pid = pid
        self.threads = []

    @property
    def count(self):
        return len(self.threads)

    def _others(self):
        for status in threads(self.pid):
            thread = int(status['Pid'])
            if thread != self.pid and not status['Name'].startswith('iou-'):
                yield thread

    def __enter__(self):
        for thread in self._others():
            _ptrace(PTRACE_SEIZE, thread)
            self.threads.append(thread)
            _ptrace(PTRACE_INTERRUPT, thread)
            check(os.WIFSTOPPED(os.waitpid(thread, WALL)[1]), 'a thread has ended')
        return self

    def __exit__(self, kind, value, trace):
        for thread in self.threads:
            _ptrace(PTRACE_DETACH, thread)
