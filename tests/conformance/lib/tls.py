# SPDX-License-Identifier: GPL-2.0
"""Certificates made for a case, and clients that use them."""

import contextlib
import datetime
import functools
import json
import os
import socket
import ssl
import subprocess
import tempfile
import warnings

from .broker import KERNEL
from .client import Client, Failed, TIMEOUT, check
from .users import MQTTCTL

# Who does TLS, as mqttctl shows it. tests/tls/run takes the kernel's away.
SERVED = 'ktls' if KERNEL and not os.environ.get('WITHOUT_KTLS') else 'daemon'
# OpenSSL of Debian takes no TLS below 1.2 unless told to.
warnings.filterwarnings('ignore', category=DeprecationWarning)


class Authority:
    """A certificate authority in a directory of its own, and what it has issued."""

    def __init__(self, name='authority'):
        self.temporary = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.dir = self.temporary.name
        self.serial = 0
        self.cert = self.path('ca.crt')
        self._certtool('--generate-privkey', '--key-type=ecdsa', '--curve=secp256r1',
                       '--outfile', self.path('ca.key'))
        self._template(['cn = "%s"' % name, 'ca', 'cert_signing_key', 'crl_signing_key'])
        self._certtool('--generate-self-signed', '--load-privkey', self.path('ca.key'),
                       '--outfile', self.cert)

    def path(self, name):
        return os.path.join(self.dir, name)

    def _certtool(self, *args):
        done = subprocess.run(['certtool', *args, '--template', self.path('template')]
                              if '--generate-privkey' not in args else ['certtool', *args],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=False)
        check(done.returncode == 0, 'certtool %r: %s' % (args, done.stderr[-300:]))

    def _template(self, lines, days=30):
        self.serial += 1
        now = datetime.datetime.now(datetime.timezone.utc)
        begin = now - datetime.timedelta(days=2)
        end = now + datetime.timedelta(days=days)
        lines = lines + ['serial = %d' % self.serial,
                         'activation_date = "%s UTC"' % begin.strftime('%Y-%m-%d %H:%M:%S'),
                         'expiration_date = "%s UTC"' % end.strftime('%Y-%m-%d %H:%M:%S')]
        with open(self.path('template'), 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')

    def issue(self, name, use='tls_www_client', days=30, subject=None, rsa=False):
        """A certificate and its key; returns their paths."""
        key, cert = self.path(name + '.key'), self.path(name + '.crt')
        kind = ['--key-type=rsa', '--bits=2048'] if rsa else \
            ['--key-type=ecdsa', '--curve=secp256r1']
        if not os.path.exists(key):
            self._certtool('--generate-privkey', *kind, '--outfile', key)
        lines = [subject or 'cn = "%s"' % name, use, 'signing_key']
        if use == 'tls_www_server':
            lines += ['dns_name = "localhost"', 'ip_address = "127.0.0.1"']
        self._template(lines, days)
        self._certtool('--generate-certificate', '--load-privkey', key,
                       '--load-ca-certificate', self.cert,
                       '--load-ca-privkey', self.path('ca.key'), '--outfile', cert)
        return cert, key

    def server(self, name='server', **how):
        """The options of a listener with a certificate of this authority."""
        cert, key = self.issue(name, 'tls_www_server', **how)
        return {'certfile': cert, 'keyfile': key}

    def revoke(self, *certs):
        """A list with these certificates; returns its path."""
        path = self.path('crl')
        with open(self.path('revoked'), 'wb') as file:
            for cert in certs:
                with open(cert, 'rb') as one:
                    file.write(one.read())
        self._template(['crl_number = %d' % (self.serial + 1), 'crl_next_update = 30'])
        self._certtool('--generate-crl', '--load-ca-privkey', self.path('ca.key'),
                       '--load-ca-certificate', self.cert,
                       '--load-certificate', self.path('revoked'), '--outfile', path)
        return path


class TlsClient(Client):
    """A client whose packets go through TLS."""

    def __init__(self, address, client_id='', context=None, **options):
        super().__init__(address, client_id, **options)
        try:
            self.sock = context.wrap_socket(self.sock, server_hostname='localhost')
        except (OSError, ValueError):
            self.sock.close()
            raise


def context(authority, version=None, ciphers=None, cert=None):
    """What a client accepts: one version of TLS, or 1.2 and 1.3."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.load_verify_locations(authority.cert)
    # an end without close_notify is one to suppress_ragged_eofs alone
    tls.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    if version:
        tls.minimum_version = tls.maximum_version = version
    if ciphers:
        tls.set_ciphers(ciphers)
    if cert:
        tls.load_cert_chain(*cert)
    return tls


def kind(authority, base=TlsClient, **how):
    """For the kind= of a broker's client()."""
    return functools.partial(base, context=context(authority, **how))


def refused(address, tls, alert):
    """A handshake, or what comes after it, ends with this alert and the connection."""
    with socket.create_connection(address, TIMEOUT) as sock, sock.dup() as below:
        try:
            with tls.wrap_socket(sock, server_hostname='localhost') as client:
                # of TLS 1.3, the client is done before the server has looked
                client.settimeout(TIMEOUT)
                data = client.recv(1)
        except ssl.SSLError as error:
            check(alert.lower() in str(error).lower().replace('_', ' '),
                  'alert is %s, want %s' % (error, alert))
            # the alert leaves from a thread, before the loop has counted the failure
            below.settimeout(TIMEOUT)
            with contextlib.suppress(ConnectionResetError):
                while below.recv(4096):
                    pass
            return
        except ConnectionResetError:
            raise Failed('reset instead of alert %s' % alert) from None
    raise Failed('no alert %s but %r' % (alert, data))


def _ask(broker, *args):
    done = subprocess.run([MQTTCTL, '-j', '-s', broker.dir + '/control.sock', *args],
                          capture_output=True, text=True, check=True, timeout=TIMEOUT)
    return json.loads(done.stdout)


def shown(broker, client):
    """What mqttctl says of a client's transport."""
    return _ask(broker, 'client', client.client_id)[0].get('transport')


def username(broker, client):
    """The user name that a client goes by."""
    return _ask(broker, 'client', client.client_id)[0].get('username')


def status(broker, name):
    """A number of the daemon's status."""
    return _ask(broker, 'status')['daemon'][name]


class Terminal:
    """openssl s_client, to which a K alone means new keys, and an R another handshake."""

    def __init__(self, authority, address, *args):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            ['openssl', 's_client', '-connect', '%s:%d' % address, '-CAfile',
             authority.cert, *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = b''

    def send(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def wait(self, text):
        while text not in self.said:
            data = self.process.stdout.read1(65536)
            check(data, 'openssl ended, and said %r' % self.said[-500:])
            self.said += data

    def end(self):
        out = self.process.communicate(timeout=TIMEOUT)[0]
        return self.said + out
