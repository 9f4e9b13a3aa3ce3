"""Rewrite a template file: text in, text and a report out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codemods.engine.report import Change, Finding, Options, Safety
from codemods.engine.suppress import Suppressions
from codemods.templates.reading import apply, read

CODE = "CM401"
_LEFT = "left, since no operator and no template_searchpath names this file, or other code reads it"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One template after its rewrite: what was changed, and what is left to a person, by lines from 1."""

    text: str
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


def rewrite_template(text: str, options: Options | None = None) -> Rewritten:
    """Rewrite the variables of one template; what Jinja can't read stays as it is, with a finding."""
    chosen = options or Options()
    if not chosen.wants(CODE):
        return Rewritten(text)
    template, quiet = read(text), Suppressions(text)
    if template.trouble is not None:
        line, why = template.trouble
        finding = Finding(line, CODE, f"Jinja can't read this template ({why}): look for old variables by hand")
        return Rewritten(text, findings=() if quiet.cover(CODE, line, line) else (finding,))
    loud = [site for site in template.sites if not quiet.cover(CODE, site.line, site.line)]
    made = [s for s in loud if s.safety is Safety.SAFE or (s.safety is Safety.UNSAFE and chosen.unsafe)]
    changes = {Change(s.line, CODE, s.message, s.safety) for s in made}
    findings = {_finding(site.line, site.message, site.safety) for site in loud if site not in made}
    return Rewritten(apply(text, made), tuple(sorted(changes)), tuple(sorted(findings)))


def left(text: str, options: Options | None = None) -> Rewritten:
    """A template that Airflow is not known to render: as it is, with a finding for each old variable in it."""
    chosen = options or Options()
    would = rewrite_template(text, replace(chosen, unsafe=True))
    changes = {Finding(change.line, CODE, f"{change.message}: {_LEFT}") for change in would.changes}
    findings = {replace(found, message=f"{found.message}: {_LEFT}") for found in would.findings if would.changes}
    return Rewritten(text, findings=tuple(sorted(changes | findings)))


def _finding(line: int, message: str, safety: Safety) -> Finding:
    if safety is Safety.UNSAFE:
        return Finding(line, CODE, f"{message} (review, then use --unsafe)", unsafe=True)
    return Finding(line, CODE, message)
