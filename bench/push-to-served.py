#!/usr/bin/env python3
"""How long from `git push` to the new answer, with everything real.

An OpenSSH server on loopback (its own host key), a bare repository behind it with the sample's
post-receive hook, a primary that fetches over SSH, and a clone that pushes. Each push changes one
address; a second thread asks the server for it every millisecond. Needs git, openssh-server, python3.

    bench/push-to-served.py [--pushes 50] [--launcher ./zonetrail] [--keep]

Prints a line for each push, then median and maximum of
  hook -> served     from the moment the ref was updated (the hook began) to the new answer
  finished -> served from the moment `git push` returned; negative: it was served before that
and then does it once more with a broken zone beside a good one.
"""

import argparse
import getpass
import os
import pathlib
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = HERE.parent / "zones-sample"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, cwd=None, env=None):
    done = subprocess.run(command, cwd=cwd, env=env, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def address_of(name, port, timeout=0.5):
    """The A record of a name as text, or the RCODE, or None where nothing came."""
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    query = struct.pack("!6H", 4711, 0, 1, 0, 0, 0) + question + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout)
        udp.sendto(query, ("127.0.0.1", port))
        try:
            answer = udp.recv(4096)
        except OSError:
            return None
    flags, _, answers = struct.unpack("!3H", answer[2:8])
    return socket.inet_ntoa(answer[-4:]) if answers else f"rcode {flags & 15}"


class Watcher(threading.Thread):
    """Asks for one name until it has the wanted address, and notes when that was."""

    def __init__(self, name, port, wanted):
        super().__init__(daemon=True)
        self.name_asked, self.port, self.wanted, self.served = name, port, wanted, None

    def run(self):
        end = time.time() + 30
        while time.time() < end:
            if address_of(self.name_asked, self.port) == self.wanted:
                self.served = time.time()
                return
            time.sleep(0.001)


class Scene:
    """The SSH server, the repositories and the primary, in a folder of their own."""

    def __init__(self, work, launcher):
        self.work, self.launcher = work, launcher
        self.ssh_port, self.dns_port = free_port(), free_port()
        self.bare, self.clone = work / "zones.git", work / "clone"
        self.log = work / "primary.log"
        self.processes = []

    def start_sshd(self):
        for name in ("host", "login"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.work / name)
        shutil.copy(self.work / "login.pub", self.work / "authorized_keys")
        (self.work / "sshd_config").write_text(
            f"Port {self.ssh_port}\nListenAddress 127.0.0.1\nHostKey {self.work}/host\n"
            f"AuthorizedKeysFile {self.work}/authorized_keys\nStrictModes no\nUsePAM no\n"
            f"PasswordAuthentication no\nPermitRootLogin prohibit-password\nPidFile {self.work}/sshd.pid\n"
        )
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        sshd = shutil.which("sshd") or "/usr/sbin/sshd"
        self.spawn([sshd, "-D", "-e", "-f", str(self.work / "sshd_config")], self.work / "sshd.log")
        self.wait_until(lambda: self.connects(self.ssh_port), "sshd does not answer")

    def spawn(self, command, log, stdout=None):
        with open(log, "ab") as target:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout or target, stderr=target)
        self.processes.append(process)
        return process

    @staticmethod
    def connects(port):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return True
        except OSError:
            return False

    @staticmethod
    def wait_until(condition, problem, seconds=60):
        end = time.time() + seconds
        while not condition():
            if time.time() > end:
                sys.exit(problem)
            time.sleep(0.02)

    def make_repository(self):
        run("git", "init", "-q", "--bare", "-b", "main", self.bare)
        (self.work / "hook.key").write_text("hook._notify.example.org:SHA256:" + self.sample_secret() + "\n")
        (self.work / "hook.key").chmod(0o600)
        for key, value in {
            "server": "127.0.0.1",
            "port": str(self.dns_port),
            "zone": "example.org",
            "keyFile": str(self.work / "hook.key"),
            "launcher": str(self.launcher),
        }.items():
            run("git", "-C", self.bare, "config", "zonetrail." + key, value)
        ssh = f"ssh -p {self.ssh_port} -i {self.work}/login -o IdentitiesOnly=yes -o UserKnownHostsFile={self.work}/known -o StrictHostKeyChecking=accept-new"
        self.env = dict(os.environ, GIT_SSH_COMMAND=ssh)
        run("git", "clone", "-q", self.url(), self.clone, env=self.env)
        shutil.copytree(SAMPLE, self.clone, dirs_exist_ok=True)
        run("git", "checkout", "-q", "-B", "main", cwd=self.clone)
        run("git", "config", "user.name", "bench", cwd=self.clone)
        run("git", "config", "user.email", "bench@localhost", cwd=self.clone)
        self.push("the sample")
        # The hook comes after the first push: there is no primary to tell yet. It notes when it began.
        hook = self.bare / "hooks" / "post-receive"
        sample_hook = (SAMPLE / "hooks" / "post-receive").read_text()
        first, rest = sample_hook.split("\n", 1)
        hook.write_text(f"{first}\ndate +%s.%N > '{self.work}/hook-began'\n{rest}")
        hook.chmod(0o755)

    @staticmethod
    def sample_secret():
        for line in (SAMPLE / "example.org._keys").read_text().splitlines():
            if "DNSKEY" in line and not line.startswith(";"):
                return line.split()[-1]
        sys.exit("the sample has no key")

    def url(self):
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.ssh_port}{self.bare}"

    def start_primary(self, *more):
        fingerprint = run("ssh-keygen", "-l", "-E", "sha256", "-f", self.work / "host.pub").split()[1]
        began = time.time()
        process = self.spawn(
            [str(self.launcher), "primary", "--remote", self.url(), "--ssh-key", str(self.work / "login"),
             "--authenticator", fingerprint, "--listen", f"127.0.0.1:{self.dns_port}",
             "--state-dir", str(self.work / "state"), *more],
            self.log,
            stdout=subprocess.PIPE,
        )
        ready = process.stdout.readline().decode().strip()
        if not ready.startswith("ready"):
            sys.exit(f"the primary did not get ready:\n{self.log.read_text()}")
        print(f"{ready}  (after {time.time() - began:.2f} s)")

    def edit(self, zone, old, new, serial):
        """Replaces text in a zone of the sample and sets its serial."""
        file = self.clone / zone
        lines = file.read_text().replace(old, new).splitlines()
        for i, line in enumerate(lines):
            if "; serial" in line:
                lines[i] = f"                {serial}      ; serial: the date and a counter"
        file.write_text("\n".join(lines) + "\n")

    def push(self, message):
        run("git", "add", "-A", cwd=self.clone)
        run("git", "commit", "-q", "-m", message, cwd=self.clone)
        return run("git", "push", "-q", "origin", "main", cwd=self.clone, env=self.env)

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def push_and_watch(scene, number, previous, address):
    scene.edit("example.org", f"www     A       {previous}", f"www     A       {address}", 2026112201 + number)
    watcher = Watcher("www.example.org", scene.dns_port, address)
    watcher.start()
    began = time.time()
    scene.push(f"www is {address}")
    finished = time.time()
    watcher.join(31)
    if watcher.served is None:
        sys.exit(f"push {number} was not served within 30 s; log:\n{scene.log.read_text()}")
    hook = float((scene.work / "hook-began").read_text())
    return finished - began, watcher.served - hook, watcher.served - finished


def figures(name, seconds):
    ms = [1000 * s for s in seconds]
    print(f"{name}: median {statistics.median(ms):.0f} ms, maximum {max(ms):.0f} ms, n={len(ms)}")


def broken_beside_good(scene, number, previous):
    """A broken zone and a good change in one push."""
    zone = scene.clone / "2.0.192.in-addr.arpa"
    good = zone.read_text()
    zone.write_text(good.replace("2026112201", "2026112202").replace("80      PTR", "80      PTRR"))
    _, _, after = push_and_watch(scene, number, previous, "192.0.2.250")
    print(f"good zone beside a broken one: served, {1000 * after:.0f} ms after the push finished")
    lines = [line for line in scene.log.read_text().splitlines() if "2.0.192.in-addr.arpa" in line and "ERROR" in line]
    if not lines:
        sys.exit("the broken zone was not reported")
    print("the log says:", *lines, sep="\n  ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pushes", type=int, default=50)
    parser.add_argument("--launcher", type=pathlib.Path, default=HERE.parent / "zonetrail")
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="push-to-served-"))
    scene = Scene(work, options.launcher.resolve())
    try:
        scene.start_sshd()
        scene.make_repository()
        scene.start_primary()
        results, previous = [], "192.0.2.80"
        for i in range(1, options.pushes + 1):
            address = f"192.0.2.{100 + i % 100}"
            results.append(push_and_watch(scene, i, previous, address))
            previous = address
            print("push %2d: push took %4.0f ms, hook -> served %4.0f ms, finished -> served %5.0f ms"
                  % (i, *[1000 * s for s in results[-1]]), flush=True)
        pushed, from_hook, from_end = zip(*results)
        figures("push took", pushed)
        figures("hook -> served", from_hook)
        figures("finished -> served", from_end)
        broken_beside_good(scene, options.pushes + 1, previous)
    finally:
        scene.stop()
        if options.keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
