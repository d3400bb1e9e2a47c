#!/usr/bin/env python3
"""How long from `git push` to the new answer at a secondary, with a thousand zones and everything real.

The scene of push-to-served.py (OpenSSH, a bare repository with the sample's hook, a primary that fetches over
SSH), with more zones, and a secondary of ours that the primary notifies: it has one key for all zones, and
nothing else. Each push changes one address; a second thread asks the secondary for it every millisecond.
Then one push changes every zone.

    bench/push-to-secondary.py [--zones 1000] [--pushes 20] [--launcher ./zonetrail] [--keep]

Prints median and maximum of
  hook -> secondary     from the moment the ref was updated (the hook began) to the new answer
  finished -> secondary from the moment `git push` returned; negative: it was served before that
"""

import argparse
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("push_to_served", HERE / "push-to-served.py")
served = importlib.util.module_from_spec(spec)
spec.loader.exec_module(served)

KEY = "s2._transfer"
SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n"


def zone_text(serial):
    return (
        f"$TTL 300\n@ SOA ns hostmaster {serial} 3600 900 604800 60\n@ NS ns\nns A 192.0.2.53\n"
        f"www A 10.{serial >> 16 & 255}.{serial >> 8 & 255}.{serial & 255}\n"
    )


class Scene(served.Scene):
    def __init__(self, work, launcher, zones):
        super().__init__(work, launcher)
        self.zones = [f"z{i}.example" for i in range(zones)]
        self.secondary_port = served.free_port()

    def add_zones(self, serial):
        for zone in self.zones:
            (self.clone / zone).write_text(zone_text(serial))

    def add_key(self):
        (self.clone / "_keys").write_text(f"{KEY}. DNSKEY 0 3 163 {SECRET}\n")
        (self.work / "s2.key").write_text(f"{KEY}:SHA256:{SECRET}\n")
        (self.work / "s2.key").chmod(0o600)

    def start_secondary(self):
        process = self.spawn(
            [str(self.launcher), "secondary", "--key-file", str(self.work / "s2.key"),
             "--primary", f"127.0.0.1:{self.dns_port}", "--listen", f"127.0.0.1:{self.secondary_port}",
             "--state-dir", str(self.work / "secondary")],
            self.work / "secondary.log",
            stdout=subprocess.PIPE,
        )
        ready = process.stdout.readline().decode().strip()
        if not ready.startswith("ready"):
            sys.exit(f"the secondary did not get ready:\n{(self.work / 'secondary.log').read_text()}")

    def await_all(self, address):
        """Waits until the secondary has every zone with this address; a zone that has it is not asked again."""
        left = list(self.zones)

        def done():
            while left and served.address_of("www." + left[-1], self.secondary_port) == address:
                left.pop()
            return not left

        self.wait_until(done, "the secondary does not get all zones", 300)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zones", type=int, default=1000)
    parser.add_argument("--pushes", type=int, default=20)
    parser.add_argument("--launcher", type=pathlib.Path, default=HERE.parent / "zonetrail")
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="push-to-secondary-"))
    scene = Scene(work, options.launcher.resolve(), options.zones)
    try:
        scene.start_sshd()
        scene.make_repository()
        scene.add_zones(1)
        scene.add_key()
        scene.push("many zones")
        scene.start_secondary()
        began = time.time()
        scene.start_primary("--notify", f"127.0.0.1:{scene.secondary_port},{KEY}")
        scene.await_all("10.0.0.1")
        print(f"{options.zones} zones at the secondary {time.time() - began:.1f} s after the primary's start")
        results = []
        for i in range(options.pushes):
            serial = 2 + i
            zone = scene.zones[i % len(scene.zones)]
            (scene.clone / zone).write_text(zone_text(serial))
            watcher = served.Watcher(f"www.{zone}", scene.secondary_port, f"10.0.0.{serial}")
            watcher.start()
            scene.push(f"{zone} has serial {serial}")
            finished = time.time()
            watcher.join(31)
            if watcher.served is None:
                sys.exit(f"push {i} was not served within 30 s")
            hook = float((work / "hook-began").read_text())
            results.append((watcher.served - hook, watcher.served - finished))
        from_hook, from_end = zip(*results)
        served.figures("hook -> secondary", from_hook)
        served.figures("finished -> secondary", from_end)
        scene.add_zones(1000)
        scene.push("every zone")
        finished = time.time()
        scene.await_all("10.0.3.232")
        print(f"one push that changes all: the last one {time.time() - finished:.1f} s after it finished")
    finally:
        scene.stop()
        if options.keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
