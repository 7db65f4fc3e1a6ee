"""Stands in for QEMU: takes the sockets from its command line and plays the scene in FAKE_SCENE."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

ARGUMENTS = sys.argv[1:]


def port(name: str) -> socket.socket:
    for argument in ARGUMENTS:
        if argument.startswith(f"socket,id={name},fd="):
            return socket.socket(fileno=int(argument.rsplit("=", 1)[1]))
    raise SystemExit(f"no chardev {name}")


def frame(kind: str, payload: bytes) -> bytes:
    return struct.pack("<BI", ord(kind), len(payload)) + payload


def receive(agent: socket.socket) -> tuple[str, bytes]:
    header = agent.recv(5, socket.MSG_WAITALL)
    if len(header) < 5:
        sys.exit(0)
    kind, length = struct.unpack("<BI", header)
    return chr(kind), agent.recv(length, socket.MSG_WAITALL) if length else b""


def serve(agent: socket.socket) -> None:
    """A guest whose shell is this host's."""
    agent.sendall(b"\x1b[2Jfirmware text H\x01" + frame("H", b"\x01"))
    while True:
        kind, payload = receive(agent)
        if kind == "Q":
            sys.exit(payload[0] << 1 | 1)
        if payload == b"hang":
            time.sleep(60)
        if payload == b"die":
            sys.exit(2 * 3 + 1)
        if payload == b"nonsense":
            agent.sendall(frame("?", b""))
            continue
        done = subprocess.run(["sh", "-c", payload], capture_output=True, check=False)
        agent.sendall(frame("O", done.stdout) + frame("E", done.stderr))
        agent.sendall(frame("X", struct.pack("<i", done.returncode)))


def at_terminal(scene: str, monitor: socket.socket) -> None:
    """The console is this process's own standard input and output, and a log file."""
    (console,) = (a for a in ARGUMENTS if a.startswith("stdio,id=console"))
    said = b"kernel panic: why not\n" if "panic" in scene else b"# "
    Path(console.partition("logfile=")[2]).write_bytes(said)
    if "reset" in scene:
        monitor.sendall(b'{"event": "SHUTDOWN", "data": {"reason": "guest-reset"}}\r\n')
    os.write(1, said)
    sys.exit(2 * 9 + 1 if scene == "terminal" else 0)


def main() -> None:
    scene = os.environ["FAKE_SCENE"]
    if scene == "broken":
        sys.exit("qemu: could not open 'image.iso'")
    monitor = port("monitor")
    monitor.sendall(b'{"QMP": {}}\r\n')
    monitor.recv(100)
    if scene.startswith("terminal"):
        at_terminal(scene, monitor)
    console, agent = port("console"), port("agent")
    if scene == "serve":
        console.sendall(b"ExoV6\r\nready# ")
        serve(agent)
    elif scene == "echo":
        console.sendall(b"you typed " + console.recv(100) + b"\r\n")
        time.sleep(60)
    elif scene == "version":
        agent.sendall(frame("H", b"\x07"))
    elif scene == "denied":
        console.sendall(
            b'BdsDxe: failed to load Boot0001 "UEFI CD" from Pci(0x1)\x1b[0m: Access Denied\r\n'
        )
        time.sleep(60)
    elif scene == "stub":
        console.sendall(b"exoboot: refused: fs.img: expected root hash 00, found 11\r\n")
        time.sleep(60)
    elif scene == "nothing":
        console.sendall(b"BdsDxe: No bootable option or device was found.\r\n")
        time.sleep(60)
    elif scene == "panic":
        console.sendall(b"\nkernel panic: frame 7 is free twice\nback trace:\n")
        sys.exit(0xFF)
    elif scene == "silent panic":
        sys.exit(0xFF)
    elif scene == "triple fault":
        console.sendall(b"booting\r\n")
        monitor.sendall(b'{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-')
        monitor.sendall(b'reset"}}\r\n')
        sys.exit(0)
    elif scene == "hang":
        console.sendall(b"one\r\ntwo\r\n")
        time.sleep(60)


main()
