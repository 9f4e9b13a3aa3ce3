"""Slack's incoming webhooks with ``http_conn_id`` and ``webhook_token``, as in Airflow 1.10, by its HttpHook."""

from __future__ import annotations

import json
from typing import Any

from airflow.exceptions import AirflowException
from airflow.models.baseoperator import BaseOperator
from airflow.providers.http.hooks.http import HttpHook

_OF_HTTP = ("endpoint", "method", "data", "headers", "response_check", "xcom_push", "log_response")
"""What the operator of 1.10 took from SimpleHttpOperator, and did not use."""


class SlackWebhookHook(HttpHook):
    """Post one message; the token is the path below the connection's host, or in its extra as ``webhook_token``."""

    def __init__(
        self,
        http_conn_id: str | None = None,
        webhook_token: str | None = None,
        message: str = "",
        attachments: list[Any] | None = None,
        blocks: list[Any] | None = None,
        channel: str | None = None,
        username: str | None = None,
        icon_emoji: str | None = None,
        icon_url: str | None = None,
        link_names: bool = False,
        proxy: str | None = None,
        extra_options: dict[str, Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, http_conn_id=http_conn_id, **kwargs)
        self.webhook_token = self._get_token(webhook_token, http_conn_id)
        self.message = message
        self.attachments = attachments
        self.blocks = blocks
        self.channel = channel
        self.username = username
        self.icon_emoji = icon_emoji
        self.icon_url = icon_url
        self.link_names = link_names
        self.proxy = proxy
        self.extra_options = extra_options or {}

    def _get_token(self, token: str | None, http_conn_id: str | None) -> str:
        if token:
            return token
        if http_conn_id:
            return str(self.get_connection(http_conn_id).extra_dejson.get("webhook_token", ""))
        raise AirflowException("Cannot get token: No valid Slack webhook token nor conn_id supplied")

    def _build_slack_message(self) -> str:
        """The message as Slack takes it."""
        names = ("channel", "username", "icon_emoji", "icon_url", "attachments", "blocks")
        message = {name: getattr(self, name) for name in names if getattr(self, name)}
        if self.link_names:
            message["link_names"] = 1
        return json.dumps({**message, "text": self.message})

    def execute(self) -> None:
        """Post it."""
        if self.proxy:
            self.extra_options.update({"proxies": {"https": self.proxy}})
        self.run(
            endpoint=self.webhook_token,
            data=self._build_slack_message(),
            headers={"Content-type": "application/json"},
            extra_options=self.extra_options,
        )


class SlackWebhookOperator(BaseOperator):
    """Post one message with ``SlackWebhookHook``."""

    template_fields = (
        "webhook_token",
        "message",
        "attachments",
        "blocks",
        "channel",
        "username",
        "proxy",
        "extra_options",
    )
    ui_color = "#f4a460"

    def __init__(
        self,
        http_conn_id: str | None = None,
        webhook_token: str | None = None,
        message: str = "",
        attachments: list[Any] | None = None,
        blocks: list[Any] | None = None,
        channel: str | None = None,
        username: str | None = None,
        icon_emoji: str | None = None,
        icon_url: str | None = None,
        link_names: bool = False,
        extra_options: dict[str, Any] | None = None,
        proxy: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{name: value for name, value in kwargs.items() if name not in _OF_HTTP})
        self.http_conn_id = http_conn_id
        self.webhook_token = webhook_token
        self.message = message
        self.attachments = attachments
        self.blocks = blocks
        self.channel = channel
        self.username = username
        self.icon_emoji = icon_emoji
        self.icon_url = icon_url
        self.link_names = link_names
        self.extra_options = extra_options
        self.proxy = proxy
        self.hook: SlackWebhookHook | None = None

    def execute(self, context: Any = None) -> None:  # noqa: ARG002 - as Airflow calls it
        """Post the message."""
        self.hook = SlackWebhookHook(
            self.http_conn_id,
            self.webhook_token,
            self.message,
            self.attachments,
            self.blocks,
            self.channel,
            self.username,
            self.icon_emoji,
            self.icon_url,
            self.link_names,
            self.proxy,
            self.extra_options,
        )
        self.hook.execute()
