"""The two notations of CCSDS navigation messages (502.0-B), read into one shape.

A message is a list of blocks, one per segment; a block is a list of `(KEYWORD, value)` in the order of the
file. XML gives its leaf elements, KVN its `KEY = value` lines; a KVN line without `=` (a state vector) comes
as `("", line)`. Attributes and units are dropped, for the standard fixes the units, and covariances, for
nothing here uses them. Document types are refused, which closes every way in which XML expands or reaches
out.
"""

from xml.parsers import expat

Block = list[tuple[str, str]]

SECTION_WORDS = frozenset({"META_START", "META_STOP", "COVARIANCE_START", "COVARIANCE_STOP"})
SKIPPED_ELEMENT = "covarianceMatrix"


class MalformedError(ValueError):
    """The text is not in the notation that it claims; the message says where."""


def looks_like_xml(text: str) -> bool:
    """Whether the first character that is not blank opens a tag."""
    return text.lstrip()[:1] == "<"


def xml_blocks(text: str) -> list[Block]:
    """One block per `<segment>`; MalformedError for XML that is broken, cut short or has a document type."""
    reader = _XmlReader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as problem:
        raise MalformedError(f"the XML is broken or cut short at line {problem.lineno}") from problem
    return reader.blocks


class _XmlReader:
    """Collects leaf elements by segment while expat walks the document."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._is_leaf = False
        self._is_skipping = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "segment":
            self.blocks.append([])
        self._is_skipping |= name == SKIPPED_ELEMENT
        self._pieces.clear()
        self._is_leaf = True

    def characters(self, data: str) -> None:
        self._pieces.append(data)

    def end(self, name: str) -> None:
        if self._is_leaf and self.blocks and not self._is_skipping:
            self.blocks[-1].append((name, "".join(self._pieces).strip()))
        self._is_leaf = False
        self._is_skipping &= name != SKIPPED_ELEMENT

    def doctype(self, *_declaration: object) -> None:
        raise MalformedError("the XML declares a document type, which is refused")


def kvn_blocks(text: str, opens: str) -> list[Block]:
    """One block per occurrence of the keyword `opens`; what stands before the first belongs to none."""
    blocks: list[Block] = []
    is_skipping = False
    for line in text.splitlines():
        keyword, value = _kvn_line(line.strip())
        if keyword == opens:
            blocks.append([])
        is_skipping = keyword == "COVARIANCE_START" or (is_skipping and keyword != "COVARIANCE_STOP")
        if blocks and not is_skipping and (keyword or value):
            blocks[-1].append((keyword, value))
    return blocks


def _kvn_line(line: str) -> tuple[str, str]:
    if line.startswith("COMMENT"):
        return "COMMENT", line[len("COMMENT") :]
    if line in SECTION_WORDS:
        return line, ""
    keyword, equals, value = line.partition("=")
    return (keyword.strip(), _without_unit(value)) if equals else ("", line)


def _without_unit(value: str) -> str:
    """`7000.0 [km]` → `7000.0`."""
    return value.partition("[")[0].strip()
