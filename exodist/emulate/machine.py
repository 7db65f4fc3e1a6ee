"""A running QEMU: started, listened to, asked to run commands, and always gone when we are.

    with Machine(boot, settings, log) as machine:
        machine.wait_ready(timeout=60)
        result = machine.command("uname -a", timeout=10)

Three sockets lead into QEMU: console (COM1, logged to a file as it comes), command channel (COM2)
and monitor (QMP, for the reason of a reset). How a machine can end early is told apart: refused by
the firmware or by exoboot, kernel panic, triple fault, hang.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from exodist.emulate import console as console_lines
from exodist.emulate.guest import VERSION, Frame, FrameReader, Kind
from exodist.emulate.qemu import Boot, Settings, machine_arguments
from exodist.errors import CheckError, ExodistError, ToolError

_CHUNK = 65536
_SETTLE = 5.0  # seconds that QEMU may take to end after it was told to
_PANIC_STATUS = 2 * 0x7F + 1


@dataclass(frozen=True)
class Result:
    """What one command did."""

    status: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True)
class Sinks:
    """Where a command's output goes while it runs."""

    stdout: Callable[[bytes], object]
    stderr: Callable[[bytes], object]


class Machine:
    """One QEMU process; a context manager, so that it never outlives its user."""

    def __init__(self, boot: Boot, settings: Settings, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self.console = b""
        self._arguments = machine_arguments(boot, settings)
        self._reader = FrameReader()
        self._frames: list[Frame] = []
        self._reset = False
        self._monitor_held = b""
        self._on_console: Callable[[bytes], object] = lambda data: None

    def __enter__(self) -> Machine:
        self._log = self.log.open("wb")
        self._selector = selectors.DefaultSelector()
        names = ("console", "agent", "monitor")
        pairs = {name: socket.socketpair() for name in names}
        self._sockets = {name: ours for name, (ours, _) in pairs.items()}
        theirs = {name: their for name, (_, their) in pairs.items()}
        for name, ours in self._sockets.items():
            self._selector.register(ours, selectors.EVENT_READ, name)
        try:
            self._process = start(
                [*self._arguments, *_serial_arguments(theirs)],
                tuple(their.fileno() for their in theirs.values()),
            )
        finally:
            for their in theirs.values():
                their.close()
        with suppress(OSError):  # where QEMU ended at once, the first step says why
            self._sockets["monitor"].sendall(b'{"execute": "qmp_capabilities"}\n')
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._selector.close()
        for ours in self._sockets.values():
            ours.close()
        self._log.close()

    def echo_console(self, sink: Callable[[bytes], object]) -> None:
        """From now on give the console's bytes to `sink` too."""
        self._on_console = sink

    def wait_ready(self, timeout: float) -> None:
        """Until the agent in the guest takes commands."""
        deadline = time.monotonic() + timeout
        frame = self._next_frame(deadline, "no sign of life from the guest's agent")
        while frame.kind is not Kind.HELLO:
            frame = self._next_frame(deadline, "no greeting from the guest's agent")
        if frame.payload[:1] != bytes([VERSION]):
            raise CheckError(
                f"the guest's agent speaks version {frame.payload.hex()}, expected {VERSION:02x}"
            )

    def command(self, text: str, timeout: float, sinks: Sinks | None = None) -> Result:
        """Run `text` in the guest's shell; raises `ExodistError` where it does not come to end."""
        deadline = time.monotonic() + timeout
        self._send(Frame(Kind.COMMAND, text.encode()))
        stdout, stderr = bytearray(), bytearray()
        out = sinks.stdout if sinks else stdout.extend
        err = sinks.stderr if sinks else stderr.extend
        while True:
            frame = self._next_frame(deadline, f"`{text}` did not end")
            if frame.kind is Kind.STDOUT:
                out(frame.payload)
            elif frame.kind is Kind.STDERR:
                err(frame.payload)
            elif frame.kind is Kind.EXIT:
                return Result(frame.status, bytes(stdout), bytes(stderr))

    def power_off(self, status: int = 0) -> None:
        """Ask the guest to end, and wait a little; `__exit__` ends it anyway."""
        self._send(Frame(Kind.QUIT, bytes([status & 0x7F])))
        self.wait_end(_SETTLE)

    def type(self, data: bytes) -> None:
        """Give bytes to the console, as if typed."""
        self._sockets["console"].sendall(data)

    def wait_console(self, pattern: bytes, timeout: float) -> bytes:
        """Until the console has said `pattern`; returns all that it said, without escapes."""
        deadline = time.monotonic() + timeout
        while pattern not in console_lines.plain(self.console):
            self._step(deadline, f"the console never said `{pattern.decode('ascii', 'replace')}`")
        return console_lines.plain(self.console)

    def wait_verdict(self, timeout: float) -> ExodistError:
        """Until firmware or exoboot refuse the image, or the machine dies; returns that error."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self._step(deadline, "neither refused nor ended")
            except ExodistError as error:
                return error

    def wait_end(self, timeout: float) -> int | None:
        """The guest's own exit status, or None where QEMU goes on."""
        deadline = time.monotonic() + timeout
        while self._process.poll() is None and time.monotonic() < deadline:
            self._pump(0.1)
        code = self._process.poll()
        return None if code is None else guest_status(code)

    def _send(self, frame: Frame) -> None:
        try:
            self._sockets["agent"].sendall(frame.encode())
        except OSError:
            raise self._end() from None

    def _next_frame(self, deadline: float, complaint: str) -> Frame:
        while not self._frames:
            self._step(deadline, complaint)
        return self._frames.pop(0)

    def _step(self, deadline: float, complaint: str) -> None:
        """Take in what there is; raises where the machine ended or will never go on."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise CheckError(
                f"the guest hangs: {complaint} within the time-out",
                hint=f"its console is in {self.log}; last lines:\n"
                + console_lines.last_lines(self.console),
            )
        alive = self._process.poll() is None
        progressed = self._pump(min(left, 0.2))
        if verdict := console_lines.firmware_verdict(self.console):
            raise verdict
        if not alive and not progressed and not self._frames:
            raise self._end()

    def _pump(self, timeout: float) -> bool:
        """Read whatever is ready; True where something was."""
        progressed = False
        for key, _ in self._selector.select(timeout):
            ours = self._sockets[key.data]
            try:
                data = ours.recv(_CHUNK)
            except ConnectionResetError:
                data = b""
            if not data:
                self._selector.unregister(ours)
                continue
            progressed = True
            self._take(key.data, data)
        if not self._selector.get_map():
            time.sleep(min(timeout, 0.05))
        return progressed

    def _take(self, name: str, data: bytes) -> None:
        if name == "console":
            self.console += data
            self._log.write(data)
            self._log.flush()
            self._on_console(data)
        elif name == "agent":
            self._frames += self._reader.feed(data)
        else:
            self._take_monitor(data)

    def _take_monitor(self, data: bytes) -> None:
        *lines, self._monitor_held = (self._monitor_held + data).split(b"\n")
        for line in lines:
            event = json.loads(line or b"{}")
            if event.get("event") in ("SHUTDOWN", "RESET"):
                self._reset |= event.get("data", {}).get("reason") == "guest-reset"

    def _end(self) -> ExodistError:
        """Why QEMU is not there any more."""
        code = self._process.wait(_SETTLE)
        self._pump(0)
        hint = f"the console is in {self.log}"
        if reason := console_lines.panic(self.console):
            return CheckError(f"the kernel panicked: {reason}", hint=hint)
        if code == _PANIC_STATUS:
            return CheckError("the kernel panicked without a word", hint=hint)
        if self._reset:
            return CheckError("the guest reset itself: a triple fault", hint=hint)
        if code == 1 and not self.console and self._process.stderr:
            said = self._process.stderr.read().decode("utf-8", "replace").strip()
            return ToolError(f"QEMU did not start: {said.splitlines()[-1] if said else 'no word'}")
        return CheckError(f"the machine ended with status {guest_status(code)}", hint=hint)


def interact(boot: Boot, settings: Settings, log: Path) -> int:
    """The machine's console on this terminal until Ctrl-A X; returns the guest's own status.

    Raises `ExodistError` where the image was refused, the kernel panicked or the machine reset.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    console = f"stdio,id=console,mux=on,signal=off,logfile={str(log).replace(',', ',,')}"
    # QEMU makes the terminal raw and, when it dies badly, leaves it so.
    before = termios.tcgetattr(0) if os.isatty(0) else None
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            arguments = [
                *machine_arguments(boot, settings),
                *("-chardev", console, "-serial", "chardev:console", "-mon", "chardev=console"),
                *("-chardev", f"socket,id=monitor,fd={theirs.fileno()}"),
                *("-mon", "chardev=monitor,mode=control"),
            ]
            process = start(arguments, (theirs.fileno(),), terminal=True)
        events = b""
        try:
            with suppress(OSError):  # QEMU that ends at once resets the connection
                ours.sendall(b'{"execute": "qmp_capabilities"}\n')
                while data := ours.recv(_CHUNK):
                    events += data
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            if before is not None:
                termios.tcsetattr(0, termios.TCSADRAIN, before)
    said = log.read_bytes() if log.exists() else b""
    if reason := console_lines.panic(said):
        raise CheckError(f"the kernel panicked: {reason}", hint=f"the console is in {log}")
    if b'"guest-reset"' in events:
        raise CheckError("the guest reset itself: a triple fault", hint=f"the console is in {log}")
    if code != 0 and (verdict := console_lines.firmware_verdict(said)):
        raise verdict
    return guest_status(code)


def guest_status(code: int) -> int:
    """What the guest wrote to isa-debug-exit; 0 where QEMU ended by itself."""
    return code >> 1 if code & 1 else code


def start(
    arguments: list[str], descriptors: tuple[int, ...], *, terminal: bool = False
) -> subprocess.Popen[bytes]:
    """QEMU as a child that dies with us, even when we are killed (on Linux)."""
    return subprocess.Popen(
        arguments,
        pass_fds=descriptors,
        stdin=None if terminal else subprocess.DEVNULL,
        stdout=None if terminal else subprocess.DEVNULL,
        stderr=None if terminal else subprocess.PIPE,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        start_new_session=not terminal,
    )


def _die_with_parent() -> None:
    """prctl(PR_SET_PDEATHSIG, SIGKILL), see prctl(2); the child does nothing else before exec."""
    _libc.prctl(1, signal.SIGKILL)


def _serial_arguments(sockets: dict[str, socket.socket]) -> list[str]:
    arguments = []
    for name, their in sockets.items():
        arguments += ["-chardev", f"socket,id={name},fd={their.fileno()}"]
    return [
        *arguments,
        *("-serial", "chardev:console", "-serial", "chardev:agent"),
        *("-mon", "chardev=monitor,mode=control"),
    ]


if sys.platform == "linux":
    import ctypes

    _libc = ctypes.CDLL(None)
