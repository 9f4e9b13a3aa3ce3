from __future__ import annotations

import pytest

from migrator.assess.resolver import NotResolved
from migrator.provision.design import design, target_of
from migrator.provision.render import files_of
from migrator.workspace.config import Config
from tests.provision.estates import small

IMAGE = "composer-2.15.3-airflow-2.10.5"


def test_secrets_may_lie_in_another_project():
    config = Config.model_validate({"transfer": {"secrets_project": "vault"}})
    files = files_of(design(small(), config, IMAGE, NotResolved("", "")))
    assert '  project = "vault"\n  role    = "roles/secretmanager.secretAccessor"' in files["iam.tf"]
    assert '\\"project_id\\": \\"vault\\"' in files["main.tf"]
    assert '"vault"' not in files_of(design(small(), Config(), IMAGE, NotResolved("", "")))["iam.tf"]


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({}, ("p", "l", "v1-v2")),
        ({"provision": {"name": "new"}}, ("p", "l", "new")),
        ({"target": {"environment": "projects/q/locations/eu/environments/v2"}}, ("q", "eu", "v2")),
    ],
)
def test_how_the_target_is_called(config, named):
    target = target_of(small(), Config.model_validate(config))
    assert (target.project, target.region, target.name) == named
