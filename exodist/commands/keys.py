"""`exodist keys`: the key sets that sign images."""

from __future__ import annotations

from pathlib import Path

import click
from cryptography.hazmat.primitives import hashes

from exodist.console import console, emit
from exodist.errors import ManifestError
from exodist.sign.keyset import FILE, KeySet, create_keyset, load_keyset


@click.group()
def keys() -> None:
    """Look at key sets, and make new ones.

    \b
    Examples:
      exodist keys list
      exodist keys list keys/dev --json
      exodist keys new /somewhere/safe/mine
    """


@keys.command("list")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("keys"))
@click.option("--json", "as_json", is_flag=True, help="One object a line on stdout.")
def list_keys(folder: Path, as_json: bool) -> None:
    """Every certificate of the key sets in FOLDER: role, fingerprint, expiry.

    \b
    Examples:
      exodist keys list
      exodist keys list keys/dev --json
    """
    folders = [folder] if (folder / FILE).exists() else sorted(folder.glob(f"*/{FILE}"))
    if not folders:
        raise ManifestError("no key set here", where=str(folder), hint=f"expected */{FILE}")
    for path in folders:
        keyset = load_keyset(path if path.is_dir() else path.parent)
        for line in _describe(keyset):
            if as_json:
                emit(line)
            else:
                click.echo("{set:<14} {role:<4} {expires}  {sha256}  {subject}".format(**line))
        if keyset.development:
            console.warning(f"`{keyset.name}` are DEVELOPMENT KEYS: everybody has them")


@keys.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="Name of the set; by default the folder's.")
def new_keys(folder: Path, name: str | None) -> None:
    """Make a key set of your own in FOLDER, which must not exist yet.

    \b
    Examples:
      exodist keys new /somewhere/safe/mine
      exodist keys new /somewhere/safe/2027 --name mine
    """
    keyset = create_keyset(folder, name or folder.name)
    console.note(f"made key set `{keyset.name}` in {folder}; keep the .key files to yourself")


def _describe(keyset: KeySet) -> list[dict[str, object]]:
    return [
        {
            "set": keyset.name,
            "role": role,
            "subject": certificate.subject.rfc4514_string(),
            "sha256": certificate.fingerprint(hashes.SHA256()).hex(),
            "expires": certificate.not_valid_after_utc.date().isoformat(),
            "development": keyset.development,
        }
        for role, certificate in keyset.certificates()
    ]
