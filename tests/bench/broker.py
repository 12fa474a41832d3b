# SPDX-License-Identifier: GPL-2.0
"""The brokers under test, inside a guest."""
import json
import os
import re
import subprocess

from guest import BROKER_PORT, BUILD, GUEST_ADDR, TLS_PORT, GuestError, wait_port

TLS_DIR = os.path.join(BUILD, "bench", "tls")
CERT, KEY = os.path.join(TLS_DIR, "cert.pem"), os.path.join(TLS_DIR, "key.pem")

MOSQUITTO = f"listener {BROKER_PORT} 0.0.0.0\nallow_anonymous true\n"
# mosquitto's syntax, which is mqttd's too.
MOSQUITTO_TLS = f"listener {TLS_PORT} 0.0.0.0\ncertfile {CERT}\nkeyfile {KEY}\n"
# It does no MQTT without JetStream, whose files are in memory here.
NATS = """server_name: bench
listen: "127.0.0.1:4222"
max_payload: 1MB
jetstream { store_dir: "/tmp/nats" }
mqtt { listen: "0.0.0.0:%d"%s }
"""
NATS_TLS = f"\ntls {{ cert_file: \"{CERT}\", key_file: \"{KEY}\" }}"


def make_certificate():
    """A certificate that is its own authority, for the address of the guest."""
    if os.path.exists(CERT):
        return
    os.makedirs(TLS_DIR, exist_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj", "/CN=bench",
                    "-addext", f"subjectAltName=IP:{GUEST_ADDR},IP:127.0.0.1", "-keyout", KEY,
                    "-out", CERT], check=True, stderr=subprocess.DEVNULL)


class Broker:
    """One running broker; use as a context manager.

    NAME is mosquitto, nats, or mqttd-user or mqttd-kernel, which may be followed by
      -always         the store on a disk of the guest's own (ext4), persistence_sync always
      -acl            10,000 rules for 1,000 users, and eight for clients without a name
      +OPTION=VALUE   a line of the configuration
      :PARAM=VALUE    the module is loaded with that parameter
    """

    NAME = re.compile(r"mosquitto|nats|(mqttd-(user|kernel))(?P<stored>-always)?(?P<acl>-acl)?"
                      r"(?P<more>(\+\w+=[^,:+]+)*)(?P<params>(:\w+=[^,:+]+)*)")
    STORE = "/tmp/store"
    ACL = ("BEGIN { for (i = 1; i < 8; i++) print \"topic deny bench/secret/\" i; "
           "print \"topic readwrite bench/#\"; "
           "for (u = 0; u < 1000; u++) { print \"user u\" u; for (i = 0; i < 10; i++) "
           "print \"topic readwrite plant/\" u \"/+/\" i } }")

    def __init__(self, guest, name, extra="", tls=False):
        self.guest, self.name = guest, name
        match = self.NAME.fullmatch(name)
        parts = match.groupdict() if match.group(1) else {}
        self.stored = bool(parts.get("stored"))
        self.kernel = name.startswith("mqttd-kernel")
        # A name as it may be used for a file in the guest.
        self.file = "/tmp/" + re.sub(r"[^\w-]", "_", name)
        self.log = f"{self.file}.log"
        conf = self.conf(match, parts, tls) + extra
        guest.sh(f"printf '%b' '{conf}' > {self.file}.conf".replace("\n", "\\n"))
        if self.stored:
            guest.sh("modprobe virtio_blk; modprobe ext4; mkdir -p {0}; "
                     "mountpoint -q {0} || mount -t ext4 /dev/vda {0}; rm -rf {0}/*"
                     .format(self.STORE))
        if parts.get("acl"):
            guest.sh(f"awk '{self.ACL}' > /tmp/acl")
        if name == "nats":
            guest.sh("rm -rf /tmp/nats")
        if self.kernel:
            params = parts["params"].replace(":", " ")
            # Parameters belong to one load of the module.
            guest.sh("p=/run/mqtt.params; [ -d /sys/module/mqtt ] && "
                     f"[ \"$(cat $p)\" != '{params}' ] && rmmod mqtt; "
                     f"[ -d /sys/module/mqtt ] || modprobe mqtt{params} && echo '{params}' > $p")
        program = {"mosquitto": "/usr/sbin/mosquitto", "nats": "/usr/sbin/nats-server"}.get(
            name, os.path.join(BUILD, "mqttd"))
        guest.sh(f"{program} -c {self.file}.conf > {self.log} 2>&1 & echo $! > {self.file}.pid")
        try:
            wait_port(guest.netns, TLS_PORT if tls else BROKER_PORT, guest)
        except GuestError as err:
            raise GuestError(f"{name}: {err}\n{guest.sh(f'cat {self.log}')}") from err

    def conf(self, match, parts, tls):
        if self.name == "nats":
            return NATS % (TLS_PORT if tls else BROKER_PORT, NATS_TLS if tls else "")
        conf = MOSQUITTO
        if self.name == "mosquitto":
            # mqttd's default for the one, and to read the key the other.
            conf += "set_tcp_nodelay true\nuser root\n"
        else:
            conf += f"datapath {match.group(2)}\n"
        if self.stored:
            conf += ("persistence true\npersistence_sync always\n"
                     f"persistence_location {self.STORE}\ncontrol_socket /tmp/control\n")
        if parts.get("acl"):
            conf += "acl_file /tmp/acl\n"
        for line in re.findall(r"\+(\w+)=([^,:+]+)", parts.get("more") or ""):
            conf += " ".join(line) + "\n"
        return conf + (MOSQUITTO_TLS if tls else "")

    def commits(self):
        """Commits of the store so far."""
        out = self.guest.sh(f"{BUILD}/mqttctl -j -s /tmp/control status")
        return json.loads(out)["daemon"]["store"]["commits"]

    def rss_kib(self):
        out = self.guest.sh(f"grep VmRSS /proc/$(cat {self.file}.pid)/status")
        return int(out.split()[1])

    def alive(self):
        out = self.guest.sh(f"kill -0 $(cat {self.file}.pid) && echo yes", check=False)
        return "yes" in out

    def stop(self):
        pid = f"$(cat {self.file}.pid)"
        # tail(1) waits for a process that is not its child.
        self.guest.sh(f"p={pid}; kill $p; timeout 20 tail -f /dev/null --pid $p -s 0.05 "
                      f"|| kill -9 $p", check=False)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if exc[0] is None:
            self.stop()


# Values of the module's numbers that turn off what they tune.
OFF = {"share_min": 4294967295, "body_min": 4294967295, "batch": 1}


def switches(release):
    """Settings of the module that each turn something off: of every bool, and of OFF."""
    path = os.path.join(BUILD, release, "mqtt.ko")
    out = subprocess.run(["/sbin/modinfo", "-F", "parm", path], stdout=subprocess.PIPE, text=True,
                         check=True).stdout
    names = {line.split(":")[0]: line.endswith("(bool)") for line in out.splitlines()}
    return ([f"{name}=0" for name, is_bool in names.items() if is_bool] +
            [f"{name}={value}" for name, value in OFF.items() if name in names])
