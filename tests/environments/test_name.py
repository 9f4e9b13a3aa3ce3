"""Full names of environments."""

from __future__ import annotations

import pytest

from migrator.environments.endpoint import COMPOSER, Endpoint
from migrator.environments.name import EnvironmentName


def test_a_name_is_taken_apart_and_put_together():
    text = "projects/acme/locations/europe-west1/environments/old"
    name = EnvironmentName.parse(text)
    assert str(name) == text
    assert name.flags == ("old", "--project", "acme", "--location", "europe-west1")


@pytest.mark.parametrize(
    "text", ["", "old", "projects/p/locations/l/environments/", "projects/p/locations/l/environments/e/x"]
)
def test_others_are_refused(text):
    with pytest.raises(ValueError, match="projects/PROJECT/locations"):
        EnvironmentName.parse(text)


def test_only_a_plain_http_endpoint_is_asked_without_a_login():
    assert type(Endpoint("http://127.0.0.1:1").credentials()).__name__ == "AnonymousCredentials"
    assert COMPOSER.credentials() is None
    assert COMPOSER.host == "composer.googleapis.com"
