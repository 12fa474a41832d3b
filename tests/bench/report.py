# SPDX-License-Identifier: GPL-2.0
"""Tables, as text and as Markdown, and plots of what was measured."""
import os
import statistics
import subprocess

from workload import BESIDE_RATIO, HALF_RATIO, SMP, SMP_RATIO, SMP_SHARE, WORKLOADS


class Table:
    """Rows of cells below a header; the first column is text, the others are numbers."""

    def __init__(self, title, header, note=""):
        self.title, self.header, self.note, self.rows = title, header, note, []

    def add(self, *cells):
        self.rows.append([str(c) for c in cells])

    def text(self):
        lines = [self.header] + self.rows
        wide = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        out = [self.title, ""]
        for line in lines:
            out.append("  ".join(c.ljust(w) if i == 0 else c.rjust(w)
                                 for i, (c, w) in enumerate(zip(line, wide))).rstrip())
        return "\n".join(out + ([self.note] if self.note else [])) + "\n"

    def markdown(self):
        out = [f"## {self.title}", "", "| " + " | ".join(self.header) + " |",
               "|---|" + "---:|" * (len(self.header) - 1)]
        out += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(out + (["", self.note] if self.note else [])) + "\n"


class Results:
    """All reports of a run, and what was pinned while they were measured."""

    def __init__(self, reports, pinned, brokers):
        self.reports, self.pinned, self.brokers = reports, pinned, brokers
        self.missed = []

    def of(self, **want):
        return [r for r in self.reports if all(r.get(k) == v for k, v in want.items())]

    def values(self, name, **want):
        return [v for v in (value(r, name) for r in self.of(**want)) if v is not None]

    def median(self, name, **want):
        values = self.values(name, **want)
        return statistics.median(values) if values else None

    def kinds(self, kind):
        """Kernels, and works in the order they were asked for, of this kind of measurement."""
        got = self.of(kind=kind)
        return (list(dict.fromkeys(r["kernel"] for r in got)),
                list(dict.fromkeys(r["work"] for r in got)))

    def cell(self, name, **want):
        values = self.values(name, **want)
        bad = [r for r in self.of(**want) if not r["ok"]]
        text = number(statistics.median(values)) if values else "-"
        if len(values) > 1:
            text += f" ({number(min(values))}-{number(max(values))})"
        rates = [commit_rate(r) for r in self.of(**want) if "commits" in r and "guest" in r]
        if rates:
            text += f", {statistics.median(rates):,.0f} commits/s"
        if bad:
            text += f" FAILED: {sum(r['lost'] for r in bad)} lost"
        return text

    def verdict(self, got, most, what):
        if got is None:
            return "-"
        if got > most:
            self.missed.append(f"{what}: {number(got)}, at most {number(most)} asked")
        return "yes" if got <= most else "NO"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def value(report, name):
    """A figure of a report, None if it has not got it."""
    guest = report.get("guest", {})
    if name in ("p50", "p99"):
        return report["latency_us"][name] if report["received"] else None
    if name == "insns":
        insns = guest.get("insns")
        return sum(insns) / guest["deliveries"] if insns and guest["deliveries"] else None
    if name == "share":
        insns = guest.get("insns")
        return min(insns) / sum(insns) if insns and sum(insns) else None
    if name == "busy":
        # Both snapshots came at the end if the guest was busier than it could answer.
        return guest.get("busy_per_delivery_ns") or None
    return report.get(name)


def commit_rate(report):
    """Commits a second of the guest's time, in the steady part."""
    guest = report["guest"]
    return (guest["deliveries"] / guest["clock_ns"] * 1e9 *
            report["commits"] / report["received"])


def ratio(a, b):
    return a / b if a is not None and b else None


def ablation(res):
    """The module with settings of its own against the module as it is."""
    kernels, works = res.kinds("insns")
    plain = "mqttd-kernel" in res.brokers
    for kernel in kernels if settings(res) else []:
        table = Table(f"Ablation: instructions per delivery, Linux {kernel}",
                      ["broker"] + [c for w in works for c in [w] + ["to kernel"] * plain])
        for broker in res.brokers:
            row = [broker]
            for work in works:
                want = {"kernel": kernel, "work": work, "kind": "insns"}
                row.append(res.cell("busy", broker=broker, **want))
                got = ratio(*(res.median("busy", broker=b, **want)
                              for b in (broker, "mqttd-kernel")))
                row += ["-" if got is None else f"{got:.2f}"] * plain
            table.add(*row)
        yield table


def settings(res):
    return [b for b in res.brokers if ":" in b and b.startswith("mqttd-")]


def instructions(res):
    """What a delivery costs, the targets beside it, and the module against the same daemon."""
    kernels, works = res.kinds("insns")
    brokers = [b for b in res.brokers if b not in settings(res)]
    for kernel in kernels if brokers else []:
        header = ["work"]
        for broker in brokers:
            header.append(broker)
            if any(broker in WORKLOADS[w].targets for w in works):
                header += ["at most", "met"]
        both = {"mqttd-user", "mqttd-kernel"} <= set(res.brokers)
        header += ["kernel/user", "at most", "met"] if both else []
        table = Table(f"Instructions per delivery, whole guest, one CPU, Linux {kernel}", header)
        for work in works:
            load, row = WORKLOADS[work], [f"{work}: {WORKLOADS[work].title}"]
            for broker in brokers:
                row.append(res.cell("busy", kernel=kernel, work=work, broker=broker, kind="insns"))
                if any(broker in WORKLOADS[w].targets for w in works):
                    row += verdict(res, res.median("busy", kernel=kernel, work=work,
                                                   broker=broker, kind="insns"),
                                   load.targets.get(broker), f"{work}, {broker}")
            if both:
                user, kern = (res.median("busy", kernel=kernel, work=work, broker=b, kind="insns")
                              for b in ("mqttd-user", "mqttd-kernel"))
                got = ratio(kern, user)
                row.append("-" if got is None else f"{got:.2f}")
                row += verdict(res, got, load.ratio, f"{work}, kernel/user")
            table.add(*row)
        yield table


def verdict(res, got, most, what):
    if most is None:
        return ["", ""]
    return [number(most), res.verdict(got, most, what)]


def latencies(res, kind, title, note):
    """p50 and p99 of what was published at a rate, from the intended send time."""
    kernels, works = res.kinds(kind)
    works = [w for w in works if WORKLOADS[w].paced]
    for kernel in kernels if works else []:
        header = ["work", "publishes/s"] + [f"{b} {q}" for b in res.brokers for q in ("p50", "p99")]
        against = kind == "half" and "mosquitto" in res.brokers
        mqttd = [b for b in res.brokers if against and b.startswith("mqttd")]
        for broker in mqttd:
            header += [f"{broker}/mosquitto", "at most", "met"]
        table = Table(f"{title}, Linux {kernel}" if kernel else title, header, note)
        for work in works:
            want = {"kernel": kernel, "work": work, "kind": kind}
            sent = [r["rate"] * r["publishers"] for r in res.of(**want)]
            row = [f"{work}: {WORKLOADS[work].title}", number(max(sent)) if any(sent) else "-"]
            for broker in res.brokers:
                row += [res.cell(q, broker=broker, **want) for q in ("p50", "p99")]
            for broker in mqttd:
                got = ratio(res.median("p99", broker=broker, **want),
                            res.median("p99", broker="mosquitto", **want))
                row.append("-" if got is None else f"{got:.2f}")
                row += verdict(res, got, HALF_RATIO, f"{work}, p99 of {broker}/mosquitto")
            table.add(*row)
        yield table


def beside(res):
    """p99 with another load beside it, against p99 without."""
    kernels, works = res.kinds("half")
    pairs = [(WORKLOADS[w].alone, w) for w in works if WORKLOADS[w].alone in works]
    for kernel in kernels if pairs else []:
        table = Table("p99 in us of the guest's time, alone and beside another load, "
                      f"Linux {kernel}",
                      ["work", "broker", "alone", "beside", "beside/alone", "at most", "met"])
        for alone, work in pairs:
            for broker in res.brokers:
                want = {"kernel": kernel, "broker": broker, "kind": "half"}
                got = ratio(*(res.median("p99", work=w, **want) for w in (work, alone)))
                asked = broker.startswith("mqttd-kernel") and "-always" in broker
                table.add(f"{work}: {WORKLOADS[work].title}", broker,
                          *(res.cell("p99", work=w, **want) for w in (alone, work)),
                          "-" if got is None else f"{got:.2f}",
                          *verdict(res, got, BESIDE_RATIO if asked else None,
                                   f"{work}, {broker}, p99 beside/alone"))
        yield table


def cpus(res):
    """Two CPUs against one, counted by QEMU on each."""
    kernels, works = res.kinds("smp")
    for kernel in kernels:
        table = Table(
            f"Instructions per delivery with one and two CPUs, Linux {kernel}",
            ["work", "broker", "one CPU", "two CPUs", "two/one", "at most", "met",
             "the idler CPU's share", "at least", "met"],
            "Executed instructions of each CPU, counted by a plugin of QEMU (tools/qemu/insns.c), "
            "CPUs in parallel threads and without instruction time.")
        for work in works:
            for broker in res.brokers:
                want = {"kernel": kernel, "work": work, "broker": broker, "kind": "smp"}
                one, two = (res.median("insns", cpus=n, **want) for n in (1, 2))
                share, got = res.median("share", cpus=2, **want), ratio(two, one)
                row = [work, broker, res.cell("insns", cpus=1, **want),
                       res.cell("insns", cpus=2, **want),
                       "-" if got is None else f"{got:.2f}"]
                asked = work in SMP and broker == "mqttd-kernel"
                row += verdict(res, got, SMP_RATIO if asked else None, f"{work}, two CPUs/one")
                row.append("-" if share is None else f"{share:.0%}")
                # The other way round: at least.
                row += verdict(res, -share if share is not None else None, None, "")
                if asked and share is not None:
                    row[-2:] = [f"{SMP_SHARE:.0%}", "yes" if share >= SMP_SHARE else "NO"]
                    if share < SMP_SHARE:
                        res.missed.append(f"{work}: {share:.0%} of the work on one of two CPUs, "
                                          f"at least {SMP_SHARE:.0%} asked")
                table.add(*row)
        yield table


def rates(res):
    """A broker by its address: nothing but what the generator sees."""
    works = res.kinds("address")[1]
    if works:
        table = Table("Deliveries a second, by address",
                      ["work"] + res.brokers,
                      "In the time of the machine that the generator runs on, which the broker "
                      "may share.")
        for work in works:
            table.add(f"{work}: {WORKLOADS[work].title}",
                      *(res.cell("deliveries_per_s", work=work, broker=b) for b in res.brokers))
        yield table


def tables(res):
    yield from instructions(res)
    yield from ablation(res)
    yield from cpus(res)
    yield from latencies(res, "half", "Latency in us of the guest's time",
                         "The clock advances 1 ns an instruction, and the generator goes by it, "
                         "on the host (whose load adds to it) or inside the guest (where its own "
                         "work does), as said below. From the intended send time.")
    yield from beside(res)
    yield from rates(res)
    yield from latencies(res, "insns", "Latency in us of the host's time",
                         "The generator runs on the host, the guest is emulated and many times "
                         "slower than its own clock says: for comparing brokers only.")
    yield from latencies(res, "address", "Latency in us", "")


def write(res, out):
    """Writes report.txt, report.md and the plots; returns the text."""
    got = list(tables(res))
    failed = [f"{r['broker']} {r['work']}: lost {r['lost']}, out of order {r['disorder']}, twice "
              f"{r['duplicates']}, foreign {r['foreign']}, connections failed {r['failed']}"
              for r in res.reports if not r["ok"]]
    text = "\n".join(t.text() for t in got)
    text += "\nNo loss, disorder or duplicate.\n" if not failed else "\nFAILED\n"
    text += "".join(f"  {line}\n" for line in failed)
    if res.missed:
        text += "\nTargets missed\n" + "".join(f"  {line}\n" for line in res.missed)
    pinned = "\n".join(f"  {k}: {v}" for k, v in res.pinned.items())
    with open(os.path.join(out, "report.txt"), "w", encoding="utf-8") as f:
        f.write(f"{text}\nPinned\n{pinned}\n")
    plots = [p for args in (("insns", "busy", "instructions per delivery"),
                            ("half", "p99", "p99 in us of guest time"),
                            ("smp", "insns", "instructions per delivery"))
             for p in plot(res, *args, out)]
    with open(os.path.join(out, "report.md"), "w", encoding="utf-8") as f:
        f.write("# Benchmark\n\n" + "\n".join(f"- {k}: `{v}`" for k, v in res.pinned.items()))
        f.write("\n\n" + "\n".join(t.markdown() for t in got))
        f.write("\n" + "".join(f"- FAILED: {line}\n" for line in failed))
        f.write("".join(f"- missed: {line}\n" for line in res.missed))
        f.write("".join(f"\n![{p}]({p})\n" for p in plots))
    return f"{text}\nPinned\n{pinned}\n\n{os.path.join(out, 'report.md')}, report.txt" + \
        "".join(f", {p}" for p in plots) + "\n"


def plot(res, kind, name, axis, out):
    """Bars for every work and broker, one SVG a kernel; yields the names of the files."""
    kernels, works = res.kinds(kind)
    for kernel in kernels:
        for cpus_count in sorted({r["cpus"] for r in res.of(kind=kind, kernel=kernel)}):
            want = {"kind": kind, "kernel": kernel, "cpus": cpus_count}
            lines = []
            for work in works:
                cells = [res.median(name, work=work, broker=b, **want) for b in res.brokers]
                if any(cells):
                    lines.append(" ".join([f'"{work}"'] + [str(c) if c else "NaN" for c in cells]))
            if not lines:
                continue
            file = f"{kind}-{kernel}-{cpus_count}cpu.svg"
            columns = ", ".join(f"$d using {i + 2}{':xtic(1)' if i == 0 else ''} title '{b}'"
                                for i, b in enumerate(res.brokers))
            script = (f"set terminal svg size {300 + 130 * len(lines)},500 font 'sans,12' "
                      "noenhanced\n"
                      f"set output '{os.path.join(out, file)}'\n"
                      "set style data histogram\nset style histogram clustered gap 1\n"
                      "set style fill solid 0.8 border -1\nset logscale y\nset grid ytics\n"
                      "set xtics rotate by -25\nset key outside top\n"
                      f"set ylabel '{axis}'\nset title 'Linux {kernel}, {cpus_count} CPU'\n"
                      "$d << EOD\n" + "\n".join(lines) + f"\nEOD\nplot {columns}\n")
            subprocess.run(["gnuplot"], input=script, text=True, check=True)
            yield file
