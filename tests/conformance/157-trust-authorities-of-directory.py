#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""capath: authorities are those in the directory, under hashed names, when it was last read."""

import os
import shutil
import ssl
import subprocess
import tempfile

from lib.case import *
from lib.tls import Authority, context, kind, refused
from lib.users import reload

authorities = [Authority('first'), Authority('second')]
certs = [authority.issue('client') for authority in authorities]
server = authorities[0].server()
directory = tempfile.TemporaryDirectory()   # pylint: disable=consider-using-with


def trust(*which):
    """Only these are in the directory, each as a file and by its hashed name."""
    for name in os.listdir(directory.name):
        os.unlink(os.path.join(directory.name, name))
    for n in which:
        shutil.copy(authorities[n].cert, os.path.join(directory.name, 'ca%d.pem' % n))
    subprocess.run(['openssl', 'rehash', directory.name], check=True, timeout=TIMEOUT)
    equal(len(os.listdir(directory.name)), 2 * len(which), 'files of the directory')


def check_trust(b, *which):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for n, cert in enumerate(certs):
            if n in which:
                b.client(kind=kind(authorities[0], version=version, cert=cert)).ping()
            else:
                refused(b.address, context(authorities[0], version=version, cert=cert),
                        'unknown ca')


def test(b):
    check_trust(b, 0)
    stays = b.client(kind=kind(authorities[0], cert=certs[0]))
    trust(0, 1)
    check_trust(b, 0)
    equal(reload(b), (0, ''))
    check_trust(b, 0, 1)
    trust(1)
    equal(reload(b), (0, ''))
    check_trust(b, 1)
    # none at all, or no directory: what was trusted before still is
    trust()
    code, said = reload(b)
    equal(code, 1)
    check(said.startswith('mqttctl: reload: ' + directory.name), said)
    os.rmdir(directory.name)
    code, said = reload(b)
    equal(code, 1)
    check(directory.name in said and 'No such file' in said, said)
    os.mkdir(directory.name)
    check_trust(b, 1)
    stays.ping()


trust(0)
run(test, **server, capath=directory.name, require_certificate='true')
