"""The guest's console as the host sees it: without escape sequences, and what its lines mean."""

from __future__ import annotations

import re

from exodist.errors import CheckError, ExodistError, SignatureError

# ECMA-48 control sequences; OVMF clears and colours the screen on the serial line too.
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?=]*[@-~]|[@-Z\\-_])")
_DENIED = re.compile(
    rb"BdsDxe: failed to (?:load|start) (?P<entry>[^\r\n]*?)[\r\n: ]+Access Denied"
)
_REFUSED = re.compile(rb"exoboot: refused: (?P<reason>[^\r\n]*)[\r\n]")
_NOTHING = re.compile(rb"BdsDxe: No bootable option or device was found")
_PANIC = re.compile(rb"kernel panic: (?P<reason>[^\r\n]*)[\r\n]")


def plain(output: bytes) -> bytes:
    """`output` without control sequences."""
    return _ESCAPES.sub(b"", output)


def firmware_verdict(output: bytes) -> ExodistError | None:
    """Why no kernel will ever come, where the console already says so."""
    text = plain(output)
    if _DENIED.search(text):
        return SignatureError(
            "the firmware refused the image: Access Denied",
            hint="the image is unsigned, altered, or signed by a key that is not enrolled",
        )
    if found := _REFUSED.search(text):
        reason = found["reason"].decode("ascii", "replace")
        kind = SignatureError if "root hash" in reason else CheckError
        return kind(f"exoboot refused to boot: {reason}")
    if _NOTHING.search(text):
        return CheckError("the firmware found nothing to boot on the image")
    return None


def panic(output: bytes) -> str | None:
    """The first line of the kernel's epitaph."""
    found = _PANIC.search(plain(output))
    return found["reason"].decode("ascii", "replace") if found else None


def last_lines(output: bytes, count: int = 5) -> str:
    """What was said last, for an error message."""
    lines = plain(output).decode("utf-8", "replace").replace("\r", "").splitlines()
    return "\n".join([line for line in lines if line.strip()][-count:])
