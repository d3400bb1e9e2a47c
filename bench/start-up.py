#!/usr/bin/env python3
"""How long the commands take to start, and what an idle server keeps in memory.

    bench/start-up.py [--runs 10] [--idle 10] [--fetches 20] [--launcher ./zonetrail] [--java-opts FLAGS]

The tools are timed from start to end: ozone on one zone, onotify to a running primary. The primary is timed to its
`ready`, with ten zones in a folder, and fetched over SSH from an OpenSSH server of its own on loopback, from a state
directory that knows them. Runs alternate, so that a busy moment hits all of them alike; CPU is user and system, of all
threads. onotify is called when the last one was a while ago, as hooks do: a second one within half a second the primary
lets wait for 50 ms, for there may be more to come. VmRSS is read when it is ready, after the idle seconds, and (over
SSH) after that many fetches, each asked for by a signed NOTIFY. Needs git, openssh-server and a build. A busy machine
doubles all times.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
APART = 0.6  # seconds; the primary's FetchPacing.APART is 0.5
SECRET = "c3RhcnQtdXAtYmVuY2htYXJrLWtleS0wMTIzNDU2Nzg="
ZONE = """$TTL 3600
@ SOA ns1 hostmaster 2026112201 7200 3600 1209600 3600
@ NS ns1
ns1 A 192.0.2.53
www A 192.0.2.80
"""


def timed(command):
    """Wall and CPU milliseconds of a command, from start to end."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit(f"{command} failed: {said.decode()}")
    return (time.monotonic() - begun) * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def resident_of(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


class Primary:
    def __init__(self, command, log):
        begun = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        ready = self.process.stdout.readline()
        self.wall = (time.monotonic() - begun) * 1000
        if not ready.startswith("ready"):
            sys.exit(f"{command} is not ready; see {log.name}")
        self.cpu = cpu_of(self.process.pid)
        self.port = ready.split("listen=127.0.0.1:")[1].split()[0]

    def resident(self):
        return resident_of(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, cwd=None):
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def key_record(name):
    return f"{name} DNSKEY 0 3 163 {SECRET}\n"


def make_zones(folder):
    folder.mkdir()
    for number in range(10):
        (folder / f"zone{number}.example").write_text(ZONE)
    (folder / "_keys").write_text(key_record("bench._notify."))


def start_sshd(work):
    """An OpenSSH server with a key of its own; returns it, its port and its key's fingerprint."""
    for key in ("host", "login"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(work / key))
    shutil.copy(work / "login.pub", work / "authorized")
    port = free_port()
    (work / "sshd.conf").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {work}/host\nAuthorizedKeysFile {work}/authorized\n"
        "StrictModes no\nPidFile none\nUsePAM no\nPermitRootLogin yes\n"
    )
    os.makedirs("/run/sshd", exist_ok=True)
    server = subprocess.Popen(
        ["/usr/sbin/sshd", "-D", "-f", str(work / "sshd.conf"), "-E", str(work / "sshd.log")]
    )
    fingerprint = subprocess.run(
        ["ssh-keygen", "-lf", str(work / "host.pub")], capture_output=True, text=True, check=True
    ).stdout.split()[1]
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, port, fingerprint
        time.sleep(0.05)
    sys.exit("sshd did not start")


def row(name, walls, cpus, resident=""):
    print(
        f"{name:24} wall {min(walls):5.0f} min {statistics.median(walls):5.0f} median"
        f"   CPU {min(cpus):5.0f} min {statistics.median(cpus):5.0f} median  {resident}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--idle", type=float, default=10)
    parser.add_argument("--fetches", type=int, default=20)
    parser.add_argument("--launcher", default=str(HERE.parent / "zonetrail"))
    parser.add_argument("--java-opts", default="")
    options = parser.parse_args()
    os.environ["ZONETRAIL_JAVA_OPTS"] = options.java_opts
    work = pathlib.Path(tempfile.mkdtemp(prefix="start-up-"))
    sshd = None
    try:
        zones = work / "zones"
        make_zones(zones)
        key = work / "notify.key"
        key.touch(0o600)
        key.write_text(f"bench._notify:SHA256:{SECRET}\n")
        run("git", "init", "-q", "--bare", "-b", "main", str(work / "zones.git"))
        for command in (["init", "-q", "-b", "main"], ["add", "."],
                        ["-c", "user.name=b", "-c", "user.email=b@example.com", "commit", "-qm", "zones"],
                        ["push", "-q", str(work / "zones.git"), "main"]):
            run("git", *command, cwd=zones)
        sshd, port, fingerprint = start_sshd(work)
        primaries = {
            "primary --zones": ["--zones", str(zones)],
            "primary --remote ssh": [
                "--remote", f"ssh://{os.environ.get('USER', 'root')}@127.0.0.1:{port}{work}/zones.git",
                "--ssh-key", str(work / "login"), "--authenticator", fingerprint,
                "--state-dir", str(work / "state"),
            ],
        }

        def primary(name):
            command = [options.launcher, "primary", *primaries[name], "--listen", "127.0.0.1:0"]
            return Primary(command, open(work / "primary.log", "a", encoding="utf-8"))

        def notify(port):
            return [options.launcher, "onotify", "127.0.0.1", "zone0.example", "--port", port, "--key-file", str(key)]

        primary("primary --remote ssh").stop()  # now the state directory knows the zones
        asked = primary("primary --zones")
        tools = {"ozone": [options.launcher, "ozone", str(zones / "zone0.example")], "onotify": notify(asked.port)}
        times = {name: [] for name in (*tools, *primaries)}
        for _ in range(options.runs):
            for name, command in tools.items():
                time.sleep(APART)
                times[name].append(timed(command))
        asked.stop()
        for _ in range(options.runs):
            for name in primaries:
                started = primary(name)
                times[name].append((started.wall, started.cpu))
                started.stop()
        for name in tools:
            row(name, *zip(*times[name]))
        for name in primaries:
            started = primary(name)
            resident = f"VmRSS {started.resident():.0f} MiB at ready"
            time.sleep(options.idle)
            resident += f", {started.resident():.0f} idle"
            for _ in range(options.fetches):
                timed(notify(started.port))
            resident += f", {started.resident():.0f} after {options.fetches} fetches"
            started.stop()
            row(name, *zip(*times[name]), resident)
    finally:
        if sshd:
            sshd.terminate()
            sshd.wait()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
