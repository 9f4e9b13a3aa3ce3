"""A workspace folder beside a real bucket, and the deploys between them."""

from __future__ import annotations

from migrator.plan.files import folder_md5s
from migrator.transfer.deploy import Deployment, prepare, upload
from migrator.transfer.seen import by_rest
from migrator.transfer.select import DAGS, local_files, select
from tests.transfer.targets import NOW, ScriptedRest, environment, inventory


class Site:
    """A workspace folder beside a bucket."""

    def __init__(self, folder, bucket):
        self.folder, self.bucket = folder, bucket
        self.rest = ScriptedRest(parsed={"a": NOW, "b": NOW})
        self.overrides = None
        self.inventory = inventory({"a": "a.py", "b": "b.py"})

    def write(self, **files):
        for name, text in files.items():
            path = self.folder / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def prepare(self, *, only=None, live_too=False, assume_paused=False, overwrite=False) -> Deployment:
        self.target = environment(self.bucket, self.rest, self.overrides)
        files = local_files(self.folder, DAGS, folder_md5s(self.folder))
        self.selection = select(files, self.inventory, only)
        return prepare(
            self.target,
            self.selection,
            by_rest(self.rest),
            partial=only is not None,
            live_too=live_too,
            assume_paused=assume_paused,
            overwrite=overwrite,
        )

    def deploy(self, **options) -> dict[str, str]:
        deployment = self.prepare(**options)
        done = []
        upload(self.target, deployment, self.selection, lambda step: done.append((step.to, str(step.change))), at=NOW)
        self.order = [to for to, _ in done]
        return dict(done)

    @property
    def objects(self):
        return {file.path for file in self.bucket.files() if not file.path.startswith("data/migrate/")}
