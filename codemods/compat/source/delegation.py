"""``delegate_to`` of Airflow 1.10: a hook of the target that acts for a user of the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from airflow.providers.google.common.hooks.base_google import GoogleBaseHook

Hook = TypeVar("Hook", bound="GoogleBaseHook")


def acting_for(hook: Hook, user: str | None) -> Hook:
    """The hook, with the credentials of 1.10's ``delegate_to`` where one is given."""
    if user:
        credentials, _ = hook.get_credentials_and_project_id()
        hook._cached_credentials = credentials.with_subject(user)  # noqa: SLF001 - the hook has no argument for it
    return hook
