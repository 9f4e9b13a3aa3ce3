"""Every form in which people write secrets, made anew for each place where it is planted."""

from __future__ import annotations

import string
from itertools import count

from tests.scrub.forms import Parts, forms
from tests.scrub.wraps import WRAPS

numbers = count(1)


def planted() -> list[str]:
    """One text of each form, with values of their own: where one is seen, its number tells where it was planted."""
    return [text for text, _ in forms(_parts(next(numbers))).values()]


def wrapped() -> list[str]:
    """The same, each hidden in another text as well."""
    ways = list(WRAPS.values())
    return [ways[number % len(ways)](text) for number, text in enumerate(planted())]


def _parts(number: int) -> Parts:
    whole = Parts()
    code = _letters(number)
    return Parts(
        word=f"{whole.word}{number}",
        pem=f"{whole.pem[:10]}{code}{whole.pem[16:]}",
        mixed=f"{whole.mixed[:9]}{code}{whole.mixed[15:]}",
        hex=f"{whole.hex[:8]}{number:06x}{whole.hex[14:]}",
    )


def _letters(number: int) -> str:
    """Six signs that change as random ones do, and stand for the number."""
    signs = []
    for alphabet in (string.ascii_lowercase, string.digits, string.ascii_uppercase) * 2:
        number, one = divmod(number, len(alphabet))
        signs.append(alphabet[one])
    return "".join(signs)
