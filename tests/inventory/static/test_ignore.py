"""Patterns that keep files from Airflow: as each version reads them, in bounded time; what is unknown is said."""

from __future__ import annotations

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.patterns import Reading, readings
from migrator.inventory.static.read import read_dags

DAG = b"from airflow import DAG\ndag = DAG('%s')"
PATHS = ("a.py", "sub/b.py", "sub/deep/c.py", "sub/tests/d.py", "other/tests/e.py", "other/x y.py")


def listed(version="1.10.15", syntax="regexp", paths=PATHS, **ignores):
    """The files that are read, and what is said; ``ignores``: an ignore file by its folder's name, ``top`` for none."""
    files = {f"dags/{path}": DAG % path.encode("utf-8", "surrogateescape") for path in paths}
    for folder, text in ignores.items():
        place = "" if folder == "top" else folder.replace("_", "/") + "/"
        files[f"dags/{place}.airflowignore"] = text.encode() if isinstance(text, str) else text
    defaults = Defaults.of({"core-dag_ignore_file_syntax": syntax}, version)
    found = read_dags(files, files.__getitem__, defaults)
    return [path for path in paths if any(dag.file == path for dag in found.dags)], found.warnings


def left_out(*arguments, **named):
    read, warnings = listed(*arguments, **named)
    assert not warnings
    return [path for path in named.get("paths", PATHS) if path not in read]


@pytest.mark.parametrize("version", ["1.10.15", "2.1.4", "2.3.4", "2.10.5", ""])
@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("tests", ["sub/tests/d.py", "other/tests/e.py"]),
        ("tests/", ["sub/tests/d.py", "other/tests/e.py"]),
        ("sub/.*/c", ["sub/deep/c.py"]),
        ("# tests\n\nb.py  # and why", ["sub/b.py"]),
        ("#tests", []),
        ("tests\r\nb.py\r\n", ["sub/b.py", "sub/tests/d.py", "other/tests/e.py"]),
        ("x y", ["other/x y.py"]),
        ("  ", []),
        (r"\.py$", list(PATHS)),
        ("(?i)TESTS", ["sub/tests/d.py", "other/tests/e.py"]),
        ("(?P<name>deep)", ["sub/deep/c.py"]),
        ("(a+)+$", []),
        ("((a|a)*)*q$", []),
        (" " * 100_000 + "#", []),
    ],
)
def test_expressions_that_all_versions_read_alike(text, out, version):
    assert [path for path in PATHS if path not in listed(version, top=text)[0]] == [
        path for path in PATHS if path in out
    ]


@pytest.mark.parametrize(
    ("version", "out"),
    [("1.10.15", []), ("2.0.2", []), ("2.2.5", []), ("2.3.0", ["a.py"]), ("2.6.2", ["a.py"]), ("2.10.5", ["a.py"])],
)
def test_what_an_expression_is_searched_in_changed_between_versions(version, out):
    assert left_out(version, top="^a") == out


def test_1_10_searches_in_the_whole_path():
    assert left_out("1.10.12", top="^/home/airflow/gcs/dags/sub") == [path for path in PATHS if path.startswith("sub/")]
    assert left_out("1.10.12", top="gcs") == list(PATHS)
    assert left_out("2.4.3", top="gcs") == []


def test_2_0_to_2_2_put_a_point_before_the_files_of_the_top_folder():
    assert left_out("2.2.5", top=r"^\./") == list(PATHS)  # "./sub" is one of them
    assert left_out("2.2.5", sub=r"^sub/b") == ["sub/b.py"]


def test_without_a_version_what_depends_on_it_is_unknown_and_the_files_are_listed():
    read, (warning,) = listed("", top="tests\n^a")
    assert "a.py" in read
    assert "sub/tests/d.py" not in read
    assert warning.startswith(".airflowignore line 2: what the pattern '^a' stands for depends on Airflow's version")
    assert "whether Airflow reads a.py, listed here, is unknown" in warning


def test_patterns_hold_below_their_folder():
    assert left_out(sub="tests") == ["sub/tests/d.py"]
    assert left_out(sub="deep", other="x") == ["sub/deep/c.py", "other/x y.py"]


def test_a_folder_is_not_named_by_its_own_file():
    assert left_out("2.10.5", sub="^sub$") == []
    assert left_out("2.10.5", top="^sub$") == ["sub/b.py", "sub/deep/c.py", "sub/tests/d.py"]


def test_plugins_have_none():
    files = {"plugins/.airflowignore": b".*", "dags/a.py": DAG % b"a"}
    assert len(read_dags(files, files.__getitem__, Defaults()).dags) == 1


UNSUPPORTED = {
    "(?!a)b": "a look ahead",
    "(?<=s)ub": "a look behind",
    r"(a)\1": "a back reference",
    "a{99999999999}": "a huge repetition",
    "((a{1000}){1000}){1000}": "a huge product of repetitions",
    "a(": "an open group",
    "[z-a]": "a range that ends before it begins",
    "*": "nothing to repeat",
    "\\": "half an escape",
    "a++": "a possessive repetition",
    "(?(1)a)": "a condition",
    "x" * 2_000: "a long text",
    "(" * 400 + ")" * 400 + "(": "many groups",
}


@pytest.mark.parametrize("pattern", UNSUPPORTED, ids=UNSUPPORTED.values())
@pytest.mark.parametrize("version", ["1.10.15", "2.2.5", "2.3.4", ""])
def test_a_pattern_that_is_not_supported_is_named_and_its_files_are_listed(pattern, version):
    read, (warning,) = listed(version, sub=f"deep\n{pattern}")
    assert read == ["a.py", "sub/b.py", "sub/tests/d.py", "other/tests/e.py", "other/x y.py"]
    assert warning.startswith("sub/.airflowignore line 2: the pattern ")
    assert "is not supported (" in warning
    assert warning.endswith("whether Airflow reads sub/b.py and sub/tests/d.py, listed here, is unknown")
    assert len(warning) < 400


def test_from_2_6_3_airflow_itself_drops_what_re2_does_not_read():
    assert listed("2.6.3", top="(?!a)b\ntests")[0] == ["a.py", "sub/b.py", "sub/deep/c.py", "other/x y.py"]


@pytest.mark.parametrize("pattern", ["b{,2}", "[[:alpha:]]z", r"\pL", r"\Qb\E", "b(?i)B", "(?U)b", r"\z", "(?<n>b)"])
def test_what_python_and_re2_read_otherwise_is_not_taken_for_the_same(pattern):
    read, (warning,) = listed("1.10.15", top=pattern)
    assert read == list(PATHS)
    assert "whether Airflow reads a.py and 5 other files, listed here, is unknown" in warning
    assert "(Python reads it differently than RE2)" in warning
    assert not listed("2.10.5", top=pattern)[1]


def test_letters_beyond_ascii_are_words_for_python_only():
    paths = ("\u00e9.py", "e.py")
    assert listed("1.10.15", paths=paths, top=r"/\w.py")[0] == ["\u00e9.py"]
    assert listed("2.10.5", paths=paths, top=r"^\w.py")[0] == ["\u00e9.py"]
    assert listed("1.10.15", paths=paths, top=r"/\w.py")[1]
    assert not listed("2.10.5", paths=paths, top=r"^\w.py")[1]


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"a\xff"])
def test_bytes_that_are_no_text_are_named(content):
    read, warnings = listed(top=content)
    assert read == list(PATHS)
    assert all(one.startswith(".airflowignore line 1: ") for one in warnings)
    assert warnings


def test_a_name_that_is_no_text_is_listed():
    read, warnings = listed(paths=("a\udcff.py", "b.py"), top="^a\\w", version="2.10.5")
    assert "b.py" in read
    assert warnings


def test_a_file_of_patterns_that_cannot_be_read():
    def read(path):
        if path.endswith("ignore"):
            raise PermissionError(13, "Permission denied")
        return DAG % b"a"

    found = read_dags(["dags/.airflowignore", "dags/a.py"], read, Defaults())
    assert [dag.dag_id for dag in found.dags] == ["a"]
    assert found.warnings == [
        ".airflowignore: it cannot be read: Permission denied: whether Airflow reads a.py, listed here, is unknown"
    ]


def test_patterns_together_take_bounded_time_and_memory():
    hard = "(x+x+)+y" + "(a|b|ab)*" * 20
    text = "\n".join(f"{hard}{number}{{0,900}}$" for number in range(520))
    paths = tuple(f"{'x' * 200}/{number}.py" for number in range(50))
    read, warnings = listed(paths=paths, top=text)
    assert read == list(paths)
    assert any("more patterns than are looked at" in one for one in warnings)


def globs(*arguments, **named):
    return left_out("2.10.5", "glob", *arguments, **named)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("tests", ["sub/tests/d.py", "other/tests/e.py"]),
        ("tests/", ["sub/tests/d.py", "other/tests/e.py"]),
        ("/tests", []),
        ("*.py", list(PATHS)),
        ("/*.py", ["a.py"]),
        ("sub/*.py", ["sub/b.py"]),
        ("sub/**/c.py", ["sub/deep/c.py"]),
        ("*.py\n!b.py", [path for path in PATHS if path != "sub/b.py"]),
        ("sub\n!b.py", ["sub/b.py", "sub/deep/c.py", "sub/tests/d.py"]),
        ("[a-c].py", ["a.py", "sub/b.py", "sub/deep/c.py"]),
        ("[!a].py", ["sub/b.py", "sub/deep/c.py", "sub/tests/d.py", "other/tests/e.py"]),
        ("/", []),
        ("x ?.py", ["other/x y.py"]),
        ("(a+)+$", []),
        ("*a*a*a*a*a*a*a*a*a*a*a*a*a*b", []),
    ],
)
def test_globs_are_those_of_git(text, out):
    assert globs(top=text) == out


def test_globs_of_a_folder_are_relative_to_it():
    assert globs(sub="/b.py\ndeep/c.py\ne.py") == ["sub/b.py", "sub/deep/c.py"]


def test_the_globs_of_an_inner_folder_come_last_whatever_its_name():
    paths = ("+a/b/c.py", "+a/+b/c.py")
    read, _ = listed("2.10.5", "glob", paths=paths, **{"+a": "c.py", "+a_+b": "!c.py"})
    assert read == ["+a/+b/c.py"]


def test_globs_are_expressions_before_2_3():
    assert left_out("2.2.5", "glob", top="s.b") == ["sub/b.py", "sub/deep/c.py", "sub/tests/d.py"]


@pytest.mark.parametrize("text", ["!", "\\", "a[", " a"])
def test_a_glob_that_is_none_is_named(text):
    read, (warning,) = listed("2.10.5", "glob", top=text)
    assert read == list(PATHS)
    assert warning.startswith(".airflowignore line 1: the pattern ")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.10.15", (Reading.ABSOLUTE,)),
        ("2.0.0", (Reading.DOTTED,)),
        ("2.6.2", (Reading.RELATIVE,)),
        ("2.6.3", (Reading.RE2,)),
        ("2.11.0", (Reading.RE2,)),
        ("", tuple(Reading)),
        ("latest", tuple(Reading)),
        ("2.\u00b2", tuple(Reading)),
    ],
)
def test_versions(version, expected):
    assert readings(version) == expected


def test_archives_too():
    files = {"dags/.airflowignore": b"old", "dags/old.zip": b"PK", "dags/new.zip": b"PK"}
    assert [one.file for one in read_dags(files, files.__getitem__, Defaults()).unlisted] == ["new.zip"]
