"""The runtime's HTTP: the content origin."""

from scorm_runtime.http.application import content_application

__all__ = ["content_application"]
