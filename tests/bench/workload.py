# SPDX-License-Identifier: GPL-2.0
"""The workloads: what mqload is told, how many messages it sends, what is asked of the brokers."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Workload:
    """One shape of traffic.

    counts: messages per publisher for brokers that write one message at a time (mosquitto,
    nats) and for mqttd, so that the steady part is seconds of guest time and several windows
    long; None where args have a duration.
    targets: most instructions per delivery by broker, ratio: most of kernel to user.
    half: published at half of mosquitto's maximum rate, in the guest's time.
    alone, beside: the same as that work, with another load of mqload's beside it.
    """
    title: str
    args: str
    counts: tuple = None
    targets: dict = dataclasses.field(default_factory=dict)
    ratio: float = None
    tls: bool = False
    half: bool = False
    alone: str = None
    beside: str = None

    @property
    def paced(self):
        return self.half or " -r " in f" {self.args} "

    def count(self, broker, scale):
        if not self.counts:
            return None
        slow = not broker.startswith("mqttd")
        return max(1, int(self.counts[0 if slow else 1] * scale))


def work(title, args, *counts, user=None, kernel=None, **more):
    """user, kernel: most instructions per delivery that are asked for."""
    targets = {b: t for b, t in (("mqttd-user", user), ("mqttd-kernel", kernel)) if t}
    return Workload(title, args, counts or None, targets, **more)


# The suite names its tests after publishers, subscribers, messages in and out a second. As
# published: QoS 1, 16 bytes, keep alive 300, clean sessions, MQTT 3.1.1 (shared: 5.0).
OMB = "-s 16 -k 300 -d {seconds}"

WORKLOADS = {
    # The table of the fourth issue.
    "fanout10": work("1 -> 10, 64 B, window 2000", "-P 1 -S 10 -w 2000", 20000, 1000000,
                     user=1100, kernel=700),
    "fanout100": work("1 -> 100, 64 B, window 5000", "-P 1 -S 100 -w 5000", 12000, 200000,
                      user=950, kernel=380, ratio=0.45),
    "mid10": work("1 -> 10, 1 KiB, window 500", "-P 1 -S 10 -s 1024 -w 500", 10000, 100000,
                  user=3500, kernel=1300, ratio=0.45),
    "big10": work("1 -> 10, 16 KiB, window 100", "-P 1 -S 10 -s 16384 -w 100", 1500, 2000,
                  user=60000, kernel=28000),
    "p2p50": work("50 -> 50 pairs, window 500 in all", "-m pairs -P 50 -S 50 -W 500", 1000, 3000,
                  user=14500, kernel=10000, ratio=0.7),
    "fanin": work("50 -> 1, window 500 in all", "-P 50 -S 1 -W 500", 1000, 3000,
                  user=8700, kernel=7800),
    "rate300x10": work("10 -> 10, 300 publishes/s in all", "-P 10 -S 10 -r 30 --tick 10",
                       300, 300, user=12500, kernel=11000),
    "q1fan10": work("QoS 1, 1 -> 10, window 500", "-P 1 -S 10 -q 1 -w 500", 8000, 40000,
                    user=2400, kernel=2600, ratio=1.1),
    "q1p2p50": work("QoS 1, 50 -> 50 pairs, window 500 in all",
                    "-m pairs -P 50 -S 50 -q 1 -W 500", 500, 1000,
                    user=16500, kernel=17000, ratio=1.1),
    # Other windows: the bigger, the more a broker can put into one send.
    "fan10-w100": work("1 -> 10, 64 B, window 100", "-P 1 -S 10 -w 100", 20000, 200000),
    "fan10-w10": work("1 -> 10, 64 B, window 10", "-P 1 -S 10 -w 10", 10000, 40000),
    "p2p50-w1": work("50 -> 50 pairs, window 1 each", "-m pairs -P 50 -S 50 -w 1", 500, 1000),
    "p2p50-w500": work("50 -> 50 pairs, window 500 each", "-m pairs -P 50 -S 50 -w 500",
                       2000, 20000),
    # Every message on a topic that was not seen lately: what a miss costs.
    "topics1m": work("1 -> 1, a million topics in turn, window 500",
                     "-m wild -P 1 -S 1 -w 500 --topics 1000000", 100000, 300000),
    "topics1m-x10": work("1 -> 10, a million topics in turn, window 500",
                         "-m wild -P 1 -S 10 -w 500 --topics 1000000", 50000, 300000),
    # NanoMQ's broadcast: 20 publishers x 50/s x 500 subscribers is 500,000 deliveries/s. The
    # shape as fast as it goes, and at a hundredth of the rate, which mosquitto keeps up with.
    "broadcast": work("NanoMQ's broadcast, 20 -> 500, saturated", "-P 20 -S 500 -W 1000",
                      12, 300),
    "broadcast-1/100": work("NanoMQ's broadcast, 20 -> 500, 0.5/s each",
                            "-P 20 -S 500 -r 0.5 -d {seconds}"),
    # One of eleven subscribers stops reading.
    "slow10": work("1 -> 10 beside one that does not read, 1 KiB, window 100",
                   "-P 1 -S 10 -s 1024 -w 100 --stalled 1", 5000, 30000),
    # TLS 1.3 of all clients, and clients of both protocol versions.
    "tls10": work("TLS 1.3, 1 -> 10, 1 KiB, window 500", "-P 1 -S 10 -s 1024 -w 500",
                  4000, 10000, tls=True),
    "tls-p2p50": work("TLS 1.3, 50 -> 50 pairs, window 500 in all",
                      "-m pairs -P 50 -S 50 -W 500", 300, 1000, tls=True),
    "mixed10": work("3.1.1 and 5.0 subscribers in turn, 1 -> 10, 64 B, window 2000",
                    "-P 1 -S 10 -V mixed -w 2000", 20000, 500000),
}
# The names of the fourth issue's table, in its order.
TABLE = ("fanout10", "fanout100", "mid10", "big10", "p2p50", "fanin", "rate300x10", "q1fan10",
         "q1p2p50")

# Open MQTT Benchmark Suite, basic set, as published but for the 30 minutes, and as QoS 0.
for _qos, _suffix, _title in ((1, "", ""), (0, "-q0", ", QoS 0")):
    WORKLOADS.update({
        f"omb-fanout{_suffix}": work(f"OMB fanout-1-1K-1-1K{_title}",
                                     f"{OMB} -q {_qos} -P 1 -S 1000 -r 1"),
        f"omb-p2p{_suffix}": work(f"OMB p2p-1K-1K-1K-1K{_title}",
                                  f"{OMB} -q {_qos} -m pairs -P 1000 -S 1000 -r 1"),
        f"omb-sharedsub{_suffix}": work(f"OMB sharedsub-1K-5-1K-1K{_title}",
                                        f"{OMB} -q {_qos} -V 5 -m shared -P 1000 -S 5 -r 1"),
        # Of the enterprise set, at a hundredth of its 50 messages a second and publisher.
        f"omb-fanout5{_suffix}": work(f"OMB fanout-5-1000-5-250K / 100{_title}",
                                      f"{OMB} -q {_qos} -m wild -P 5 -S 1000 -r 0.5"),
    })

# Connections a second, then idle.
WORKLOADS["omb-conn"] = work("OMB conn-tcp-10K-100",
                             "-P 0 -S 10000 -k 300 -d {seconds} --connect-rate 100")

# What may be asked for by one name.
GROUPS = {
    "table": TABLE,
    "other": ("broadcast", "broadcast-1/100", "slow10", "mixed10", "tls10", "tls-p2p50"),
    "omb": tuple(name for name in WORKLOADS if name.startswith("omb-")),
}

# Latency in the guest's own time, which the generator outside goes by. First the rate that
# mosquitto reaches in the closed loop, then all brokers at half of it.
WORKLOADS.update({
    "half-fanout10": work("1 -> 10, 64 B, half of mosquitto's maximum", "-P 1 -S 10", half=True),
    "half-p2p50": work("50 -> 50 pairs, 64 B, half of mosquitto's maximum",
                       "-m pairs -P 50 -S 50", half=True),
    # For brokers with a durable store: while that is busy.
    "half-beside-q1": work("the same beside QoS 1, 4 -> 4 pairs, window 100 each, sessions stored",
                           "-P 1 -S 10", half=True, alone="half-fanout10",
                           beside="-m pairs -P 4 -S 4 -q 1 -w 100 --stored --abandon"),
})
# What the closed loop that finds the maximum is told besides.
HALF_MAX = "-W 500"
# p99 of mqttd to that of mosquitto, at most.
HALF_RATIO = 0.5
# p99 beside another load to p99 alone, at most.
BESIDE_RATIO = 1.1
# Instructions per delivery with two CPUs to those with one, at most, and the share of each CPU.
SMP = ("fanout100", "p2p50")
SMP_RATIO, SMP_SHARE = 1.15, 0.4
