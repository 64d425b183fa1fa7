"""A real OpenID issuer on loopback: discovery, keys of every kind, rotated at will."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "lyceum"


class Issuer:
    """Signs tokens; `asked` counts how often each document was fetched."""

    def __init__(self) -> None:
        self.url = ""
        self.keys: dict[str, tuple[str, Any]] = {}
        self.published: dict[str, dict[str, Any]] = {}
        self.asked = {"discovery": 0, "keys": 0}
        self.answers: web.StreamResponse | None = None
        self.named = ""
        self.granted: dict[str, dict[str, str]] = {}
        self.signed_in_ago: timedelta | None = timedelta(0)
        """How long ago somebody signed in who is to be asked again; None: it does not say."""

    def add_key(self, kid: str, algorithm: str = "RS256", bits: int = 2048) -> None:
        """Make a key and publish it."""
        kinds: dict[str, Any] = {
            "R": lambda: (rsa.generate_private_key(65537, bits), RSAAlgorithm),
            "P": lambda: (rsa.generate_private_key(65537, bits), RSAAlgorithm),
            "E": lambda: (
                (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm)
                if algorithm == "EdDSA"
                else (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm)
            ),
        }
        private, kind = kinds[algorithm[0]]()
        self.keys[kid] = (algorithm, private)
        public = orjson.loads(kind.to_jwk(private.public_key()))
        self.published[kid] = {**public, "kid": kid, "use": "sig"}

    def token(self, kid: str, *, sub: str = "user_1", **claims: Any) -> str:
        """A token that is good for five minutes unless the claims say otherwise."""
        algorithm, private = self.keys[kid]
        return jwt.encode(
            self.claims(sub=sub, **claims), private, algorithm=algorithm, headers={"kid": kid}
        )

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of a good token; None leaves one out."""
        moment = datetime.now(UTC)
        good = {"iss": self.url, "aud": AUDIENCE, "iat": moment}
        good["exp"] = moment + timedelta(minutes=5)
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def confused(self, kid: str, **claims: Any) -> str:
        """A token signed with the public key as if it were a secret."""
        public = self.keys[kid][1].public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        secret = base64.b64encode(pem)
        return jwt.encode(self.claims(**claims), secret, "HS256", headers={"kid": kid})

    async def discover(self, request: web.Request) -> web.StreamResponse:
        """The discovery document."""
        self.asked["discovery"] += 1
        document = {"issuer": self.named or self.url, "jwks_uri": f"{self.url}/keys"}
        document |= {
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
        }
        return web.json_response(document)

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Sign Ada in at once, and send her back with a code."""
        asked = dict(request.query)
        code = f"code-{len(self.granted)}"
        self.granted[code] = asked
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        return web.Response(status=302, headers={"Location": back})

    async def exchange(self, request: web.Request) -> web.StreamResponse:
        """A token for a code, once, to who knows its verifier (RFC 7636, 4.6)."""
        form = await request.post()
        asked = self.granted.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        said: dict[str, Any] = {"name": "Ada", "email": "ada@example.org", "nonce": asked["nonce"]}
        if asked.get("max_age") == "0" and self.signed_in_ago is not None:
            said["auth_time"] = int((datetime.now(UTC) - self.signed_in_ago).timestamp())
        return web.json_response({"id_token": self.token("one", **said)})

    async def show_keys(self, request: web.Request) -> web.StreamResponse:
        """The key set."""
        self.asked["keys"] += 1
        return self.answers or web.json_response({"keys": list(self.published.values())})


@asynccontextmanager
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer that is served."""
    made, app = Issuer(), web.Application()
    app.router.add_get("/.well-known/openid-configuration", made.discover)
    app.router.add_get("/keys", made.show_keys)
    app.router.add_get("/authorize", made.authorize)
    app.router.add_post("/token", made.exchange)
    async with TestServer(app) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made
