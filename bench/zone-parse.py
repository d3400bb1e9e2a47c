#!/usr/bin/env python3
"""How long a large master file takes to read, beside the checkers of BIND, Knot, NSD and ldns.

    bench/zone-parse.py [--records 1000000] [--runs 5] [--keep FILE]

Writes a zone of mixed records (the same for the same number), lets every program read it, one after the other and
again, and prints the least and the median of CPU (user and system) and the most memory of each. Our reader is also
timed alone, without the start of a JVM: one thread's CPU for looking at every octet, for parsing, and for the zone.
A checker that is not installed is left out. Needs a build (mvn package) and a JDK 25.
"""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CORE = HERE.parent / "core" / "target" / "classes"
ZONE = "bench.example."


def write_zone(file, records):
    chance = random.Random(records)
    file.write(f"$ORIGIN {ZONE}\n$TTL 3600\n@ SOA ns1 hostmaster 1 7200 3600 1209600 3600\n@ NS ns1\nns1 A 192.0.2.53\n")
    count = 3
    while count < records:
        name = f"h{count:x}"
        kind = chance.randrange(20)
        if kind < 8:
            lines = [f"{name} A 192.0.{chance.randrange(256)}.{chance.randrange(256)}"]
        elif kind < 11:
            lines = [f"{name}\t600\tIN\tAAAA\t2001:db8::{chance.randrange(65536):x}:{chance.randrange(65536):x}"]
        elif kind < 13:
            lines = [f"{name} NS ns1.{name}", f"{name} NS ns2.other.example.", f"ns1.{name} A 192.0.2.{chance.randrange(256)}"]
        elif kind < 15:
            lines = [f"{name} 300 MX {chance.randrange(100)} mail.{name}", f"mail.{name} A 192.0.2.1"]
        elif kind < 16:
            lines = [f'{name} TXT "v=spf1 include:_spf{chance.randrange(99)}.example.net -all" ; a comment']
        elif kind < 17:
            lines = [f"_sip._tcp.{name} SRV 0 5 5060 ns1"]
        elif kind < 18:
            lines = [f"{name} CNAME ns1"]
        elif kind < 19:
            digest = "".join(chance.choice("0123456789ABCDEF") for _ in range(64))
            lines = [f"{name} NS ns1.other.example.", f"{name} DS {chance.randrange(65536)} 13 2 ( {digest[:32]}", f"    {digest[32:]} )"]
            count -= 1
        else:
            lines = [f'{name} CAA 0 issue "letsencrypt.org"']
        file.write("\n".join(lines) + "\n")
        count += len(lines)


def run(command):
    """CPU seconds and KiB of a command."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit(f"{command} failed: {said.decode(errors='replace')[-500:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def commands(file):
    found = {
        "zonetrail ozone": [str(HERE.parent / "zonetrail"), "ozone", str(file)],
        "named-checkzone": ["named-checkzone", "-i", "none", "-k", "ignore", ZONE, str(file)],
        "kzonecheck": ["kzonecheck", "-o", ZONE, str(file)],
        "nsd-checkzone": ["nsd-checkzone", ZONE, str(file)],
        "ldns-read-zone": ["ldns-read-zone", str(file)],
    }
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return {name: command for name, command in found.items() if shutil.which(command[0], path=path)}


def java():
    for home in sorted(pathlib.Path("/usr/lib/jvm").glob("*25*")):
        if (home / "bin" / "java").exists():
            return str(home / "bin" / "java")
    return "java"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--keep", type=pathlib.Path, help="where the zone file stays")
    chosen = options.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    with tempfile.TemporaryDirectory() as directory:
        file = chosen.keep or pathlib.Path(directory) / ZONE.rstrip(".")
        with open(file, "w", encoding="ascii") as out:
            write_zone(out, chosen.records)
        print(f"{chosen.records:,} records, {file.stat().st_size / 2**20:.1f} MiB, load {os.getloadavg()[0]:.1f}")
        seconds, memory = {}, {}
        for _ in range(chosen.runs):
            for name, command in commands(file).items():
                cpu, kib = run(command)
                seconds.setdefault(name, []).append(cpu)
                memory[name] = max(memory.get(name, 0), kib)
        print(f"{'program':18} {'least s':>8} {'median s':>9} {'MiB':>7} {'octets/record':>14}")
        for name, taken in seconds.items():
            print(f"{name:18} {min(taken):8.2f} {statistics.median(taken):9.2f} {memory[name] / 1024:7.0f}"
                  f" {memory[name] * 1024 / chosen.records:14.0f}")
        subprocess.run([java(), "-Xmx3g", "-cp", str(CORE), str(HERE / "ParseZone.java"), ZONE, str(file),
                        str(chosen.runs)], check=True)


if __name__ == "__main__":
    main()
