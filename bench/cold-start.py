#!/usr/bin/env python3
"""From the start of a server to its first answer, with one large zone or with many small ones, and what it keeps.

    bench/cold-start.py [--delegations 1000000 | --zones 100000] [--runs 3] [--keep DIR] [--launcher ./zonetrail]
                        [--java-opts FLAGS] [--java-home JDK]

One zone of delegations: of two NS records each, half of them with glue. Small zones: of eight records each. The same for
the same number. Each run starts a server on a folder and asks it until it answers for the last name; then come

    wall     seconds from the start to the answer, which other work on the machine makes longer
    CPU      seconds of all its threads until then, and of which threads; less at the mercy of others, but for the caches
    PSS      MiB in memory two seconds later, and octets a record over a server that serves one small zone
    others   processors that everything else used meanwhile

Needs Linux and a build.
"""

import argparse
import collections
import os
import pathlib
import random
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
SOA = "@ 3600 SOA ns1 hostmaster 1 7200 1800 1209600 300\n"


def label(chance):
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=chance.randint(5, 16)))


def write_delegations(folder, count):
    """One zone; returns its number of records, and a name below the last delegation."""
    chance, seen, records = random.Random(count), {"ns1", "ns2"}, 5
    with open(folder / "large.example", "w", encoding="ascii") as out:
        out.write("$TTL 86400\n" + SOA + "@ NS ns1\n@ NS ns2\nns1 A 192.0.2.1\nns2 A 192.0.2.2\n")
        while len(seen) < count + 2:
            name = label(chance)
            if name in seen:
                continue
            seen.add(name)
            host = name if len(seen) % 2 else f"host{chance.randint(1, 5000)}.example.net."
            out.write(f"{name} NS ns1.{host}\n{name} NS ns2.{host}\n")
            records += 2
            if host == name:
                out.write(f"ns1.{name} A 10.0.{chance.randrange(256)}.1\nns2.{name} A 10.0.{chance.randrange(256)}.2\n")
                records += 2
    return records, f"www.{name}.large.example"


def write_zones(folder, count):
    chance = random.Random(count)
    for i in range(count):
        zone = f"z{i:06}-{label(chance)}.example"
        (folder / zone).write_text(
            "$TTL 3600\n" + SOA + "@ NS ns1\n@ NS ns2\nns1 A 192.0.2.1\nns2 A 192.0.2.2\n@ MX 10 mail\nmail A 192.0.2.3\n"
            f"www A 10.0.{chance.randrange(256)}.{chance.randrange(256)}\n", encoding="ascii")
    return 8 * count, f"www.{zone}"


def query(name):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack(">6H", 4711, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stat(path):
    """The name and the CPU seconds of a process or a thread."""
    text = pathlib.Path(path).read_text()
    name, fields = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    return name, (int(fields[11]) + int(fields[12])) / TICKS


def busy():
    fields = [int(word) for word in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def by_thread(pid):
    seconds = collections.Counter()
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            name, cpu = stat(f"/proc/{pid}/task/{task}/stat")
        except OSError:
            continue
        seconds[re.sub(r"[-# ]?\d+$", "", name)] += cpu
    return seconds


def run(chosen, folder, name):
    """Wall and CPU seconds, CPU by thread, MiB, and others' share."""
    port = free_port()
    environment = dict(os.environ, ZONETRAIL_JAVA_OPTS=chosen.java_opts)
    if chosen.java_home:
        environment["ZONETRAIL_JAVA"] = chosen.java_home
    with tempfile.TemporaryFile("w+") as log, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        client.settimeout(0.25)
        before, begun = busy(), time.monotonic()
        server = subprocess.Popen([chosen.launcher, "primary", "--zones", folder, "--listen", f"127.0.0.1:{port}"],
                                  stdout=subprocess.DEVNULL, stderr=log, env=environment)
        try:
            while True:
                if server.poll() is not None:
                    log.seek(0)
                    sys.exit("the server ended: " + log.read()[-2000:])
                try:
                    client.send(query(name))
                    if client.recv(4096)[3] & 15 == 0:
                        break
                except OSError:
                    time.sleep(0.004)
            wall = time.monotonic() - begun
            cpu, threads = stat(f"/proc/{server.pid}/stat")[1], by_thread(server.pid)
            others = max(0.0, (busy() - before - cpu) / wall)
            time.sleep(2)
            rollup = pathlib.Path(f"/proc/{server.pid}/smaps_rollup").read_text()
            mib = int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE).group(1)) / 1024
        finally:
            server.terminate()
            server.wait()
    return wall, cpu, threads, mib, others


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kind = options.add_mutually_exclusive_group()
    kind.add_argument("--delegations", type=int, default=1_000_000)
    kind.add_argument("--zones", type=int)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--keep", type=pathlib.Path, help="where the zone files stay, to be used again")
    options.add_argument("--launcher", default=str(HERE.parent / "zonetrail"))
    options.add_argument("--java-opts", default="")
    options.add_argument("--java-home", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        small = pathlib.Path(directory) / "small"
        small.mkdir()
        (small / "small.example").write_text("$TTL 60\n" + SOA + "@ NS ns1\nns1 A 192.0.2.1\n", encoding="ascii")
        folder = (chosen.keep or pathlib.Path(directory)) / f"{chosen.zones or chosen.delegations}-{'zones' if chosen.zones else 'delegations'}"
        known = folder.with_suffix(".known")
        if not known.exists():
            folder.mkdir(parents=True)
            records, name = write_zones(folder, chosen.zones) if chosen.zones else write_delegations(folder, chosen.delegations)
            known.write_text(f"{records} {name}")
        records, name = known.read_text().split()
        empty = run(chosen, small, "ns1.small.example")[3]
        print(f"{int(records):,} records; a server with one small zone: {empty:.0f} MiB")
        results = []
        for _ in range(chosen.runs):
            wall, cpu, threads, mib, others = run(chosen, folder, name)
            results.append((wall, cpu, mib))
            print(f"wall {wall:6.2f}  CPU {cpu:6.2f}  PSS {mib:5.0f} MiB, {(mib - empty) * 2**20 / int(records):4.0f} octets a record"
                  f"  others {others:.2f} |", ", ".join(f"{thread} {used:.1f}" for thread, used in threads.most_common(7) if used >= 0.1))
        wall, cpu, mib = (statistics.median(column) for column in zip(*results))
        print(f"median: wall {wall:.2f} s, CPU {cpu:.2f} s, {mib:.0f} MiB")


if __name__ == "__main__":
    main()
