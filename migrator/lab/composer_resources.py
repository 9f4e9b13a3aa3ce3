"""The Environment resources that the lab's Composer API serves, in the JSON of the v1 REST API.

The values are what a migration starts from: one scheduler, three workers, 18 tasks at once on v1; the same
estate sized as a small Composer 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.lab import composer_updates
from migrator.lab.config import ENV_VARIABLES, OVERRIDES

if TYPE_CHECKING:
    from migrator.lab.model import Side

IMAGES = {"v1": "composer-1.20.12-airflow-1.10.15", "v2": "composer-2.15.3-airflow-2.10.5"}

_NETWORK = {
    "network": "projects/lab/global/networks/analytics",
    "subnetwork": "projects/lab/regions/us-central1/subnetworks/composer",
    "serviceAccount": "composer@lab.iam.gserviceaccount.com",
    "tags": ["composer"],
}

_SOFTWARE_V1: dict[str, Any] = {
    "pythonVersion": "3",
    "pypiPackages": {"paramiko": "", "sshtunnel": "", "psycopg2-binary": ">=2.9", "pandas": "==1.5.3"},
    "airflowConfigOverrides": OVERRIDES["v1"],
    "envVariables": ENV_VARIABLES["v1"],
}

_SOFTWARE_V2: dict[str, Any] = {
    "pypiPackages": {"paramiko": "", "sshtunnel": ""},
    "airflowConfigOverrides": OVERRIDES["v2"],
    "envVariables": ENV_VARIABLES["v2"],
}

_CONFIG_V1: dict[str, Any] = {
    "nodeCount": 3,
    "nodeConfig": _NETWORK
    | {
        "location": "projects/lab/zones/us-central1-b",
        "machineType": "projects/lab/zones/us-central1-b/machineTypes/n1-standard-2",
        "diskSizeGb": 100,
        "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "ipAllocationPolicy": {"useIpAliases": True, "clusterIpv4CidrBlock": "10.16.0.0/14"},
    },
    "privateEnvironmentConfig": {
        "enablePrivateEnvironment": True,
        "webServerIpv4CidrBlock": "172.31.245.0/24",
        "cloudSqlIpv4CidrBlock": "10.0.0.0/12",
        "privateClusterConfig": {"masterIpv4CidrBlock": "172.16.0.0/23"},
    },
    "databaseConfig": {"machineType": "db-n1-standard-2"},
    "webServerConfig": {"machineType": "composer-n1-webserver-2"},
    "webServerNetworkAccessControl": {"allowedIpRanges": [{"value": "10.0.0.0/8", "description": "office"}]},
    "gkeCluster": "projects/lab/zones/us-central1-b/clusters/us-central1-v1-0a1b2c3d-gke",
}

_CONFIG_V2: dict[str, Any] = {
    "nodeConfig": _NETWORK
    | {
        "ipAllocationPolicy": {
            "clusterSecondaryRangeName": "composer-pods",
            "servicesSecondaryRangeName": "composer-services",
        },
        "composerInternalIpv4CidrBlock": "100.64.128.0/20",
    },
    "privateEnvironmentConfig": {"enablePrivateEnvironment": True, "cloudComposerConnectionSubnetwork": ""},
    "environmentSize": "ENVIRONMENT_SIZE_SMALL",
    "workloadsConfig": {
        "scheduler": {"cpu": 1, "memoryGb": 4, "storageGb": 1, "count": 1},
        "webServer": {"cpu": 1, "memoryGb": 2, "storageGb": 1},
        "worker": {"cpu": 1, "memoryGb": 4, "storageGb": 2, "minCount": 1, "maxCount": 3},
    },
    "maintenanceWindow": {
        "startTime": "2026-01-03T02:00:00Z",
        "endTime": "2026-01-03T06:00:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=FR,SA,SU",
    },
    "gkeCluster": "projects/lab/locations/us-central1/clusters/us-central1-v2-4e5f6a7b-gke",
}


def environment(side: Side) -> dict[str, Any]:
    """The Environment resource of one side."""
    config, software = (_CONFIG_V1, _SOFTWARE_V1) if side.name == "v1" else (_CONFIG_V2, _SOFTWARE_V2)
    return {
        "name": side.environment,
        "uuid": f"00000000-0000-4000-8000-00000000000{side.name[1]}",
        "state": "RUNNING",
        "createTime": "2026-01-01T00:00:00Z",
        "updateTime": "2026-01-01T00:00:00Z",
        "labels": {"estate": "analytics"},
        "storageConfig": {"bucket": side.bucket},
        "config": config
        | {
            "dagGcsPrefix": f"gs://{side.bucket}/dags",
            "airflowUri": side.url,
            "softwareConfig": software | composer_updates.changed(side) | {"imageVersion": IMAGES[side.name]},
        },
    }
