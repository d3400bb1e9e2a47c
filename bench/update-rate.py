#!/usr/bin/env python3
"""Signed updates a second, one after the other and from many senders: ours, each a commit, beside BIND with its journal.

    bench/update-rate.py [--servers bind,ours] [--ack local] [--senders 8] [--updates 1000] [--launcher "./zonetrail"]

One run starts each server in turn on loopback, with a small zone; ours from a bare repository beside it. Each update adds
one A record to a new name. The senders are `nsupdate` processes. Prints updates a second, CPU of the server per update,
and how many of the names are there afterwards. Needs git, bind9 (named), bind9-dnsutils (nsupdate, dig).
With --keep the directories stay.
"""

import argparse
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n"
KEY = "bench._update.example.test"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def zone(names):
    head = "$TTL 300\n@ SOA ns h 1 3600 900 604800 300\n NS ns\nns A 192.0.2.53\n"
    return head + "".join("n%d A 192.0.2.%d\n" % (i, i % 250) for i in range(names))


def bind(work, port, arguments):
    (work / "zone").write_text(zone(arguments.names))
    (work / "named.conf").write_text(
        'key "%s" { algorithm hmac-sha256; secret "%s"; };\n'
        'options { directory "%s"; pid-file none; session-keyfile none; lock-file none; listen-on port %d { 127.0.0.1; };'
        " listen-on-v6 { none; }; recursion no; dnssec-validation no; empty-zones-enable no; notify no; };\n"
        "controls { };\n"
        'logging { channel x { file "log"; severity warning; }; category default { x; }; };\n'
        'zone "example.test" { type primary; file "zone"; allow-update { key "%s"; }; };\n'
        % (KEY, SECRET, work, port, KEY)
    )
    return ["named", "-f", "-c", str(work / "named.conf"), "-n", "2"]


def ours(work, port, arguments):
    git = lambda *rest: subprocess.run(
        ["git", "-c", "user.name=b", "-c", "user.email=b@example.test", *rest], check=True, stdout=subprocess.DEVNULL
    )
    (work / "zones").mkdir()
    (work / "zones/example.test").write_text(zone(arguments.names))
    (work / "zones/_keys").write_text("%s. DNSKEY 0 3 163 %s\n" % (KEY, SECRET))
    git("init", "-q", "--bare", "-b", "main", str(work / "remote.git"))
    git("--git-dir", str(work / "remote.git"), "--work-tree", str(work / "zones"), "add", "-A")
    git("--git-dir", str(work / "remote.git"), "--work-tree", str(work / "zones"), "commit", "-q", "-m", "first")
    return [
        *shlex.split(arguments.launcher),
        *arguments.command,
        "--remote", str(work / "remote.git"),
        "--state-dir", str(work / "state"),
        "--listen", "127.0.0.1:%d" % port,
        "--ack", arguments.ack,
        "--log-level", arguments.log_level,
    ]


def cpu(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def send(port, tag, count):
    text = "server 127.0.0.1 %d\nzone example.test.\nkey hmac-sha256:%s %s\n" % (port, KEY, SECRET)
    text += "".join("update add u%s-%d.example.test. 60 A 10.0.0.1\nsend\n" % (tag, i) for i in range(count))
    subprocess.run(["nsupdate"], input=text, capture_output=True, text=True, check=False)


def dig(port, name, kind="A"):
    out = subprocess.run(
        ["dig", "+tries=1", "+time=1", "+short", "@127.0.0.1", "-p", str(port), name, kind], capture_output=True, text=True
    )
    return out.stdout.strip() if out.returncode == 0 else ""


def seen(port, tags, count):
    names = "".join("u%s-%d.example.test. A\n" % (tag, i) for tag in tags for i in range(count))
    out = subprocess.run(
        ["dig", "@127.0.0.1", "-p", str(port), "+short", "-f", "-"], input=names, capture_output=True, text=True
    )
    return out.stdout.count("10.0.0.1")


def measured(pid, port, tags, count):
    begin, before = time.monotonic(), cpu(pid)
    threads = [threading.Thread(target=send, args=(port, tag, count)) for tag in tags]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    seconds, used = time.monotonic() - begin, cpu(pid) - before
    total = count * len(tags)
    return "%6.0f a second, %5.2f ms CPU, %d of %d there" % (
        total / seconds, 1e3 * used / total, seen(port, tags, count), total)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--servers", default="bind,ours")
    parser.add_argument("--ack", default="local")
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--names", type=int, default=100)
    parser.add_argument("--launcher", default=str(HERE.parent / "zonetrail"))
    parser.add_argument("--command", nargs="*", default=["primary"])
    parser.add_argument("--log-level", default="warn")
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.servers.split(","):
        work = pathlib.Path(tempfile.mkdtemp(prefix="update-rate-"))
        port = free_port()
        command = {"bind": bind, "ours": ours}[name](work, port, arguments)
        with open(work / "output", "w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=work)
        try:
            while "300" not in dig(port, "example.test", "SOA"):
                if process.poll() is not None:
                    raise SystemExit((work / "output").read_text())
                time.sleep(0.1)
            send(port, "w", 200)
            one = measured(process.pid, port, ["s"], arguments.updates // 4)
            many = measured(
                process.pid, port, ["p%d" % i for i in range(arguments.senders)],
                max(1, 2 * arguments.updates // arguments.senders))
            print("%-5s 1 sender:  %s\n%-5s %d senders: %s" % (name, one, name, arguments.senders, many), flush=True)
        finally:
            process.terminate()
            process.wait()
            if not arguments.keep:
                shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
