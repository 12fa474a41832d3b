# SPDX-License-Identifier: GPL-2.0
"""A client with GnuTLS, which knows record_size_limit; OpenSSL 3.0 does not."""

import ctypes
import errno

from .client import Client, Failed, check

CLIENT = 1 << 1
CRD_CERTIFICATE = 1
E_AGAIN, E_PREMATURE_TERMINATION = -28, -110
HEADER = 5
APPLICATION_DATA = 23

_lib = ctypes.CDLL('libgnutls.so.30')
_pull_type = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_lib.gnutls_strerror.restype = ctypes.c_char_p
for name in ('gnutls_record_send', 'gnutls_record_recv'):
    getattr(_lib, name).restype = ctypes.c_ssize_t
_lib.gnutls_record_send.argtypes = _lib.gnutls_record_recv.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]


def _check(code, what):
    if code < 0:
        raise Failed('%s: %s' % (what, _lib.gnutls_strerror(int(code)).decode()))
    return code


class GnutlsSocket:
    """Of a socket what a Client needs; notes the records that come."""

    def __init__(self, sock, priority, limit):
        self.sock = sock
        self.raw = b''
        self.records = []
        self.error = None
        self.cred = ctypes.c_void_p()
        _check(_lib.gnutls_certificate_allocate_credentials(ctypes.byref(self.cred)),
               'credentials')
        self.session = ctypes.c_void_p()
        _check(_lib.gnutls_init(ctypes.byref(self.session), CLIENT), 'gnutls_init')
        _check(_lib.gnutls_priority_set_direct(self.session, priority.encode(), None), priority)
        _check(_lib.gnutls_credentials_set(self.session, CRD_CERTIFICATE, self.cred),
               'credentials')
        _check(_lib.gnutls_record_set_max_recv_size(self.session, ctypes.c_size_t(limit)),
               'limit of %d' % limit)
        self.pull_function = _pull_type(self._pull)
        _lib.gnutls_transport_set_int2(self.session, sock.fileno(), sock.fileno())
        _lib.gnutls_transport_set_pull_function(self.session, self.pull_function)
        # a message that is in several records is one to try again
        while (code := _lib.gnutls_handshake(self.session)) == E_AGAIN and not self.error:
            pass
        _check(code, 'handshake')

    def _pull(self, _, room, size):
        try:
            data = self.sock.recv(size)
        except OSError as error:
            self.error = error
            _lib.gnutls_transport_set_errno(self.session, error.errno or errno.ETIMEDOUT)
            return -1
        ctypes.memmove(room, data, len(data))
        self.raw += data
        while len(self.raw) >= HEADER:
            length = int.from_bytes(self.raw[3:HEADER], 'big')
            if len(self.raw) < HEADER + length:
                break
            self.records.append((self.raw[0], length))
            self.raw = self.raw[HEADER + length:]
        return len(data)

    def encrypted(self):
        """The lengths of the encrypted records since the last time, in order."""
        sizes = [size for kind, size in self.records if kind == APPLICATION_DATA]
        self.records.clear()
        return sizes

    def sendall(self, data):
        while data:
            data = data[_check(_lib.gnutls_record_send(self.session, data, len(data)), 'send'):]

    def recv(self, size):
        room = ctypes.create_string_buffer(min(size, 1 << 14))
        while True:
            got = _lib.gnutls_record_recv(self.session, room, len(room))
            if got >= 0:
                return room.raw[:got]
            if got == E_PREMATURE_TERMINATION:
                return b''
            if self.error:
                error, self.error = self.error, None
                raise error
            check(got == E_AGAIN, 'recv: %s' % _lib.gnutls_strerror(int(got)).decode())

    def settimeout(self, seconds):
        self.sock.settimeout(seconds)

    def shutdown(self, how):
        self.sock.shutdown(how)

    def close(self):
        if self.session:
            _lib.gnutls_deinit(self.session)
            _lib.gnutls_certificate_free_credentials(self.cred)
        self.session = None
        self.sock.close()


class GnutlsClient(Client):
    """A client that asks for records of at most limit bytes."""

    def __init__(self, address, client_id='', priority='NORMAL', limit=0, **options):
        super().__init__(address, client_id, **options)
        self.sock = GnutlsSocket(self.sock, priority, limit)
