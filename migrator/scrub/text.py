"""The one scrubber: free text that Airflow or a user wrote, without what is secret in it.

Our own patterns: detect-secrets 1.5 finds the tokens of issuers, and no password in a url with ``/`` in it, no query
parameter, no header, no escaped JSON; and it gives values, where a replacement needs their places. Each pattern takes
time that is linear in the text, because the text is a stranger's.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from migrator.scrub.names import is_exception, speaks_of_a_secret
from migrator.scrub.tokens import issued
from migrator.scrub.wrapped import REDACTED, look_inside

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = 3
"""How often a text may be encoded, one way or another, and is still looked into."""
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----"
    r"(?:[^-]|-(?!----END))*+(?:-----END [A-Z0-9 ]{0,60}-----)?"
)
_AFTER_SCHEME = re.compile(r"(?i)(?:(?<=://)|(?<=2f%2f))[^\s\"'<>]+")
_PASSWORD_AT_HOST = re.compile(
    r"(?<![^\s\"'(=:,;])(?!(?:serviceAccount|mailto|group|principal):)"
    r"[\w.+-]{1,64}[:/](?!/)[^\s\"'@]{1,200}@(?=[\w(/\[])"
)
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,40}(?:key|token|auth))"
    r"(\\*[\"']?\s{0,9}[:=]\s{0,9}\\*[\"']?)[^\r\n\"']+"
)
_BEARER = re.compile(
    r"(?i)\b(bearer|basic|apikey|digest|negotiate)(\s+)(?=[a-z]{0,200}[\d=+/_.-])[A-Za-z0-9._~+/=-]{6,}"
)
_SQL = re.compile(r"(?i)\b(identified\s+(?:with\s+\S+\s+)?by|password)(\s+)('[^']*'|\"[^\"]*\")")
_OPTION = re.compile(r"(?<!\S)(--?[A-Za-z][\w-]{0,60})(\s+)(\"[^\"]*\"|'[^']*'|[^\s-]\S*)")
_LOGIN_OPTION = re.compile(r"(?<!\S)(-u|--user|--proxy-user)(\s*)([^\s:]{1,100}:\S+)")
_IN_WORDS = re.compile(
    r"(?i)\b(password|passwd|passphrase|passcode|secret|token|api key)(\s+(?:is|was)\s+)"
    r"(?:\"[^\"]*\"|'[^']*'|\S+)"
)
_NETRC = re.compile(r"(?i)\b(login\s+\S+\s+(?:account\s+\S+\s+)?password)(\s+)\S+")
_PGPASS = re.compile(r"(?<![\w.:/-])([\w.*-]{1,100}:(?:\d{2,5}|\*):[^:\s]{1,100}:[^:\s]{1,100})(:)\S+")
_ELEMENT = re.compile(r"<([\w:.-]{1,60})((?:\s[^<>]{0,200})?>)([^<]*)(?=</)")
_NAME = re.compile(r"(?<![\w.-])([\w.-]++)\]?\\*[\"']?\]?\s{0,9}(?:=>|:=|==?|:)\s{0,9}[bru]{0,2}(?=[^\s])")
_VALUE = re.compile(r"(?P<open>\\*[\"'])(?:.*?(?<!\\)(?P=open)|.*)|\{[^}\n]*\}|[^\s&;\"'<>]+", re.DOTALL)
_RANDOM = re.compile(r"(?<![A-Za-z0-9+_=-])[A-Za-z0-9+_=-]{20,}")
_HARMLESS = re.compile(r"(?i)[\"'\\]*(?:|true|false|none|null|\*+|\(redacted\)|\(sealed\)|x{3,}|<\w+>)[\"'\\,)}\]]*")
_ORDINARY = re.compile(r"[\"'\\]*[A-Za-z_.]*[\"'\\,.)}\]]*")
_WEAK = frozenset(
    {"key", "keys", "private", "auth", "login", "seed", "cert", "pin", "primary_key", "foreign_key", "partition_key",
     "sort_key", "cluster_key", "unique_key", "conn_id_key", "task_instance_key"}
)  # fmt: skip
"""Names that stand before a secret and before any word: an ordinary word behind one of them stays."""


def scrub(text: str) -> str:
    """The text with ``(redacted)`` for each secret in it; without one it is the same."""
    return _scrub(text, LAYERS)


def _scrub(text: str, layers: int) -> str:
    if len(text) < 4:
        return text
    if layers:
        text = look_inside(text, partial(_scrub, layers=layers - 1))
    text = _PRIVATE_KEY.sub(REDACTED, text)
    text = issued().sub(REDACTED, text)
    text = _AFTER_SCHEME.sub(_without_login, text)
    text = _PASSWORD_AT_HOST.sub(f"{REDACTED}@", text)
    for pattern in (_HEADER, _BEARER, _SQL, _IN_WORDS, _NETRC, _PGPASS, _LOGIN_OPTION):
        text = pattern.sub(rf"\1\2{REDACTED}", text)
    text = _OPTION.sub(_option, text)
    text = _ELEMENT.sub(_element, text)
    return _RANDOM.sub(_random, _pairs(text))


def holds_a_secret(text: str) -> bool:
    """Whether the scrubber would take something out."""
    return scrub(text) != text


def scrubbed(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON with every text in it scrubbed; its names stay."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {name: scrubbed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(scrubbed(one) for one in value)
    return value


def _without_login(found: re.Match[str]) -> str:
    """What follows a scheme without all before its last ``@``, since a password may hold ``/`` and ``@``."""
    for at in ("@", "%40"):
        before, sign, host = found[0].rpartition(at)
        if sign and before != REDACTED:
            return f"{REDACTED}{sign}{host}"
    return found[0]


def _pairs(text: str) -> str:
    """``name=value``, ``"name": "value"`` and their kin; a value that is another pair is looked into."""
    at, kept = 0, []
    while name := _NAME.search(text, at):
        end = name.end()
        kept.append(text[at:end])
        at = end
        value = _VALUE.match(text, end) if _names_a_secret(name[1]) else None
        if value and _is_secret(name[1], value[0]):
            quote = value["open"] or ""
            kept.append(f"{quote}{REDACTED}{quote}")
            at = value.end()
    return "".join([*kept, text[at:]])


def _names_a_secret(name: str) -> bool:
    return speaks_of_a_secret(name) and not is_exception(name)


def _is_secret(name: str, value: str) -> bool:
    if _HARMLESS.fullmatch(value):
        return False
    return name.lower().strip("-.") not in _WEAK or not _ORDINARY.fullmatch(value)


def _option(found: re.Match[str]) -> str:
    secret = speaks_of_a_secret(found[1]) and not _HARMLESS.fullmatch(found[3])
    return f"{found[1]}{found[2]}{REDACTED}" if secret else found[0]


def _element(found: re.Match[str]) -> str:
    secret = found[3].strip() and speaks_of_a_secret(found[1])
    return f"<{found[1]}{found[2]}{REDACTED}" if secret else found[0]


def _random(found: re.Match[str]) -> str:
    return REDACTED if _is_random(found[0]) else found[0]


def _is_random(text: str) -> bool:
    """Whether letters and digits change as often as in a random text; words and dates do not."""
    kinds = [_kind(sign) for sign in text if sign.isalnum()]
    if len(kinds) < 20 or kinds.count("digit") < 2:
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    if set(text) <= set("0123456789abcdef"):
        return len(text) >= 32 and changes / len(kinds) > 0.25
    return len(set(kinds)) == 3 and changes / len(kinds) > 0.4


_KINDS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (str.isdigit, "digit"), (str.isupper, "upper"), (str.islower, "lower")
)  # fmt: skip


def _kind(sign: str) -> str:
    return next((name for fits, name in _KINDS if fits(sign)), "other")
