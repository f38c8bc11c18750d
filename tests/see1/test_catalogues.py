"""The catalogues are whole, and what watches them sees what is wrong."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from see1.catalogues import checks, files
from see1.catalogues.loose_text import loose_text


def test_every_language_is_compiled() -> None:
    assert files.languages() == ["fr", "it"]
    assert all(checks.is_compiled(language, files.read(language)) for language in files.languages())


PLACEHOLDERS = re.compile(r"%\(\w+\)\w|\{\w*\}|</?\w+>")


def test_no_language_borrows_the_sentences_of_another() -> None:
    """Two words that are the same in French and Italian were copied; places and formats have a context."""
    french, italian = ({_key(each): each.string for each in files.read(language)} for language in ("fr", "it"))
    same = [string for key, string in italian.items() if not key[0] and french[key] == string]
    assert [each for each in same if len(re.findall(r"[^\W\d_]{2,}", PLACEHOLDERS.sub(" ", str(each)))) > 1] == []


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, str(message.id)


HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def catalog(text: str) -> Catalog:
    return read_po(io.BytesIO(f"{HEADER}{text}".encode()), locale="it")


FOUND = catalog('msgid "Open %(reference)s"\nmsgstr ""\n')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not in the catalogue"),
        ('msgid "Open %(reference)s"\nmsgstr ""\n', "is not translated"),
        ('#, fuzzy\nmsgid "Open %(reference)s"\nmsgstr "Apri %(reference)s"\n', "is not translated"),
        ('msgid "Open %(reference)s"\nmsgstr "Apri %(riferimento)s"\n', "has other placeholders"),
        ('msgid "Open %(reference)s"\nmsgstr "Apri"\n', "has other placeholders"),
        (
            'msgid "Open %(reference)s"\nmsgstr "Apri %(reference)s"\n\nmsgid "X"\nmsgstr "Y"\n',
            "no longer in the sources",
        ),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_seen(text: str, said: str) -> None:
    assert any(said in fault for fault in checks.faults("it", catalog(text), FOUND))


def test_a_form_for_one_may_leave_the_number_out_and_says_nothing_new() -> None:
    source = 'msgid "%(count)d day"\nmsgid_plural "%(count)d days"\n'
    whole = catalog(f'{source}msgstr[0] "un giorno"\nmsgstr[1] "%(count)d giorni"\n')
    strange = catalog(f'{source}msgstr[0] "un giorno"\nmsgstr[1] "%(numero)d giorni"\n')
    assert list(checks.faults("it", whole, whole)) == []
    assert len(list(checks.faults("it", strange, strange))) == 1


@pytest.mark.parametrize(
    ("template", "loose"),
    [
        ('<p>{% translate "Hold" %}</p>', []),
        ("<p>{% blocktranslate %}Held by {{ name }}{% endblocktranslate %} · {{ reference }} GMT</p>", []),
        ('<p>{% if held %}Held{% endif %} {% translate "by us" %}</p>', ["Held"]),
        ('<a aria-label="Next page" href="/x">›</a>', ["aria-label: Next page"]),
        ('<input type="submit" value="Send">', ["value: Send"]),
        ("<code>starts_at</code><style>p { color: red }</style>", []),
    ],
)
def test_text_outside_of_the_translate_tags_is_seen(tmp_path: Path, template: str, loose: list[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(template)
    assert loose_text(path) == loose


def test_what_is_compiled_is_what_stands_in_the_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LOCALE", tmp_path)
    found = Catalog(charset="utf-8")
    found.add("Hold")
    files.po_path("it").parent.mkdir(parents=True)
    files.po_path("it").write_text(f'{HEADER}msgid "Hold"\nmsgstr "Opzione"\n')
    assert not checks.is_compiled("it", files.read("it"))
    files.update("it", found)
    assert checks.is_compiled("it", files.read("it"))
    files.po_path("it").write_text(files.po_path("it").read_text().replace("Opzione", "Tenuta"))
    assert not checks.is_compiled("it", files.read("it"))
