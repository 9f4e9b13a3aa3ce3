from __future__ import annotations

import pytest

from migrator.provision.schema import problems

W = "config.workloads_config"
HEAD = 'resource "google_composer_environment" "t" {\n  name = "x"\n  config {\n'


def worker(body: str, part: str = "worker") -> str:
    return f"workloads_config {{\n {part} {{\n {body}\n}}\n}}"


def found(body: str) -> list[str]:
    return [one.partition(": ")[2].partition(": ")[2] for one in problems("m.tf", f"{HEAD}{body}\n  }}\n}}\n")]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('software_config {\n image_version = "i"\n}', []),
        ("node_count = 3", ["there is no field config.node_count"]),
        ("software_config {\n}", ["config.software_config.image_version is missing"]),
        (worker("cpu = 29"), [f"{W}.worker.cpu should be from 0.5 to 28, not 29"]),
        (worker("cpu = var.cpu"), []),
        (worker('cpu = "2"'), [f'{W}.worker.cpu should be a number, not "2"']),
        (
            'resilience_mode = "VERY"',
            ['config.resilience_mode should be one of STANDARD_RESILIENCE HIGH_RESILIENCE, not "VERY"'],
        ),
        ("maintenance_window = {}", ["config.maintenance_window should be a block"]),
        (worker("cpu = 1\ncount = 1", "triggerer"), [f"{W}.triggerer.memory_gb is missing"]),
    ],
)  # fmt: skip
def test_fields_are_checked(body, told):
    assert found(body) == told


def test_a_resource_that_is_not_in_the_table_is_told():
    assert problems("m.tf", 'resource "google_other" "t" {\n}\n') == [
        "m.tf: google_other.t: the field table has no google_other"
    ]


def test_what_is_no_hcl_is_told():
    assert problems("m.tf", "resource {{{\n")[0].startswith("m.tf: ")
