"""One file per backup: a zip of the database's dump and a manifest, closed by a seal.

The zip's comment is the SHA-256 of every byte before it, so that no byte of the file can be another unnoticed. The
manifest says what must be in the dump, and what must be in the database afterwards.
"""

import glob
import hashlib
import json
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .contents import Contents, Fingerprint, Table
from .errors import BackupRefused, Damaged

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database"
BLOCK = 1 << 20
LEFT_BEHIND = 24 * 60 * 60  # seconds; no command runs for so long
SEAL_LENGTH = hashlib.sha256().digest_size * 2  # hexadecimal
LARGEST_MANIFEST = 20_000_000  # bytes; it has a few lines per table
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True)
class Manifest:
    engine: str  # Django's name for it: sqlite or postgresql
    product_version: str
    created_at: str  # ISO, UTC
    tool: int  # the version of pg_dump, which pg_restore must not be older than; 0 for SQLite
    dump_size: int
    dump_sha256: str
    contents: Contents

    def to_json(self) -> str:
        document = {"format": FORMAT, **vars(self)}
        document["contents"] = {
            "migrations": self.contents.migrations,
            "triggers": self.contents.triggers,
            "tables": [
                {"name": table.name, "columns": table.columns, "rows": found.rows, "sha256": found.sha256}
                for table, found in self.contents.tables.items()
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=1)

    @classmethod
    def from_document(cls, document: dict) -> "Manifest":
        values = {name: document[name] for name in cls.__dataclass_fields__}
        found = values["contents"]
        values["contents"] = Contents(
            tables={
                Table(each["name"], tuple((name, kind) for name, kind in each["columns"])): Fingerprint(
                    each["rows"], each["sha256"]
                )
                for each in found["tables"]
            },
            migrations=tuple(found["migrations"]),
            triggers=tuple(found["triggers"]),
        )
        return cls(**values)


@contextmanager
def scratch_file(folder: Path, name: str) -> Iterator[Path]:
    """An empty file that nobody else may read; gone afterwards, with what SQLite puts beside it. A command that is
    killed leaves it behind; one that runs a day later removes it, as all of the database may be in it."""
    for left in folder.glob(f".{glob.escape(name)}-*.part*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_BEHIND:
                left.unlink()
    number, path = tempfile.mkstemp(prefix=f".{name}-", suffix=".part", dir=folder)
    os.close(number)
    try:
        yield Path(path)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)


def size_and_hash(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def write_backup(file: Path, dump: Path, manifest: Manifest) -> None:
    """Under its own name the file is whole or not there, also after a power cut."""
    with scratch_file(file.parent, file.name) as unfinished:
        with unfinished.open("w+b") as output:
            with zipfile.ZipFile(output, "w", strict_timestamps=False) as archive:
                archive.writestr(MANIFEST, manifest.to_json())
                is_packed = manifest.engine == "postgresql"  # pg_dump has done it
                archive.write(dump, DUMP, zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED)
                archive.comment = b"0" * SEAL_LENGTH
            output.seek(-SEAL_LENGTH, os.SEEK_END)
            output.write(_seal_of(output))
            output.flush()
            os.fsync(output.fileno())
        read_backup(unfinished)  # what cannot be read back is no backup
        if file.exists():
            raise BackupRefused(f"{file} findes i forvejen og er ikke overskrevet. Vælg et andet navn.")
        unfinished.replace(file)
    with suppress(OSError):  # a network drive may not know how
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _seal_of(file: BinaryIO) -> bytes:
    """The hash of all bytes but the seal's own. Leaves the file at the seal."""
    left = file.seek(0, os.SEEK_END) - SEAL_LENGTH
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(BLOCK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest().encode()


def is_sealed(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) <= SEAL_LENGTH:
        return False
    seal = _seal_of(file)
    return file.read() == seal


def read_backup(path: Path, dump_to: Path | None = None) -> Manifest:
    """Checks the whole file, every byte of it, and only then writes the dump to `dump_to`."""
    with path.open("rb") as file:
        if not is_sealed(file):
            raise Damaged(path, "den er afkortet eller ændret, eller den er ikke en backup herfra")
        try:
            with zipfile.ZipFile(file) as archive:
                manifest = _read_manifest(archive, path)
                _check_dump(archive, manifest, path)
                if dump_to is not None:
                    with dump_to.open("wb") as output:
                        for block in _blocks(archive):
                            output.write(block)
                return manifest
        except UNREADABLE as error:
            raise Damaged(path, "dele af den mangler eller kan ikke læses") from error


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    if sorted(archive.namelist()) != sorted([MANIFEST, DUMP]):
        raise Damaged(path, "dele af den mangler eller er for mange")
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise Damaged(path, "indholdsfortegnelsen er for stor")
    document = json.loads(archive.read(MANIFEST))
    if document["format"] > FORMAT:
        raise BackupRefused(f"{path} er lavet af en nyere version af programmet. Brug den til at gendanne.")
    return Manifest.from_document(document)


def _check_dump(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    size, digest = 0, hashlib.sha256()
    for block in _blocks(archive):
        size += len(block)
        digest.update(block)
        if size > manifest.dump_size:
            break
    if (size, digest.hexdigest()) != (manifest.dump_size, manifest.dump_sha256):
        raise Damaged(path, "databasen i den er ikke den, som indholdsfortegnelsen nævner")


def _blocks(archive: zipfile.ZipFile) -> Iterator[bytes]:
    with archive.open(DUMP) as dump:
        while block := dump.read(BLOCK):
            yield block
