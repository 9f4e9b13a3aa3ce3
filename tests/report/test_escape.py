"""What is filled into a Markdown page stays text, as a real reader of Markdown sees it."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from codemods.profiles import load
from migrator.assess.estate import Estate
from migrator.assess.registry import all_checks
from migrator.assess.run import Settings, assess
from migrator.plan.options import PlanOptions
from migrator.plan.planner import plan
from migrator.provision.docs.form import Form
from migrator.provision.docs.pages import pages
from migrator.report.assess.markdown import as_markdown as assessed
from migrator.report.escape import escaped, link
from migrator.report.plan.markdown import as_markdown as planned
from migrator.report.rewrite.markdown import as_markdown as rewritten
from migrator.report.rewrite.model import Report
from migrator.report.site.model import Site
from migrator.report.templates import environment, folder
from migrator.rewrite.tree import rewrite_tree
from migrator.workspace.config import PoliciesSection
from tests.assess.planted import TODAY, inventory, sources
from tests.report.hostile import TEXTS

READER = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"])
PAGE = """# a {{ v }} b

# {{ v }}

{{ v }}

before
{{ v }}
after

- [ ] {{ v }}
- {{ code(v) }} {{ v }}
- {{ v }} {{ v }}

| {{ v }} | {{ code(v) }} |
|---|---|
| {{ v }} | {{ code(v) }} |
| [{{ v }}](owners/a.md) | {{ link(v, "http://ours/") }} |

**Fix:** {{ v }} ({{ v }}). {{ code(v) }}: {{ v }}

{{ fenced(v, "diff") }}

the end
"""
SIGNS = "<>[]()`|\\#-+*_~&;:!=.1 \n\r\tax\"'/"
HOSTILE = st.one_of(st.sampled_from(TEXTS), st.text(st.sampled_from(SIGNS), max_size=12))


def skeleton(page: str) -> list[tuple[str, str]]:
    """Every element of the page; a code span is text."""
    tokens = READER.parse(page)
    inner = [child for token in tokens for child in token.children or ()]
    return [(one.type, one.tag) for one in tokens] + [
        (one.type, one.tag) for one in inner if one.type not in {"text", "code_inline", "text_special"}
    ]


def filled(value: str) -> str:
    made = environment("md")
    made.loader = jinja2.DictLoader({"page.md.j2": PAGE})
    return made.get_template("page.md.j2").render(v=value)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_hostile_value_adds_no_element(text):
    assert skeleton(filled(f"{text}x")) == skeleton(filled("harmless"))
    assert skeleton(filled(f"x{text}")) == skeleton(filled("harmless"))
    if text.strip():
        assert skeleton(filled(text)) == skeleton(filled("harmless"))


@given(HOSTILE, HOSTILE)
def test_neither_do_others(one, two):
    assert skeleton(filled(f"{one}{two}x")) == skeleton(filled("harmless"))


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_is_no_element(text):
    kinds = {kind for kind, _ in skeleton(filled(text))}
    assert kinds <= {kind for kind, _ in skeleton(filled("harmless"))}


@given(HOSTILE)
def test_it_reads_as_it_was(text):
    line = " ".join(text.split())
    html = READER.render(f"a{escaped(f'x{line}x')}")
    assert not set("<>") & set(html.removeprefix("<p>").removesuffix("</p>\n"))


def test_no_link_to_a_script():
    for url in ("javascript:alert(1)", "JavaScript:x", "data:text/html,x", "//e", "vbscript:x", " javascript:x", ""):
        assert "](" not in link("x", url)
    assert link("a]b", "https://h/a b)(c|d>") == r"[a\]b](https://h/a%20b%29%28c%7Cd%3E)"


def test_marked_text_that_is_joined_is_escaped_again():
    made = environment("md")
    made.loader = jinja2.DictLoader({"page.md.j2": "{{ code('a') ~ v }}{{ [code('a'), v] | join }}"})
    assert made.get_template("page.md.j2").render(v="<b>") == 2 * r"\`a\`\<b\>"


def test_every_markdown_template_is_known_by_its_name():
    names = [path.name for path in folder().rglob("*.md.j2")]
    assert len(names) > 20
    assert not [path for path in folder().rglob("*.md*") if path.name not in names]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    root = tmp_path_factory.mktemp("dags")
    for name, text in list(sources().items())[:8]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    found = inventory()
    names = {dag.file: text for dag in found.dags if (text := sources().get(dag.file))}
    assessment = assess(Estate(found, names, load()), all_checks(), Settings(TODAY))
    result = rewrite_tree(root, root / "out", dry_run=True, jobs=1)
    return Site(found, assessment, Report(result, load().name), plan(found, {}, PlanOptions("v1", "v2", "f")))


def with_names(value: Any, change: Any) -> Any:
    """The same value with another text for each text in it."""
    if isinstance(value, str):
        return type(value)(change(value)) if type(value) is str else value
    if isinstance(value, tuple | list | frozenset):
        return type(value)(with_names(one, change) for one in value)
    if isinstance(value, dict):
        return {with_names(key, change): with_names(one, change) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: with_names(getattr(value, f.name), change) for f in fields(value) if f.init})
    return value


def all_pages(site: Site) -> dict[str, str]:
    house = PoliciesSection(contact="planted_000")
    docs = pages(site, house, Form.MARKDOWN)
    assert site.plan
    known = {dag.dag_id: "0 1 * * *" for dag in site.inventory.dags}
    return {
        "docs": "\n\n".join(docs[name] for name in sorted(docs)),
        "plan": planned(site.plan, known),
        "assess": assessed(site.assessment),
        "rewrite": rewritten(site.rewrite),
    }


EVERYTHING = "\n\n# h\n\n<script>x</script>[x](javascript:y)|`` http://e.f **b**\n- [ ] z"


@pytest.mark.parametrize("text", [EVERYTHING, "1. -\\|`"])
def test_whole_pages_have_the_elements_of_harmless_ones(site, text):
    """The hostile estate is the harmless one with something in the middle of its names and messages."""
    harmless = all_pages(with_names(site, lambda one: one.replace("planted_0", "planted_x0")))
    hostile = all_pages(with_names(site, lambda one: one.replace("planted_0", f"planted_{text}0")))
    for name, page in hostile.items():
        assert Counter(skeleton(page)) == Counter(skeleton(harmless[name])), name
