from __future__ import annotations

import json
import re
import shutil
import subprocess

import hcl2
import pytest

from migrator.provision.hcl import formatted, in_query, literal

RAGGED = """

resource "a" "b" {
x = 1
   longer = "with = and { and # inside"

      # a comment between
y = [1, 2]
map = {
"k-1" = "v"
longer_key = var.x
}
z = true


block {
a_long_name = merge(var.a, { b = 1 })
s = "${var.p}-{"

}
f = jsonencode({
title = "x"
of = [{
deep = 1
}]
})
}
"""
NEAT = """\
resource "a" "b" {
  x      = 1
  longer = "with = and { and # inside"

  # a comment between
  y = [1, 2]
  map = {
    "k-1"      = "v"
    longer_key = var.x
  }
  z = true

  block {
    a_long_name = merge(var.a, { b = 1 })
    s           = "${var.p}-{"
  }
  f = jsonencode({
    title = "x"
    of = [{
      deep = 1
    }]
  })
}
"""


def test_the_layout_is_canonical_and_stays():
    assert formatted(RAGGED) == NEAT
    assert formatted(NEAT) == NEAT


@pytest.mark.skipif(not shutil.which("terraform"), reason="no terraform on this machine")
def test_terraform_would_change_nothing(tmp_path):
    (tmp_path / "a.tf").write_text(NEAT)
    done = subprocess.run(["terraform", "fmt", "-check", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("text", ['say "so"', "${var.x} %{ if }", "back\\slash", "zwölf", "two\nlines", "# no comment"])
def test_text_is_read_back_as_it_was_and_never_evaluated(text):
    value = hcl2.loads(f"a = {literal(text)}\n")["a"]
    assert not re.search(r"(?<![$%])[$%]\{", value)
    assert json.loads(value.replace("$${", "${").replace("%%{", "%{")) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [(True, "true"), (2.0, "2"), (0.75, "0.75"), (3, "3"), (["a", 1], '["a", 1]'), ("$x", '"$x"'), ("${x}", '"$${x}"')],
)
def test_values(value, written):
    assert literal(value) == written


@pytest.mark.parametrize("text", ["etl", 'a"} or vector(1) #', "a\\", "${var.name}", "%{ if true }", "a\nb", "d\u00e9"])
def test_a_text_in_a_query_stays_one_string_of_it(text):
    """Read back as Terraform reads the template, and then as PromQL reads its string."""
    inside = in_query(text)
    template = inside.replace("$${", "${").replace("%%{", "%{")
    query = re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), template)
    assert query.startswith('"')
    assert query.endswith('"')
    assert re.fullmatch(r'(?:[^"\\\n]|\\.)*', query[1:-1])
    assert re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), query[1:-1]) == text
