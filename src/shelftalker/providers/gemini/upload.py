"""Put a training file into Cloud Storage, in parts, so that a broken upload goes on where it stopped.

A large file goes up as several objects, which Cloud Storage then joins (compose). What is there already, told by size
and checksum, is not sent again: nothing but the files themselves need be remembered. The other way, Google's own
resumable session, would have us keep the session's address, and whoever has that address may write to the bucket.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.errors import ProviderError, UsageError, storage_errors
from shelftalker.providers.gemini.clients import Account
from shelftalker.providers.gemini.faults import Request, call
from shelftalker.providers.retrying import Retries

__all__ = ["Place", "place_of", "upload"]

_MOST_PARTS = 32  # compose joins no more at once
_MB = 2**20
_TYPE = "application/jsonl"


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, and a folder in it ("" or ending in a slash)."""

    bucket: str
    folder: str

    def uri(self, name: str) -> str:
        """Return the gs:// address of an object."""
        return f"gs://{self.bucket}/{self.folder}{name}"


def place_of(address: str) -> Place:
    """Return the place that an address such as gs://BUCKET/FOLDER names.

    Raises:
        UsageError: there is none, or it is of another form.
    """
    bucket, _, folder = address.removeprefix("gs://").strip("/").partition("/")
    if not bucket or "://" in bucket + folder:
        raise UsageError(
            f"{address!r} is no bucket of Cloud Storage" if address else "no bucket is named for the training file",
            fix="add --bucket gs://NAME, or gs://NAME/FOLDER",
        )
    return Place(bucket, f"{folder}/" if folder else "")


def upload(
    path: Path,
    place: Place,
    name: str,
    account: Account,
    retries: Retries,
    *,
    part_bytes: int = 32 * _MB,
    on_sent: Callable[[int, int], None] | None = None,
) -> str:
    """Upload a file, sending only what is not there yet, and return its gs:// address.

    Args:
        path: the file.
        place: where to.
        name: of the object.
        account: whose bucket it is.
        retries: for each part.
        part_bytes: of each part but the last; more where 32 parts would not do.
        on_sent: called with the bytes that are there and those of the whole.

    Raises:
        ProviderError: it broke; the same call goes on with the parts that lack.
    """
    tell = on_sent or (lambda _done, _total: None)
    with storage_errors(path):
        size = path.stat().st_size
    part_bytes = max(part_bytes, math.ceil(size / _MOST_PARTS))
    bucket = account.storage().bucket(place.bucket)
    whole = bucket.blob(place.folder + name)
    upload = _Upload(path, account, retries, place.uri(name))
    if upload.is_there(whole, 0, size):
        tell(size, size)
        return place.uri(name)
    if size <= part_bytes:
        upload.send(whole, 0, size)
        tell(size, size)
        return place.uri(name)
    parts = []
    for number, start in enumerate(range(0, size, part_bytes)):
        part = bucket.blob(f"{place.folder}{name}.part-{number:02}")
        length = min(part_bytes, size - start)
        if not upload.is_there(part, start, length):
            upload.send(part, start, length)
        parts.append(part)
        tell(start + length, size)
    upload.join(whole, parts)
    return place.uri(name)


class _Upload:
    """Sends stretches of one file."""

    def __init__(self, path: Path, account: Account, retries: Retries, uri: str) -> None:
        self._path = path
        self._retries = retries
        self._request = Request(f"upload {path.name} to {uri}", secrets=account.secrets)

    def is_there(self, blob: Any, start: int, length: int) -> bool:
        """Whether the object holds that stretch of the file."""

        def look() -> bool:
            from google.api_core.exceptions import NotFound

            try:
                blob.reload(retry=None)
            except NotFound:
                return False
            return True

        return (
            call(look, self._retries, self._request)
            and blob.size == length
            and blob.crc32c == self._checksum(start, length)
        )

    def send(self, blob: Any, start: int, length: int) -> None:
        data = self._read(start, length)

        def put() -> None:
            blob.upload_from_file(
                io.BytesIO(data), size=length, content_type=_TYPE, checksum="crc32c", retry=None, rewind=True
            )

        call(put, self._retries, self._request)

    def join(self, whole: Any, parts: list[Any]) -> None:
        """Make one object of the parts and check it; parts that cannot be removed do no harm."""

        def compose() -> None:
            whole.content_type = _TYPE
            whole.compose(parts, retry=None)

        call(compose, self._retries, self._request)
        if not self.is_there(whole, 0, self._path.stat().st_size):
            raise ProviderError(
                f"what lies in Cloud Storage is not {self._path.name}: the checksums differ",
                fix="the same command with --resume sends it again",
            )
        for part in parts:
            with suppress(ProviderError):
                call(lambda part=part: part.delete(retry=None), self._retries, self._request)  # type: ignore[misc]

    def _read(self, start: int, length: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    def _checksum(self, start: int, length: int) -> str:
        """Return the CRC-32C of the stretch as Cloud Storage writes it."""
        import google_crc32c

        checksum = google_crc32c.Checksum()
        with self._path.open("rb") as file:
            file.seek(start)
            left = length
            while left and (piece := file.read(min(left, _MB))):
                checksum.update(piece)
                left -= len(piece)
        return base64.b64encode(checksum.digest()).decode("ascii")
