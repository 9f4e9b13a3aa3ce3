"""Names and texts that would be Markdown, HTML, a formula, a command or a steering of the terminal if they were let."""

from __future__ import annotations

# ruff: noqa: E501
TEXTS = (
    "<script>alert(1)</script>", "<!-- x", "<img src=x onerror=alert(1)>", "</code></summary></details><b>",
    "[x](javascript:alert(1))", "![x](http://evil/x.png)", "](javascript:alert(1))", "<javascript:alert(1)>", "[x]: http://e",
    "http://evil.example/x", "www.evil.example", "<http://evil.example>", "&lt;script&gt; &#60;b&#62;", "a|b|c", "a\\|b", "\\", "a\\",
    "`", "``` `", "```\n# x\n```", "a`b``c", "~~x~~ **b** __i__ *x* _y_", "$x^2$", "# heading", "- item", "+ item", "* item",
    "1. item", "1) item", "===", "---", "> quote", "    code", "\tcode", "a\n\n# heading\n\n- [ ] todo", "a\r\n\r\n# h", "a\r\r# h",
    "a\u2028# h", "a\x0b\x0c# h", "x\n===", "x\n|---|\n", "", " ", "\n", "=1+1", "@x", "$(touch x)", "`touch x`", "'; touch x; '",
    "${var.x}", "%{ if true }", '"', "a\x1b[31mb", "\u202eevil", "\ud800", "a\x00b", "x" * 300,
)  # fmt: skip
