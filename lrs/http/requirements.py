"""Which requirement a wrong parameter of the document, agents and activities resources breaks."""

from collections.abc import Mapping

import msgspec


class Broken(msgspec.Struct, frozen=True):
    """The requirement that is broken where a parameter is missing, and where it is malformed."""

    missing: str = ""
    malformed: str = ""


Requirements = Mapping[str, Broken]

STATE: Mapping[str, Requirements] = {
    "PUT": {
        "activityId": Broken("XAPI-00210", "XAPI-00210"),
        "agent": Broken("XAPI-00215", "XAPI-00199"),
        "registration": Broken("", "XAPI-00203"),
        "stateId": Broken("XAPI-00206", "XAPI-00228"),
    },
    "POST": {
        "activityId": Broken("XAPI-00209", "XAPI-00209"),
        "agent": Broken("XAPI-00214", "XAPI-00198"),
        "registration": Broken("", "XAPI-00202"),
        "stateId": Broken("XAPI-00211", "XAPI-00226"),
    },
    "GET": {
        "activityId": Broken("XAPI-00208", "XAPI-00208"),
        "agent": Broken("XAPI-00213", "XAPI-00197"),
        "registration": Broken("", "XAPI-00201"),
        "stateId": Broken("", "XAPI-00225"),
        "since": Broken("", "XAPI-00204"),
    },
    "DELETE": {
        "activityId": Broken("XAPI-00207", "XAPI-00207"),
        "agent": Broken("XAPI-00212", "XAPI-00196"),
        "registration": Broken("", "XAPI-00200"),
        "stateId": Broken("", "XAPI-00224"),
    },
}
AGENT_PROFILE: Mapping[str, Requirements] = {
    "PUT": {
        "agent": Broken("XAPI-00264", "XAPI-00257"),
        "profileId": Broken("XAPI-00267", "XAPI-00277"),
    },
    "POST": {
        "agent": Broken("XAPI-00263", "XAPI-00256"),
        "profileId": Broken("XAPI-00266", "XAPI-00276"),
    },
    "GET": {
        "agent": Broken("XAPI-00261", "XAPI-00258"),
        "profileId": Broken("", "XAPI-00269"),
        "since": Broken("", "XAPI-00260"),
    },
    "DELETE": {
        "agent": Broken("XAPI-00262", "XAPI-00255"),
        "profileId": Broken("XAPI-00265", "XAPI-00265"),
    },
}
ACTIVITY_PROFILE: Mapping[str, Requirements] = {
    "PUT": {
        "activityId": Broken("XAPI-00299", "XAPI-00299"),
        "profileId": Broken("XAPI-00302", "XAPI-00307"),
    },
    "POST": {
        "activityId": Broken("XAPI-00298", "XAPI-00298"),
        "profileId": Broken("XAPI-00301", "XAPI-00306"),
    },
    "GET": {
        "activityId": Broken("XAPI-00296", "XAPI-00296"),
        "profileId": Broken("", "XAPI-00288"),
        "since": Broken("", "XAPI-00295"),
    },
    "DELETE": {
        "activityId": Broken("XAPI-00297", "XAPI-00297"),
        "profileId": Broken("XAPI-00300", "XAPI-00305"),
    },
}
AGENTS: Requirements = {"agent": Broken("XAPI-00243", "XAPI-00249")}
ACTIVITIES: Requirements = {"activityId": Broken("XAPI-00250", "XAPI-00250")}
