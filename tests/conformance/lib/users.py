# SPDX-License-Identifier: GPL-2.0
"""Password files, and the broker's files read anew."""

import base64
import hashlib
import os
import subprocess
import tempfile

from .broker import BUILD
from .client import TIMEOUT

MQTTCTL = os.environ.get('MQTTCTL') or os.path.join(BUILD, 'mqttctl')


def pbkdf2(password, iterations=101):
    """A hash as mosquitto_passwd makes it."""
    salt = os.urandom(12)
    digest = hashlib.pbkdf2_hmac('sha512', password.encode(), salt, iterations)
    return '$7$%d$%s$%s' % (iterations, base64.b64encode(salt).decode(),
                            base64.b64encode(digest).decode())


def sha512(password):
    """A hash as mosquitto_passwd made it before 2.0."""
    salt = os.urandom(12)
    digest = hashlib.sha512(password.encode() + salt).digest()
    return '$6$%s$%s' % (base64.b64encode(salt).decode(), base64.b64encode(digest).decode())


class Users:
    """A password file."""

    def __init__(self, **hashes):
        self.dir = tempfile.TemporaryDirectory()    # pylint: disable=consider-using-with
        self.path = os.path.join(self.dir.name, 'passwd')
        self.write(**hashes)

    def write(self, **hashes):
        self.text(''.join('%s:%s\n' % item for item in hashes.items()))

    def text(self, text):
        with open(self.path, 'w', encoding='utf-8') as file:
            file.write(text)

    def passwd(self, user, password):
        """With mqttctl."""
        subprocess.run([MQTTCTL, 'passwd', self.path, user], input=password.encode(),
                       check=True, timeout=TIMEOUT)


def reload(broker):
    """mqttctl reload: its exit status and what it said."""
    done = subprocess.run([MQTTCTL, '-s', broker.dir + '/control.sock', 'reload'],
                          capture_output=True, text=True, check=False, timeout=TIMEOUT)
    return done.returncode, done.stderr.strip()
