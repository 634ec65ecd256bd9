"""Backup files that the product did not write: taken apart, changed, and sealed again as if nothing had happened."""

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

from tracker.backups.container import DUMP, MANIFEST, SEAL_LENGTH


def members_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_sealed(file: Path, members: dict[str, bytes]) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
        archive.comment = b"0" * SEAL_LENGTH
    body = content.getvalue()[:-SEAL_LENGTH]
    file.write_bytes(body + hashlib.sha256(body).hexdigest().encode())
    return file


def write_changed(file: Path, original: Path, change: Callable[[dict], None], dump: bytes | None = None) -> Path:
    """The original with another manifest, and with another dump that the manifest vouches for."""
    members = members_of(original)
    manifest = json.loads(members[MANIFEST])
    if dump is not None:
        manifest |= {"dump_size": len(dump), "dump_sha256": hashlib.sha256(dump).hexdigest()}
        members[DUMP] = dump
    change(manifest)
    return write_sealed(file, members | {MANIFEST: json.dumps(manifest).encode()})


def damaged(backup: Path, folder: Path, count: int, seed: int) -> list[Path]:
    """As many files, each spoiled in another way."""
    content, members = backup.read_bytes(), members_of(backup)
    chance = random.Random(seed)
    found = []
    for number in range(count):
        file = folder / f"{number}.backup"
        found.append(file)
        name, place, bit = chance.choice([MANIFEST, DUMP]), chance.randrange(len(content)), 1 << chance.randrange(8)
        if number % 5 == 3:
            write_sealed(file, members | {name: b""})
        elif number % 5 == 4:
            write_sealed(file, {each: member for each, member in members.items() if each != name})
        elif number % 5 == 2:
            file.write_bytes(content[:place])
        else:
            file.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
    return found
