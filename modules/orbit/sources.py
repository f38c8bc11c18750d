"""What comes in from outside, made safe to parse: size, compression and characters.

Files are chosen by people and fetched from the network, so nothing is read, or inflated, past a limit.
"""

import zlib
from pathlib import Path

from modules.orbit.exceptions import OrbitError

MAX_ELEMENTS_BYTES = 8_000_000
"""Holds 40,000 element sets; a file for one module is far smaller."""

MAX_EPHEMERIS_BYTES = 64_000_000
"""Fifteen days of an operator's ephemeris take 3 MB."""

GZIP_MAGIC = b"\x1f\x8b"


def read_file(path: Path, limit_bytes: int, error: type[OrbitError]) -> bytes:
    """The file's bytes, or `error` where it cannot be read or is larger than `limit_bytes`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limit_bytes + 1)
    except OSError as problem:
        raise error(f"{path.name} cannot be read: {problem.strerror or problem}.") from problem
    if len(data) > limit_bytes:
        raise error(f"{path.name} is larger than {limit_bytes // 1_000_000} MB.")
    return data


def text_of(data: bytes, limit_bytes: int, error: type[OrbitError]) -> str:
    """The text in `data`, plain or gzip, UTF-8; `error` where it is too large, damaged, binary or empty."""
    if data[:2] == GZIP_MAGIC:
        data = _inflate(data, limit_bytes, error)
    if len(data) > limit_bytes:
        raise error(f"The file is larger than {limit_bytes // 1_000_000} MB.")
    text = _decoded(data, error)
    if not text.strip():
        raise error("The file is empty.")
    return text


def _inflate(data: bytes, limit_bytes: int, error: type[OrbitError]) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(data, limit_bytes + 1)
    except zlib.error as problem:
        raise error("The gzip file is damaged.") from problem
    if len(plain) <= limit_bytes and not stream.eof:
        raise error("The gzip file is cut short.")
    return plain


def _decoded(data: bytes, error: type[OrbitError]) -> str:
    if b"\x00" in data:
        raise error("The file is binary, not text.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise error("The file is binary, or not in UTF-8.") from problem
