"""What the JSON schema of Open Badges 3.0 says of an AchievementCredential, in our words.

Facts from the data model (B.1) and the published `ob_v3p0_achievementcredential_schema.json`, of
the properties that are used here; it is closed, so that none goes out which the model has not.
"""

from typing import Any, Final

Schema = dict[str, Any]

MOMENT: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
TEXT: Final[Schema] = {"type": "string"}
URI: Final[Schema] = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}
DATE: Final[Schema] = {"type": "string", "pattern": MOMENT}


def _object(required: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def _types(*names: str) -> Schema:
    return {
        "type": "array",
        "items": TEXT,
        "allOf": [{"contains": {"const": each}} for each in names],
    }


PROFILE: Final = _object("id type", id=URI, type=_types("Profile"), name=TEXT, url=URI)
IDENTITY: Final = _object(
    "type hashed identityHash identityType",
    type={"const": "IdentityObject"},
    hashed={"type": "boolean"},
    identityHash=TEXT,
    identityType={"enum": ["name", "emailAddress"]},
    salt=TEXT,
)
ACHIEVEMENT: Final = _object(
    "id type criteria description name",
    id=URI,
    type=_types("Achievement"),
    achievementType={"enum": ["CertificateOfCompletion"]},
    name=TEXT,
    description=TEXT,
    criteria=_object("", id=URI, narrative=TEXT),
)
SUBJECT: Final = _object(
    "type achievement",
    id=URI,
    type=_types("AchievementSubject"),
    identifier={"type": "array", "items": IDENTITY},
    licenseNumber=TEXT,
    achievement=ACHIEVEMENT,
)
REFERENCE: Final = _object("id type", id=URI, type=TEXT)
CREDENTIAL: Final[Schema] = {
    "$schema": "https://json-schema.org/draft/2019-09/schema",
    **_object(
        "@context id type credentialSubject issuer validFrom",
        id=URI,
        type=_types("VerifiableCredential", "OpenBadgeCredential"),
        name=TEXT,
        issuer=PROFILE,
        validFrom=DATE,
        validUntil=DATE,
        awardedDate=DATE,
        credentialSubject=SUBJECT,
        credentialStatus=REFERENCE,
        credentialSchema={"type": "array", "items": REFERENCE, "minItems": 1},
    ),
}
CREDENTIAL["properties"]["@context"] = {
    "type": "array",
    "minItems": 2,
    "items": [
        {"const": "https://www.w3.org/ns/credentials/v2"},
        {"pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json$"},
    ],
    "additionalItems": URI,
}
