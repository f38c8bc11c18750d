"""`make messages` brings the catalogues up to the sources and compiles them; `check` is its step of `make lint`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog

from see1.catalogues import checks, files, loose_text, sources


def main(command: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.test")
    found = sources.marked()
    if command == "check":
        lines = list(wrong(found))
        sys.exit("\n".join(lines) or None)
    for language in files.languages():
        left = list(files.untranslated(files.update(language, found)))
        print(f"{language}: {len(found)} messages, {len(left)} to translate in {files.po_path(language)}")


def wrong(found: Catalog) -> Iterator[str]:
    for language in files.languages():
        catalog = files.read(language)
        yield from checks.faults(language, catalog, found)
        if not checks.is_compiled(language, catalog):
            yield f"{language}: the compiled catalogue is not that of the .po; run `make messages`"
    for path in sources.template_files():
        if not path.relative_to(sources.ROOT).as_posix().startswith(sources.ENGLISH_ALONE):
            for text in loose_text.loose_text(path):
                yield f"{path.relative_to(sources.ROOT)}: {text!r} stands outside of the translate tags"


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "update")
