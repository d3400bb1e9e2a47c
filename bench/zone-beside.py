#!/usr/bin/env python3
"""How long updates of a small zone take while another zone of a million records is updated all the time.

    bench/zone-beside.py [--records 1000000] [--seconds 60] [--ack local] [--launcher "./zonetrail"]

Starts a primary on loopback with both zones, from a bare repository beside it. First the small zone alone, then with one
sender that updates the large zone without a pause: each adds an A record to a new name. Prints for both median, 99th
percentile and the slowest in ms, from sending to the reply, and the machine's load. Needs git. With --keep the directory stays.
"""

import argparse
import base64
import hashlib
import hmac
import os
import pathlib
import random
import shlex
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n"
HEAD = "$TTL 300\n@ SOA ns h 1 3600 900 604800 300\n NS ns\nns A 192.0.2.53\n"


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.strip(".").split(".")) + b"\0"


def update(zone, owner, address):
    """A signed message that adds an A record (RFC 2136 §2, RFC 8945 §5)."""
    key, algorithm = name("bench._update." + zone), name("hmac-sha256")
    ident, now = random.randrange(65536), int(time.time())
    body = name(zone) + struct.pack("!HH", 6, 1)
    body += name(owner + "." + zone) + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
    head = struct.pack("!HHHHH", ident, 5 << 11, 1, 0, 1)
    when = struct.pack("!HIH", now >> 32, now & 0xFFFFFFFF, 300)
    signed = head + struct.pack("!H", 0) + body + key + struct.pack("!HI", 255, 0) + algorithm + when + b"\0\0\0\0"
    mac = hmac.new(base64.b64decode(SECRET), signed, hashlib.sha256).digest()
    rdata = algorithm + when + struct.pack("!H", len(mac)) + mac + struct.pack("!HHH", ident, 0, 0)
    return head + struct.pack("!H", 1) + body + key + struct.pack("!HHIH", 250, 255, 0, len(rdata)) + rdata


def send(port, zone, owner, address="10.0.0.1"):
    """Seconds until the reply."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(60)
        message = update(zone, owner, address)
        begin = time.monotonic()
        peer.sendto(message, ("127.0.0.1", port))
        reply = peer.recv(4096)
        took = time.monotonic() - begin
    if reply[3] & 15:
        raise SystemExit("an update of %s got RCODE %d" % (zone, reply[3] & 15))
    return took


def is_there(port, zone):
    query = struct.pack("!HHHHHH", 7, 0, 1, 0, 0, 0) + name(zone) + struct.pack("!HH", 6, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(1)
        try:
            peer.sendto(query, ("127.0.0.1", port))
            return peer.recv(4096)[3] & 15 == 0
        except OSError:
            return False


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def repository(work, records):
    git = lambda *rest: subprocess.run(
        ["git", "-c", "user.name=b", "-c", "user.email=b@example.test", *rest], check=True, stdout=subprocess.DEVNULL
    )
    zones = work / "zones"
    zones.mkdir()
    (zones / "small.test").write_text(HEAD + "".join("n%d A 192.0.2.%d\n" % (i, i % 250) for i in range(100)))
    with open(zones / "large.test", "w") as out:
        out.write(HEAD)
        for i in range(records):
            out.write("host-%07d.site-%03d   IN A  10.%d.%d.%d\n" % (i, i % 500, i >> 16 & 255, i >> 8 & 255, i & 255))
    (zones / "_keys").write_text(
        "".join("bench._update.%s. DNSKEY 0 3 163 %s\n" % (zone, SECRET) for zone in ("small.test", "large.test")))
    git("init", "-q", "--bare", "-b", "main", str(work / "remote.git"))
    git("--git-dir", str(work / "remote.git"), "--work-tree", str(zones), "add", "-A")
    git("--git-dir", str(work / "remote.git"), "--work-tree", str(zones), "commit", "-q", "-m", "first")
    return (zones / "large.test").stat().st_size


def shown(what, seconds):
    ordered = sorted(1e3 * each for each in seconds)
    at = lambda share: ordered[min(len(ordered) - 1, int(len(ordered) * share))]
    print("%-34s %5d updates, median %7.1f, 90%% %7.1f, 99%% %7.1f, slowest %7.1f ms; load %.1f" % (
        what, len(ordered), at(0.5), at(0.9), at(0.99), ordered[-1], os.getloadavg()[0]), flush=True)


def small(port, tag, seconds, pause):
    end, took = time.monotonic() + seconds, []
    while time.monotonic() < end:
        took.append(send(port, "small.test", "%s%d" % (tag, len(took))))
        time.sleep(random.uniform(0, 2 * pause))
    return took


def cpu(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm", type=int, default=5, help="updates of the large zone before")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between updates of the small zone")
    parser.add_argument("--ack", default="local")
    parser.add_argument("--launcher", default=str(HERE.parent / "zonetrail"))
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="zone-beside-"))
    port = free_port()
    octets = repository(work, arguments.records)
    with open(work / "output", "w") as output:
        process = subprocess.Popen(
            [*shlex.split(arguments.launcher), "primary", "--remote", str(work / "remote.git"),
             "--state-dir", str(work / "state"), "--listen", "127.0.0.1:%d" % port, "--ack", arguments.ack,
             "--update-timeout", "60s"],
            stdout=output, stderr=output, cwd=work)
    try:
        while not is_there(port, "large.test"):
            if process.poll() is not None:
                raise SystemExit((work / "output").read_text())
            time.sleep(0.2)
        print("large zone: %d records, %.1f MB; server %d, in %s" % (arguments.records, octets / 1e6, process.pid, work), flush=True)
        small(port, "warm", 5, 0.01)
        shown("small zone alone", small(port, "alone", arguments.seconds / 3, arguments.pause))
        shown("large zone, first", [send(port, "large.test", "first%d" % i) for i in range(arguments.warm)])
        isOver, large = threading.Event(), []

        def without_pause():
            while not isOver.is_set():
                large.append(send(port, "large.test", "n%d" % len(large)))

        sender = threading.Thread(target=without_pause)
        before, begin = cpu(process.pid), time.monotonic()
        sender.start()
        beside = small(port, "beside", arguments.seconds, arguments.pause)
        isOver.set()
        sender.join()
        used, seconds = cpu(process.pid) - before, time.monotonic() - begin
        shown("small zone beside the large one", beside)
        shown("large zone", large)
        print("CPU %.2f of a processor, %.0f ms an update of the large zone" % (used / seconds, 1e3 * used / max(1, len(large))))
    finally:
        process.terminate()
        process.wait()
        if not arguments.keep:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
