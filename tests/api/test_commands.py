"""The command line beside a running server and without one."""

import re
import subprocess
from pathlib import Path

from tests.commands import lyceum
from tests.process import CREDENTIALS, LYCEUM, environment, serving

EMAIL, PASSWORD = CREDENTIALS["LYCEUM_ADMIN_EMAIL"], CREDENTIALS["LYCEUM_ADMIN_PASSWORD"]


def test_commands_work_beside_a_running_server_and_without_one(roomy_path: Path) -> None:
    data = ("--data", str(roomy_path / "data"), "--mongodb-cache", "0.25")
    code, _, told = lyceum("rebuild-progress", *data)
    assert code == 1
    assert told.splitlines() == [
        "This database holds no Lyceum yet: start it once with `lyceum serve`."
    ]
    with serving(roomy_path, "--demo", **CREDENTIALS) as served:
        shown = served.printed()
        found = re.search(r"Learner +ada@example.org\n(?:.*\n)*?  Password +(\S+)", shown)
        assert found is not None, shown
        learner = served.token("ada@example.org", found[1])
        _, mine = served.ask("/api/v1/my/courses", token=learner)
        assert [each["attributes"]["title"] for each in mine["data"]] == ["Fire safety"]
        assert lyceum("rebuild-progress", *data)[:2] == (
            0,
            "Progress of 3 enrollments was computed anew.\n",
        )
        assert "is there already" in lyceum("demo", *data)[1]
        assert "is there already" in lyceum("serve", "--demo", *data)[1]
        code, told, _ = lyceum("lrs", "verify", *data)
        assert (code, told) == (0, "0 statements were checked; no discrepancies were found.\n")
        admin = served.token(EMAIL, PASSWORD)
        code, told, _ = lyceum("password", EMAIL, *data)
        assert code == 0
        new_password = told.split()[-1]
        assert served.ask("/api/v1/auth/me", token=admin)[0] == 401
        served.token(EMAIL, new_password)
        code, _, told = lyceum("password", "nobody@example.org", *data)
        assert (code, told) == (1, "Nobody here has the e-mail address nobody@example.org.\n")
    code, told, _ = lyceum("password", EMAIL, *data)
    assert code == 0


def test_help_explains_every_setting() -> None:
    code, told, _ = lyceum("serve", "--help")
    assert code == 0
    for flag in ("--port", "--content-port", "--data", "--mongodb-uri", "--workers"):
        assert flag in told
    assert "LYCEUM_ADMIN_EMAIL" in told


def test_version_is_the_packages() -> None:
    done = subprocess.run(
        [str(LYCEUM), "version"], check=True, capture_output=True, text=True, env=environment({})
    )
    assert done.stdout.startswith("lyceum 0.")
