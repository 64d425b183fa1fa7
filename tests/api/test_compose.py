"""docker-compose.yml starts what its first lines say, with settings that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import read_settings, unknown_variables

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of the file, merged as Compose merges them."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


def test_three_members_of_one_replica_set_keep_their_data(services: dict[str, Any]) -> None:
    members = [services[name] for name in ("mongo1", "mongo2", "mongo3")]
    assert {tuple(each["command"]) for each in members} == {
        ("mongod", "--replSet", "lyceum", "--bind_ip_all")
    }
    assert len({each["volumes"][0] for each in members}) == 3
    script = services["replica-set"]["entrypoint"][-1]
    assert re.findall(r'host: "(\w+):27017"', script) == ["mongo1", "mongo2", "mongo3"]


@pytest.mark.parametrize("server", ["lyceum1", "lyceum2"])
def test_both_servers_run_with_settings_that_exist(services: dict[str, Any], server: str) -> None:
    environment = services[server]["environment"]
    assert unknown_variables(environment) == []
    settings = read_settings(environment, {})
    assert settings.mongodb_uri == "mongodb://mongo1,mongo2,mongo3/?replicaSet=lyceum"
    assert settings.public_origin != settings.content_origin


def test_nginx_serves_both_origins_of_both_servers(services: dict[str, Any]) -> None:
    (source, *_) = services["nginx"]["volumes"][0].split(":")
    conf = (ROOT / source).read_text()
    assert set(re.findall(r"server (\S+:\d+) ", conf)) == {
        f"{host}:{port}" for host in ("lyceum1", "lyceum2") for port in (8080, 8081)
    }
    assert re.findall(r"listen (\d+);", conf) == ["8080", "8081"]


def test_the_image_runs_what_the_package_installs() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert all(f"COPY {name} {name}" in dockerfile for name in ("lrs", "content", "api"))
    variables = dict(re.findall(r"(LYCEUM_\w+)=(\S+)", dockerfile))
    assert unknown_variables(variables) == []
    assert read_settings(variables, {}).host == "0.0.0.0"  # noqa: S104
