"""A sign-in service (OpenID Connect) of our own: real HTTP, RS256 keys, and every way of answering wrongly."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "budgetaftaler", "en hemmelighed"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """`person` is who is signed in at the service; `claims`, `key` and `broken` are how it deviates from the truth."""

    url: str = ""
    person: dict = field(default_factory=dict)
    claims: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    forged: bool = False
    error: str = ""
    asked: list[str] = field(default_factory=list)
    _key: rsa.RSAPrivateKey = field(default_factory=_new_key)
    _codes: dict[str, dict] = field(default_factory=dict)

    def reset(self, **person) -> None:
        self.person, self.claims, self.headers, self.broken, self.error = person, {}, {}, set(), ""
        self.forged, self.asked = False, []

    def discovery(self) -> dict:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, query: dict) -> str:
        """Where the browser is sent back to."""
        if self.error:
            return f"{query['redirect_uri']}?{urlencode({'error': self.error, 'state': query['state']})}"
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict) -> tuple[int, dict]:
        asked = self._codes.pop(form.get("code", ""), None)
        verifier = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET)
            or asked["code_challenge"] != verifier.rstrip(b"=").decode()
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked.get("nonce")}
        claims = claims | self.person | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": self._signed(claims)}

    def _signed(self, claims: dict) -> str:
        headers = {"kid": "1"} | self.headers
        if headers.get("alg") == "none":
            return jwt.encode(claims, "", algorithm="none", headers=headers)
        if headers.get("alg") == "HS256":
            return jwt.encode(claims, "a key that everybody knows, long enough for HS256", "HS256", headers=headers)
        return jwt.encode(claims, _new_key() if self.forged else self._key, algorithm="RS256", headers=headers)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        self.provider.asked.append(where.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        match where.path:
            case "/.well-known/openid-configuration":
                self._answer(200, self.provider.discovery(), "discovery")
            case "/keys":
                self._answer(200, self.provider.keys(), "keys")
            case "/authorize":
                self.send_response(302)
                self.send_header("Location", self.provider.authorize(query))
                self.end_headers()
            case "/userinfo":
                self._answer(200, {"sub": self.provider.person.get("sub")}, "userinfo")
            case _:
                self._answer(404, {}, "")

    def do_POST(self) -> None:
        self.provider.asked.append(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(*self.provider.token({name: values[0] for name, values in parse_qs(body).items()}), "token")

    def _answer(self, status: int, content: dict, part: str) -> None:
        broken = self.provider.broken
        body = b"<html>ikke JSON" if f"{part}: no json" in broken else json.dumps(content).encode()
        body = b"[]" if f"{part}: a list" in broken else body
        self.send_response(503 if f"{part}: down" in broken else status)
        if f"{part}: no type" not in broken:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        """Silent."""


@contextmanager
def provider_running() -> Iterator[Provider]:
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
