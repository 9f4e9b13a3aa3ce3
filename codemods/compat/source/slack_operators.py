"""The operators of Slack that take a ``token``, as in Airflow 1.10, by the target's ``SlackHook``."""

from __future__ import annotations

import json
from typing import Any

from airflow.exceptions import AirflowException
from airflow.models.baseoperator import BaseOperator
from airflow.providers.slack.hooks.slack import SlackHook
from slack_sdk import WebClient


class SlackAPIOperator(BaseOperator):
    """Call a method of Slack's API; subclasses make its parameters in ``construct_api_call_params``."""

    def __init__(
        self,
        slack_conn_id: str | None = None,
        token: str | None = None,
        method: str | None = None,
        api_params: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if token is None and slack_conn_id is None:
            raise AirflowException("No valid Slack token nor slack_conn_id supplied.")
        if token is not None and slack_conn_id is not None:
            raise AirflowException("Cannot determine Slack credential when both token and slack_conn_id are supplied.")
        self.token = token
        self.slack_conn_id = slack_conn_id
        self.method = method
        self.api_params = api_params

    def construct_api_call_params(self) -> None:
        """Set ``api_params`` from the rendered fields."""

    def execute(self, context: dict[str, Any] | None = None, **kwargs: Any) -> None:  # noqa: ARG002 - as Airflow calls it
        """Call the method; an answer that is not ok is an error."""
        if not self.api_params:
            self.construct_api_call_params()
        parameters: Any = self.api_params
        if self.token is not None:
            WebClient(token=self.token).api_call(self.method, data=dict(parameters))
        else:
            SlackHook(slack_conn_id=self.slack_conn_id).call(self.method, data=dict(parameters))


class SlackAPIPostOperator(SlackAPIOperator):
    """Post a message to a channel."""

    template_fields = ("username", "text", "attachments", "blocks", "channel")
    ui_color = "#FFBA40"

    def __init__(
        self,
        channel: str = "#general",
        username: str = "Airflow",
        text: str = (
            "No message has been set.\nHere is a cat video instead\nhttps://www.youtube.com/watch?v=J---aiyznGQ"
        ),
        icon_url: str = "https://raw.githubusercontent.com/apache/airflow/master/airflow/www/static/pin_100.png",
        attachments: list[dict[str, Any]] | None = None,
        blocks: list[dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.channel = channel
        self.username = username
        self.text = text
        self.icon_url = icon_url
        self.attachments = attachments or []
        self.blocks = blocks or []
        super().__init__(method="chat.postMessage", **kwargs)

    def construct_api_call_params(self) -> None:
        """The message, from the rendered fields."""
        self.api_params = {
            "channel": self.channel,
            "username": self.username,
            "text": self.text,
            "icon_url": self.icon_url,
            "attachments": json.dumps(self.attachments),
            "blocks": json.dumps(self.blocks),
        }
