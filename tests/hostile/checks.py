"""What is more than text in what a command left: on a terminal, in HTML, in Markdown, and in formats of machines."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import unicodedata
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import jsonschema
from markdown_it import MarkdownIt
from prometheus_client.openmetrics import parser as openmetrics

from tests.report.test_sarif import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

_DIRECTIONS = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
_LINE = re.compile(r"^\s*evil(line|heading|item|quote|fence)", re.MULTILINE)
_SCHEME = re.compile(r"\s*(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NEVER = frozenset({"img", "iframe", "object", "embed", "base", "frame", "audio", "video"})
_ICON = ("link", "href", "data:,")
"""Our own page has no icon, so that no browser asks for one."""
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "data", "srcdoc", "poster"})
_STYLE = re.compile(r"[a-z-]+:[\d.]+%?;?")
READER = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"]).disable("text_join")
READER.validateLink = lambda _: True  # type: ignore[method-assign]  # other readers make links of any address


def steering(text: str) -> list[str]:
    """The characters that steer a terminal, turn its direction, or are none that UTF-8 has."""
    return sorted(
        {
            f"U+{ord(sign):04X}"
            for sign in set(text.replace("\r\n", "\n")) - {"\n", "\t"}
            if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(sign) in _DIRECTIONS
        }
    )


def on_terminal(text: str) -> Iterator[str]:
    """What is wrong with a stream that a person reads."""
    if found := steering(text):
        yield f"steers the terminal: {found}"
    for one in _LINE.finditer(text):
        yield f"a line of the estate's own: {text[max(0, one.start() - 60) : one.end()]!r}"


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        kind = named.get("type", "")
        self.script = tag == "script" and kind != "application/json"
        if tag in _NEVER or not re.fullmatch("[a-z][a-z0-9]*", tag) or "refresh" in named.get("http-equiv", ""):
            self.found.append(f"element {tag} {named}")
        for name, value in named.items():
            address = name in _ADDRESSES and (_SCHEME.match(value) or "evil.example" in value)
            style = name == "style" and not _STYLE.fullmatch(value)
            if "evil" in name or name.startswith("on") or style or (address and (tag, name, value) != _ICON):
                self.found.append(f"attribute {tag} {name}={value!r}")

    def handle_data(self, data: str) -> None:
        if self.script and "evil" in data:
            self.found.append(f"script {data[:200]!r}")

    def handle_endtag(self, tag: str) -> None:
        self.script = False

    def handle_comment(self, data: str) -> None:
        if "evil" in data:
            self.found.append(f"comment {data[:100]!r}")


def in_html(text: str) -> list[str]:
    """The elements, attributes and scripts of the page that the estate brought."""
    reader = _Html()
    reader.feed(text)
    reader.close()
    return reader.found


def in_markdown(text: str) -> Iterator[str]:
    """The headings, links, rows, fences and emphases of the page that the estate brought."""
    if found := steering(text):
        yield f"hides characters: {found}"
    tokens = READER.parse(text)
    for number, token in enumerate(tokens):
        if token.type == "html_block":
            yield from in_html(token.content)
        if token.type == "heading_open" and token.markup in {"=", "-"}:
            yield f"heading {tokens[number + 1].content!r}"
        if token.type in {"fence", "code_block"} and token.content.startswith("evil"):
            yield f"{token.type} {token.content[:80]!r}"
        if token.type == "inline":
            if token.content.startswith("evil"):
                yield f"{tokens[number - 1].type} {token.content[:80]!r}"
            yield from _inline(token.children or [])


def _inline(children: list[Token]) -> Iterator[str]:
    for number, one in enumerate(children):
        after = children[number + 1].content if number + 1 < len(children) else ""
        address = str(one.attrs.get("href") or one.attrs.get("src") or "")
        if one.type == "html_inline":
            yield from in_html(one.content)
        if one.type == "image" or (address and (_SCHEME.match(address) or "evil.example" in address)):
            yield f"{one.type} {address}"
        if one.type in {"strong_open", "em_open", "s_open"} and after.startswith("evil"):
            yield f"{one.type} {after!r}"
        if one.type == "text" and re.search(r"(https?://|www\.)evil", one.content):
            yield f"an address that becomes a link: {one.content!r}"


def in_csv(text: str) -> Iterator[str]:
    """The cells that a spreadsheet would compute."""
    head = re.compile(r"\A(# .*\n)*")  # a form says on its first lines how it is filled in
    rows = list(csv.reader(io.StringIO(head.sub("", text))))
    if len({len(row) for row in rows}) > 1:
        yield "rows of different lengths"
    yield from (f"a formula: {cell[:60]!r}" for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r")))


def in_json(text: str) -> Iterator[str]:
    """What keeps a strict reader from it."""
    try:
        text.encode()
        json.loads(text, parse_constant=_constant)
    except ValueError as error:
        yield f"is no JSON: {error}"


def _constant(name: str) -> None:
    raise ValueError(name)


def in_sarif(text: str) -> Iterator[str]:
    """What the official schema does not take."""
    if broken := list(in_json(text)):
        yield from broken
        return
    for error in jsonschema.Draft7Validator(schema()).iter_errors(json.loads(text)):
        yield f"is no SARIF: {error.message[:200]}"


def in_openmetrics(text: str) -> Iterator[str]:
    """What keeps Prometheus from it."""
    try:
        list(openmetrics.text_string_to_metric_families(text))
    except ValueError as error:
        yield f"is no OpenMetrics: {error}"


def in_python(text: str) -> Iterator[str]:
    """What keeps Python from it."""
    try:
        compile(text, "x.py", "exec")
    except (SyntaxError, ValueError) as error:
        yield f"is no Python: {error}"


def in_toml(text: str) -> Iterator[str]:
    """What keeps a reader of TOML from it."""
    try:
        tomllib.loads(text)
    except ValueError as error:
        yield f"is no TOML: {error}"


BY_ENDING = {
    ".md": in_markdown, ".html": in_html, ".csv": in_csv, ".json": in_json, ".prom": in_openmetrics, ".py": in_python,
    ".toml": in_toml, ".sarif": in_sarif,
}  # fmt: skip


def in_file(path: Path) -> list[str]:
    """What is wrong with a file that a command wrote."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return [f"is no UTF-8: {error}"]
    return list(BY_ENDING.get(path.suffix, on_terminal)(text))
