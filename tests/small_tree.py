"""A source tree of a few tiny components, for tests that build: fast, and free to be broken."""

from __future__ import annotations

import shutil
from pathlib import Path

from exodist.build.files import FileDigests
from exodist.build.toolchain import find_toolchain

TREE = Path(__file__).resolve().parent.parent
HEAD = 'schema = 1\nversion = "0.1.0"\nsummary = "for tests"\nlicense = "MIT"\n'

FILES = {
    "userland/lib/lib.toml": HEAD
    + 'name = "lib"\nkind = "library"\nsources = ["*.c"]\npublic = ["include"]\n',
    "userland/lib/add.c": '#include "add.h"\nint add(int a, int b)\n{\n    return a + b;\n}\n',
    "userland/lib/include/add.h": "#pragma once\nint add(int a, int b);\n",
    "userland/bin/cat.toml": HEAD
    + 'name = "cat"\nkind = "program"\nsources = ["cat.c"]\nneeds = ["lib"]\n'
    + 'install = "/bin/cat"\n',
    "userland/bin/cat.c": '#include "add.h"\nvoid _start(void);\n'
    "void _start(void)\n{\n    volatile int sum = add(1, 2);\n    (void)sum;\n}\n",
    "userland/bin/cat.1": "CAT(1)\n",
    "userland/bin/wc.toml": HEAD
    + 'name = "wc"\nkind = "program"\nsources = ["wc.c"]\nneeds = ["lib"]\n'
    + 'install = ["/bin/wc", "/bin/count"]\n',
    "userland/bin/wc.c": '#include "add.h"\nvoid _start(void);\n'
    "void _start(void)\n{\n    volatile int sum = add(3, 4);\n    (void)sum;\n}\n",
    "userland/root/root.toml": HEAD + 'name = "root"\nkind = "domain"\nsources = ["root.c"]\n',
    "userland/root/root.c": "void _start(void);\nvoid _start(void)\n{\n}\n",
    "kernel/kernel.toml": HEAD + 'name = "kernel"\nkind = "kernel"\nsources = ["kernel.c"]\n',
    "kernel/kernel.c": "void _start(void);\nvoid _start(void)\n{\n}\n",
    "kernel/boot/exoboot.toml": HEAD
    + 'name = "exoboot"\nkind = "efi"\nsources = ["stub.c"]\nflags = ["-ffreestanding"]\n',
    "kernel/boot/stub.c": "long efi_main(void *image, void *table);\n"
    "static volatile long calls = 7;\n"
    "static void *volatile self = (void *)&self;\n"
    "static const volatile long one = 1;\n"
    "long efi_main(void *image, void *table)\n"
    "{\n    calls += one;\n    return image == table || image == self;\n}\n",
    "userland/skel/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "boards/qemu-q35.toml": 'schema = 1\nname = "qemu-q35"\nsummary = "QEMU"\narch = "x86_64"\n'
    'firmware = "uefi"\nconsole = "ttyS0"\nlayout = "gpt-esp"\n',
}

# Taken from our own tree: the table that headers are generated from, and the development keys.
OURS = ("kernel/abi/syscalls.toml", "keys/dev")

MANIFEST = """schema = 1
name = "small"
version = "0.1.0"
epoch = 1767225600
security_version = 1
toolchain = "{toolchain}"
skeleton = "userland/skel"

[pins]
"0.1.0" = ["kernel", "exoboot", "lib", "cat", "wc", "root"]

[[images]]
name = "small"
kind = "direct"
arch = "x86_64"
board = "qemu-q35"

[[images]]
name = "small-iso"
kind = "iso"
arch = "x86_64"
board = "qemu-q35"
"""


def write_tree(root: Path, manifest: str = MANIFEST) -> Path:
    """Write the tree below `root`; returns the manifest's path."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name in OURS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (TREE / name).is_dir() else shutil.copyfile
        copy(TREE / name, root / name)
    path = root / "manifests" / "small.toml"
    path.parent.mkdir()
    version = find_toolchain(FileDigests(root / ".exo" / "files.json")).version
    path.write_text(manifest.replace("{toolchain}", version))
    return path
