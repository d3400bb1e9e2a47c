#!/usr/bin/env python3
"""Updates that are acknowledged when the remote has them: the real primary, OpenSSH's sshd and git on loopback.

    bench/pushed-updates.py [--senders 1,4,16,64,256] [--seconds 15] [--hook none|sleep|onotify] [--transport udp|tcp]
                            [--ack pushed] [--pause 0] [--names 100] [--launcher ./zonetrail] [--login-files] [--keep]

Each sender has one signed update outstanding, which adds an A record to a new name, and sends the next as soon as the last
is answered, or --pause seconds after it; one that is not answered within 5 s is sent again, as nsupdate does, and given up after 20 s. For each number of
senders it prints updates acknowledged a second, commits a second (which are pushes with --ack pushed), median, 99th
percentile and maximum of the wait in ms, CPU ms of the primary per update, and the other answers by their code. At the end
it looks whether every acknowledged name is in the remote.

The hook is a post-receive hook of the remote: `sleep` takes 3 s, `onotify` sends a signed NOTIFY back to the primary, as
zones-sample/hooks/post-receive does. The login's home is a folder without files: bash reads ~/.bashrc for each command
that sshd starts, and where that is long, each push would take as much longer; --login-files lets it. Needs git and openssh-server; runs as root or as who may log in by a key of his own.
"""

import argparse
import base64
import collections
import hashlib
import hmac
import os
import pathlib
import selectors
import shlex
import shutil
import socket
import struct
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SECRET = base64.b64decode("cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n")
ZONE = "example.test"
UPDATE_KEY = "bench._update." + ZONE
NOTIFY_KEY = "hook._notify." + ZONE
ALGORITHM = "hmac-sha256"
RETRY_SECONDS = 5
PATIENCE_SECONDS = 20
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 5: "REFUSED", 9: "NOTAUTH"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wire(name):
    labels = [label.encode() for label in name.strip(".").split(".")]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def signed(message, key):
    now, fudge = int(time.time()), 300
    timers = struct.pack("!HIH", now >> 32, now & 0xFFFFFFFF, fudge)
    variables = wire(key) + struct.pack("!HI", 255, 0) + wire(ALGORITHM) + timers + struct.pack("!HH", 0, 0)
    mac = hmac.new(SECRET, message + variables, hashlib.sha256).digest()
    rdata = wire(ALGORITHM) + timers + struct.pack("!H", len(mac)) + mac + message[:2] + struct.pack("!HH", 0, 0)
    record = wire(key) + struct.pack("!HHIH", 250, 255, 0, len(rdata)) + rdata
    return message[:10] + struct.pack("!H", 1) + message[12:] + record


def update(number, name):
    message = struct.pack("!HHHHHH", number & 0xFFFF, 5 << 11, 1, 0, 1, 0) + wire(ZONE) + struct.pack("!HH", 6, 1)
    message += wire(name + "." + ZONE) + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([10, 0, 0, 1])
    return signed(message, UPDATE_KEY)


class Sender:
    """A client that has one update outstanding."""

    def __init__(self, port, transport):
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.connect(("127.0.0.1", port))
        self.is_stream = transport == "tcp"

    def send(self, number, name):
        self.name, self.message = name, update(number, name)
        self.begun, self.is_waiting = time.monotonic(), True
        self.transmit()

    def transmit(self):
        self.sent = time.monotonic()
        frame = struct.pack("!H", len(self.message)) if self.is_stream else b""
        self.socket.sendall(frame + self.message)

    def receive(self):
        """The code of the answer; None if it answers another message."""
        octets = self.socket.recv(65537)
        answer = octets[2:] if self.is_stream else octets
        if len(answer) < 12:
            raise SystemExit("the connection broke")
        return answer[3] & 15 if self.is_waiting and answer[:2] == self.message[:2] else None


class Load:
    """Numbers of senders, one after the other, whose names are new in all of them."""

    def __init__(self, port, transport, pause):
        self.port, self.transport, self.pause = port, transport, pause
        self.number, self.acknowledged = 0, []

    def run(self, count, seconds):
        senders = [Sender(self.port, self.transport) for _ in range(count)]
        poll, waits, codes = selectors.DefaultSelector(), [], collections.Counter()
        self.due = []
        for sender in senders:
            poll.register(sender.socket, selectors.EVENT_READ, sender)
            self.next(sender)
        end, open_senders = time.monotonic() + seconds, count
        looked = time.monotonic()
        while open_senders:
            while self.due and self.due[0][0] <= time.monotonic():
                self.next(self.due.pop(0)[1])
            until_due = self.due[0][0] - time.monotonic() if self.due else 0.5
            for ready, _ in poll.select(min(0.5, max(0, until_due))):
                sender = ready.data
                code = sender.receive()
                if code is None:
                    continue
                if code == 0:
                    waits.append(time.monotonic() - sender.begun)
                    self.acknowledged.append(sender.name)
                else:
                    codes[RCODES.get(code, code)] += 1
                open_senders -= self.go_on(sender, poll, end)
            if time.monotonic() - looked > 0.5:
                looked = time.monotonic()
                for registered in list(poll.get_map().values()):
                    sender = registered.data
                    if not sender.is_waiting:
                        continue
                    if looked - sender.begun > PATIENCE_SECONDS:
                        codes["none"] += 1
                        open_senders -= self.go_on(sender, poll, end)
                    elif looked - sender.sent > RETRY_SECONDS:
                        codes["(sent again)"] += 1
                        sender.transmit()
        return waits, codes

    def go_on(self, sender, poll, end):
        sender.is_waiting = False
        if time.monotonic() + self.pause < end:
            self.due.append((time.monotonic() + self.pause, sender))
            return 0
        poll.unregister(sender.socket)
        sender.socket.close()
        return 1

    def next(self, sender):
        self.number += 1
        sender.send(self.number, "u%d" % self.number)


class Site:
    """The remote, its sshd and the primary."""

    def __init__(self, work, arguments):
        self.work, self.arguments = work, arguments
        self.port, self.ssh_port = free_port(), free_port()
        self.bare = work / "zones.git"
        self.processes = []

    def git(self, *rest):
        identity = ["-c", "user.name=b", "-c", "user.email=b@example.test"]
        out = subprocess.run(["git", *identity, "--git-dir", str(self.bare), *rest], check=True, capture_output=True)
        return out.stdout.decode()

    def start(self):
        self.make_remote()
        self.start_sshd()
        command = [
            *shlex.split(self.arguments.launcher), "primary",
            "--remote", "ssh://%s@127.0.0.1:%d%s#main" % (os.environ.get("USER", "root"), self.ssh_port, self.bare),
            "--ssh-key", str(self.work / "login"), "--authenticator", self.fingerprint(),
            "--state-dir", str(self.work / "state"), "--listen", "127.0.0.1:%d" % self.port,
            "--ack", self.arguments.ack, "--log-level", "info",
        ]
        with open(self.work / "log", "w") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self.processes.append(process)
        if not process.stdout.readline().startswith("ready"):
            raise SystemExit((self.work / "log").read_text())
        return process.pid

    def make_remote(self):
        zones = self.work / "zones"
        zones.mkdir()
        head = "$TTL 300\n@ SOA ns h 1 3600 900 604800 300\n NS ns\nns A 192.0.2.53\n"
        names = ("n%d A 192.0.2.%d\n" % (i, i % 250) for i in range(self.arguments.names))
        (zones / ZONE).write_text(head + "".join(names))
        secret = base64.b64encode(SECRET).decode()
        line = "%s. DNSKEY 0 3 163 " + secret + "\n"
        (zones / (ZONE + "._keys")).write_text(line % UPDATE_KEY + line % NOTIFY_KEY)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.bare)], check=True)
        self.git("--work-tree", str(zones), "add", "-A")
        self.git("--work-tree", str(zones), "commit", "-q", "-m", "first")
        key_file = self.work / "hook.key"
        key_file.touch(0o600)
        key_file.write_text("%s:SHA256:%s\n" % (NOTIFY_KEY, secret))
        hook = {
            "none": "exit 0",
            "sleep": "sleep 3",
            "onotify": "exec %s onotify 127.0.0.1 %s --port %d --key-file %s >> %s 2>&1"
            % (self.arguments.launcher, ZONE, self.port, key_file, self.work / "hook.log"),
        }[self.arguments.hook]
        if self.arguments.hook != "none":
            file = self.bare / "hooks" / "post-receive"
            file.write_text("#!/bin/sh\n" + hook + "\n")
            file.chmod(0o755)

    def start_sshd(self):
        for name in ("host", "login"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.work / name)]
            subprocess.run(command, check=True)
        shutil.copy(self.work / "login.pub", self.work / "authorized_keys")
        home = 'SetEnv "HOME=%s"\n' % self.work
        (self.work / "sshd_config").write_text(
            "ListenAddress 127.0.0.1\nPort %d\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n%s"
            % (self.ssh_port, self.work / "host", self.work / "authorized_keys", "" if self.arguments.login_files else home))
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        command = [shutil.which("sshd", path="/usr/sbin:/usr/bin"), "-D", "-f", str(self.work / "sshd_config")]
        self.processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.ssh_port)) == 0:
                    return
            time.sleep(0.05)

    def fingerprint(self):
        out = subprocess.run(["ssh-keygen", "-lf", str(self.work / "host.pub")], capture_output=True, text=True, check=True)
        return out.stdout.split()[1]

    def commits(self):
        return int(self.git("rev-list", "--count", "main"))

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


def cpu(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(site, load, pid, count, seconds):
    commits, used, begun = site.commits(), cpu(pid), time.monotonic()
    waits, codes = load.run(count, seconds)
    took, used = time.monotonic() - begun, cpu(pid) - used
    commits = site.commits() - commits
    waits = sorted(1e3 * wait for wait in waits) or [float("nan")]
    print(
        "%4d senders: %6.1f updates/s in %5.1f commits/s, wait %5.0f/%5.0f/%5.0f ms, %5.1f ms CPU each%s"
        % (count, len(waits) / took, commits / took, waits[len(waits) // 2], waits[len(waits) * 99 // 100], waits[-1],
           1e3 * used / len(waits), ", " + str(dict(codes)) if codes else ""),
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--senders", default="1,4,16,64,256")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--hook", default="none", choices=["none", "sleep", "onotify"])
    parser.add_argument("--transport", default="udp", choices=["udp", "tcp"])
    parser.add_argument("--ack", default="pushed")
    parser.add_argument("--pause", type=float, default=0)
    parser.add_argument("--names", type=int, default=100)
    parser.add_argument("--launcher", default=str(HERE.parent / "zonetrail"))
    parser.add_argument("--login-files", action="store_true")
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="pushed-updates-"))
    site = Site(work, arguments)
    try:
        pid = site.start()
        load = Load(site.port, arguments.transport, 0)
        load.run(4, 5)  # warm-up
        load.pause = arguments.pause
        print("hook %s, %s, --ack %s" % (arguments.hook, arguments.transport, arguments.ack))
        for count in arguments.senders.split(","):
            measured(site, load, pid, int(count), arguments.seconds)
        # With --ack local the last push begins up to a second later, and takes as long as it takes.
        end = time.monotonic() + (30 if arguments.ack == "local" else 0)
        while True:
            owners = {line.split(" ")[0] for line in site.git("show", "main:" + ZONE).splitlines()}
            lost = [name for name in load.acknowledged if name not in owners]
            if not lost or time.monotonic() >= end:
                break
            time.sleep(0.5)
        print("%d acknowledged, %d of them not in the remote" % (len(load.acknowledged), len(lost)))
    finally:
        site.stop()
        if arguments.keep:
            print(work)
        else:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
