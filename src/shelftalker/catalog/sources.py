"""Inputs to blocks of whole lines: plain, .gz, .zst and .zip files, folders of shards, standard input."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, cast

from shelftalker.artifacts import hash_file
from shelftalker.errors import CatalogueError, InputNotFound

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionObj

__all__ = ["BLOCK_BYTES", "STDIN", "Block", "Kind", "Source", "find_sources", "open_stream", "read_blocks"]

Kind = Literal["lines", "csv", "parquet"]

BLOCK_BYTES = 16 << 20
STDIN = "-"
_COMPRESSION = (".gz", ".zst", ".zip")
_TABLES: dict[str, Kind] = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}
_LINES = (".json", ".jsonl", ".ndjson")
_DAMAGED = "fetch it again, or compress it again from the original"

_ZSTD_READ_BYTES = 1 << 13
"""Little at a time: what is read is decompressed whole, and may become 30,000 times as much."""


@dataclass(slots=True)
class Source:
    """One file to read.

    Attributes:
        path: where it lies; None is standard input.
        name: what its records call it.
        kind: told by the name, without its compression.
        member: the file inside a .zip.
        sha256: of the bytes at `path`, once they were read to the end.
    """

    path: Path | None
    name: str
    kind: Kind = "lines"
    member: str = ""
    sha256: str = field(default="")

    @property
    def size_bytes(self) -> int:
        """Bytes on disk; 0 where unknown."""
        return 0 if self.path is None else self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines; only the last line of a file may lack its end.

    Attributes:
        read_bytes: bytes on disk that were read so far.
        cut: the block is the beginning of one line that is longer than the limit.
    """

    data: bytes
    read_bytes: int
    cut: bool = False


class _Stream(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class CountedStream:
    """A stream of a source's decompressed bytes; `read_bytes` and `sha256` are those of the bytes on disk."""

    def __init__(self, raw: _Stream) -> None:
        self._raw = raw
        self._digest = hashlib.sha256()
        self.read_bytes = 0
        self.stream: _Stream = self

    def read(self, size: int = -1, /) -> bytes:
        """Read from the disk; what the decompressor calls."""
        data = self._raw.read(size)
        self._digest.update(data)
        self.read_bytes += len(data)
        return data

    @property
    def sha256(self) -> str:
        """Of everything read so far."""
        return self._digest.hexdigest()


def find_sources(inputs: Sequence[Path | str]) -> list[Source]:
    """Return the files that the inputs stand for, shards and members in the order of their names.

    Raises:
        InputNotFound: one is not there, or is a folder or an archive without files of a known kind.
        CatalogueError: an archive is damaged.
    """
    found: list[Source] = []
    for given in inputs:
        if str(given) == STDIN:
            found.append(Source(None, "stdin"))
            continue
        path = Path(given)
        if path.is_dir():
            shards = [(shard, shard.relative_to(path).as_posix()) for shard in _shards(path)]
        elif path.exists():
            shards = [(path, path.name)]
        else:
            raise InputNotFound(f"there is no file {path}", fix="name a file that exists, or - for standard input")
        for shard, name in shards:
            found += _members(shard, name) if name.lower().endswith(".zip") else [Source(shard, name, kind_of(name))]
    names = [source.name for source in found]
    for source in found:
        if names.count(source.name) > 1 and source.path is not None:
            source.name = source.path.as_posix() + (f"/{source.member}" if source.member else "")
    return found


def kind_of(name: str) -> Kind:
    """Return the kind that a file's name tells; JSON Lines where it tells nothing."""
    return _TABLES.get(_plain_suffix(name), "lines")


def _plain_suffix(name: str) -> str:
    path = Path(name.lower())
    return Path(path.stem).suffix if path.suffix in _COMPRESSION else path.suffix


def _known(name: str) -> bool:
    path = Path(name)
    hidden = any(part.startswith((".", "_")) for part in path.parts)
    suffix = _plain_suffix(name)
    return not hidden and (suffix in _LINES or suffix in _TABLES or path.suffix.lower() == ".zip")


def _shards(folder: Path) -> list[Path]:
    shards = [p for p in folder.rglob("*") if p.is_file() and _known(p.relative_to(folder).as_posix())]
    if not shards:
        raise InputNotFound(
            f"the folder {folder} holds no file that can be read",
            fix="put .json, .jsonl, .csv or .parquet files in it (as .gz, .zst or .zip too)",
        )
    return sorted(shards)


def _members(path: Path, name: str) -> list[Source]:
    with _reading(name), zipfile.ZipFile(path) as archive:
        members = [info.filename for info in archive.infolist() if not info.is_dir()]
    chosen = sorted(member for member in members if _known(member) and not member.lower().endswith(".zip"))
    chosen = chosen or (members if len(members) == 1 else [])
    if not chosen:
        raise InputNotFound(
            f"the archive {path} holds no file that can be read", fix="put .json, .jsonl, .csv or .parquet files in it"
        )
    if len(chosen) == 1:
        return [Source(path, name, kind_of(chosen[0]), chosen[0])]
    return [Source(path, f"{name}/{member}", kind_of(member), member) for member in chosen]


@contextlib.contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn what can go wrong with reading into an error that a user can act on."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise CatalogueError(f"{name} is damaged: its compression ends early or is broken", fix=_DAMAGED) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise CatalogueError(f"{name} is encrypted", fix="decrypt it first") from error
    except NotImplementedError as error:
        raise CatalogueError(f"{name} is compressed in a way that is not known", fix="use .gz, .zst or .zip") from error
    except PermissionError as error:
        raise InputNotFound(f"no permission to read {name}", fix="change its permissions, or name another") from error
    except OSError as error:
        raise CatalogueError(f"{name} cannot be read: {error.strerror or error}", fix="name a file on disk") from error


@contextlib.contextmanager
def open_stream(source: Source) -> Iterator[CountedStream]:
    """Open a source for reading its decompressed bytes from `.stream`; its `sha256` is set when the block ends well.

    Raises:
        InputNotFound, CatalogueError: it cannot be read, or its compression is damaged.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(_reading(source.name))
        raw = sys.stdin.buffer if source.path is None else stack.enter_context(source.path.open("rb"))
        if source.member:
            archive = stack.enter_context(zipfile.ZipFile(raw))
            counted = CountedStream(stack.enter_context(archive.open(source.member)))
        else:
            counted = CountedStream(raw)
        suffix = Path(source.name).suffix.lower() if source.path is not None else ""
        if suffix == ".gz":
            counted.stream = stack.enter_context(gzip.GzipFile(fileobj=cast(BinaryIO, counted), mode="rb"))
        elif suffix == ".zst":
            counted.stream = _ZstdStream(counted)
        yield counted
        while counted.stream.read(BLOCK_BYTES):
            pass  # whoever stopped early still gets the hash of all
        source.sha256 = hash_file(source.path) if source.member and source.path else counted.sha256


class _ZstdStream:
    """Reads one or more Zstandard frames, and notices when the last one is cut off."""

    def __init__(self, raw: _Stream) -> None:
        import zstandard  # a compiled part that only these files need

        self._decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        self._error = zstandard.ZstdError
        self._raw = raw
        self._frame: ZstdDecompressionObj | None = None
        self._ahead = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return about `size` bytes; none at the end."""
        parts: list[bytes] = []
        wanted = size
        while wanted > 0:
            data = self._ahead or self._raw.read(_ZSTD_READ_BYTES)
            if not data:
                if self._frame is not None:
                    raise EOFError("a frame is cut off")
                break
            if self._frame is None:
                self._frame = self._decompressor.decompressobj()
            try:
                part = self._frame.decompress(data)
            except self._error as error:
                raise EOFError(str(error)) from error
            self._ahead = b""
            if self._frame.eof:
                self._ahead, self._frame = self._frame.unused_data, None
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)


def read_blocks(source: Source, max_line_bytes: int) -> Iterator[Block]:
    """Yield a source in blocks of whole lines; of a line longer than the limit only the beginning.

    Memory is bounded by the block size and the limit, whatever the input.

    Raises:
        InputNotFound, CatalogueError: it cannot be read, or its compression is damaged.
    """
    with open_stream(source) as opened:
        kept: list[bytes] = []
        size = 0
        while data := opened.stream.read(BLOCK_BYTES):
            end = data.rfind(b"\n") + 1
            if not end:
                size += len(data)
                kept = [*kept, data] if size <= max_line_bytes else [b"".join(kept)[:BLOCK_BYTES]]
                continue
            first = data.find(b"\n") + 1
            if size + first > max_line_bytes:
                yield Block(b"".join([*kept, data[:first]])[:BLOCK_BYTES], opened.read_bytes, cut=True)
                kept, data, end = [], data[first:], end - first
            if end:
                yield Block(b"".join([*kept, data[:end]]), opened.read_bytes)
            kept = [data[end:]] if end < len(data) else []
            size = len(data) - end
        if size:
            yield Block(b"".join(kept), opened.read_bytes, cut=size > max_line_bytes)
