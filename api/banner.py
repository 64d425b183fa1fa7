"""What `lyceum serve` prints when it is up."""

from api.demo import Demo
from api.first_start import FirstCredentials
from api.settings import Settings


def first_start_text(settings: Settings, given: FirstCredentials) -> str:
    """The text of the first start; the only time that the credentials are shown."""
    origin = settings.public_origin
    return f"""
Lyceum is running at {origin}

  Administrator    {given.admin_email}
  Password         {given.admin_password}

  xAPI endpoint    {origin}/xapi
  Key              {given.lrs_key}
  Secret           {given.lrs_secret}

Keep these: they are not shown again. `make demo` loads a demo course. Ctrl-C stops the server.
"""


def later_start_text(settings: Settings) -> str:
    """The text of every other start."""
    return (
        f"Lyceum is running at {settings.public_origin} (Ctrl-C stops it; "
        "`make demo` loads a demo course, `lyceum password EMAIL` makes a new password)"
    )


def demo_text(demo: Demo | None) -> str:
    """What `--demo` and `lyceum demo` print; the only time that the password is shown."""
    if demo is None:
        return "The demo course is there already; `lyceum password EMAIL` makes a new password."
    learners = "\n".join(f"  Learner          {email}" for email in demo.emails)
    return f"""
The demo course "{demo.course_title}" is loaded, with a compliance requirement and three learners:

{learners}
  Password         {demo.password}
"""
