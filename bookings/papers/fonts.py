"""The faces that a quote is set in, cut from the variable Noto Sans once in a process.

To cut both weights of the whole font takes fifteen seconds, at each quote; of the scripts that it is mostly used for,
one and a half, once. A process of its own does it and ends: cutting takes some 100 MB, which a process that serves
pages would never give back.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = {"": 400, "B": 700}
# Latin, Greek and Cyrillic, with their marks, punctuation, currencies, arrows and signs.
SCRIPTS = ((0x20, 0x24F), (0x300, 0x4FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x20A0, 0x20CF), (0x2100, 0x22FF))


@cache
def faces() -> Mapping[str, Path]:
    """Style, as fpdf2 names it → a font file, there as long as the process is. Call it by one thread at a time."""
    directory = _kept_directory()
    command = [sys.executable, "-m", __name__, str(directory)]
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True)  # noqa: S603 - our own command
    return {style: _face(directory, style) for style in WEIGHTS}


def cut(directory: Path) -> None:
    """Write the faces into `directory`."""
    ours = _of_our_scripts()
    for style, weight in WEIGHTS.items():
        font = instancer.instantiateVariableFont(TTFont(io.BytesIO(ours)), {"wght": weight, "wdth": 100})
        font.save(_face(directory, style))


def _face(directory: Path, style: str) -> Path:
    return directory / f"sans-{WEIGHTS[style]}.ttf"


def _of_our_scripts() -> bytes:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[sign for first, last in SCRIPTS for sign in range(first, last + 1)])
    with as_file(files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf") as path:
        font = TTFont(path)
        cutter.subset(font)
        kept = io.BytesIO()
        font.save(kept)
    return kept.getvalue()


_kept: list[tempfile.TemporaryDirectory[str]] = []
"""Removed when the process ends."""


def _kept_directory() -> Path:
    _kept.append(tempfile.TemporaryDirectory(prefix="see1-fonts-"))
    return Path(_kept[-1].name)


if __name__ == "__main__":
    cut(Path(sys.argv[1]))
