#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""client.js in a page of a real browser, over WebSocket.

usage: browser.py DIRECTORY BROWSER HOST PORT

DIRECTORY is where tests/clients/build put client.js and what npm installed.
"""

import http.server
import os
import subprocess
import sys
import tempfile
import threading

PAGE = b"""<!doctype html><title>mqttd</title>
<script src="/mqtt.js"></script>
<script type="module" src="/client.js"></script>
"""
SWITCHES = ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
            '--no-first-run', '--disable-extensions', '--disable-background-networking',
            '--disable-component-update', '--disable-sync', '--mute-audio')


def handler(files, ended):
    """What the page asks for, and what it says."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format, *args):   # pylint: disable=redefined-builtin
            pass

        def _answer(self, status, body=b'', kind='text/html'):
            self.send_response(status)
            self.send_header('Content-Type', kind)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            path = self.path.split('?')[0]
            if path == '/':
                self._answer(200, PAGE)
            elif path in files:
                with open(files[path], 'rb') as file:
                    self._answer(200, file.read(), 'text/javascript')
            else:
                self._answer(404)

        def do_POST(self):
            line = self.rfile.read(int(self.headers['Content-Length'])).decode()
            self._answer(204)
            if line == 'end':
                ended.set()
            else:
                print(line, flush=True)

    return Handler


def main():
    directory, browser, host, port = sys.argv[1:]
    files = {'/client.js': os.path.join(directory, 'client.js'),
             '/mqtt.js': os.path.join(directory, 'node_modules/mqtt/dist/mqtt.min.js')}
    ended = threading.Event()
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler(files, ended))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = 'http://127.0.0.1:%d/?%s:%s' % (server.server_port, host, port)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        with subprocess.Popen([browser, *SWITCHES, '--user-data-dir=' + profile, url],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as process:
            said = []
            threading.Thread(target=lambda: (said.extend(process.stderr), ended.set()),
                             daemon=True).start()
            ended.wait()
            if process.poll() is not None:
                for line in said[-5:]:
                    print('#', line.decode('utf-8', 'replace').rstrip())
            process.kill()


main()
