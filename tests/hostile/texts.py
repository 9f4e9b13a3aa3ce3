"""Texts that would be more than text if they were let: each holds the word ``evil`` where it would begin."""

from __future__ import annotations

CANARY = "evil_canary"
"""What a command or a module of the estate would leave if it ran."""

HTML = (
    "<script>window.evil=1</script>",
    "</script><script>window.evil=1</script>",
    "<!--<script>window.evil=1</script>-->",
    "<img src=evil onerror=window.evil=1>",
    '"><svg onload=window.evil=1>',
    "' onmouseover='window.evil=1' evil='",
    "</textarea></title></style></code></pre></td></details><evil-x>",
    "<a href=javascript:window.evil=1>x</a>",
    "javascript:window.evil=1",
    "data:text/html,<script>window.evil=1</script>",
    "&lt;script&gt;window.evil=1&#60;/script&#62;",
    "{{ evil }} {% evil %} ${evil} %{ if evil }",
)
MARKDOWN = (
    "[x](javascript:evil)",
    "](javascript:evil)",
    "![x](http://evil.example/x.png)",
    "<http://evil.example>",
    "http://evil.example www.evil.example",
    "[evil]: http://evil.example\n\n[evil]",
    "a\n\n# evilheading\n\n",
    "x\nevilsetext\n===\n",
    "a\n\n- [ ] evilitem\n\n> evilquote\n\n    evilindent\n",
    "a|evilcell|b",
    "a\\|evilcell|b",
    "a\n\n|evilcell|b|\n|---|---|\n|evilcell|b|\n",
    "```\nevilfence\n```",
    "` ``evil ~~evil~~ **evil** __evil__ *evil* _evil_",
)
TERMINAL = (
    "\x1b[31mevil\x07",
    "\x1b]8;;http://evil.example\x07evil\x1b]8;;\x07",
    "\x9b31mevil \x85evilline",
    "a\r\nevilline\revilline\x0bevilline\x0cevilline\u2028evilline",
    "\x08\x08\x7fevil",
    "\u202eevil\u2066evil\u200bevil\ufeff",
    "\U000e0041evil\U0001d173",
)
NO_UTF8 = ("a\x00evil", "\ud800evil", "x\udce9evil")
"""What PostgreSQL does not hold; code, JSON and MySQL do."""
ELSE = (
    "=evil(1)", "+evil", "-evil", "@evil", "\t=evil", "--help", "-evil --force", "..", "../../../evil", "/etc/evil",
    f"$(touch {CANARY})", f"`touch {CANARY}`", f"'; touch {CANARY}; '", f'"; touch {CANARY}; "',
    f"x\n  touch {CANARY}\n",
    "'''evil\"\"\"\\", "\\", "x\\'\\\"", "EOT\nevil\nEOT", "x'); DROP TABLE evil; --", "__proto__", "constructor",
    "CON", "a/evil", "C:\\evil", "a*evil?", "%s %d {evil} {0}", "[red]evil[/red]", ":evil:", "é" * 120, "x" * 4000,
    "null", "1e999", "true", "~", "*evil", "!!python/object:evil {}", "a: evil", "# evil", "",
)  # fmt: skip
TEXTS = (*HTML, *MARKDOWN, *TERMINAL, *ELSE)
ALL = (*TEXTS, *NO_UTF8)

NAMES = (
    "a b", "a-b", "a-b-2", "A B", "a_b", "Case", "case", "CASE", "é", "ß", "ss", "-", "...", "con", "x" * 250,
    "x" * 249 + "y",
)  # fmt: skip
"""Names that become the same name of a file, differ only in case, or are as long as Airflow lets them be."""
PACKAGES = {
    "requests": "==2.31.0\n-e ./evilpkg",
    "six": " @ file:///srv/evilpkg",
    "evilpkg": " @ {evilpkg}",
    "-e": "./evilpkg",
    "--index-url": "=http://evil.example",
    "evil<script>window.evil=1</script>": "",
    "./evilpkg": "",
    "urllib3": "==1.0 ; sys_platform == '$(touch evil_canary)'",
    "[x](javascript:evil)": "==1",
    "a\x1b[31mevil": "==1\x1b[0m",
    "pandas": "==1.0\r# evil",
}  # fmt: skip
