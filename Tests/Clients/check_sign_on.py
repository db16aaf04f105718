#!/usr/bin/env python3
"""Signing in through an identity provider (OpenID Connect), with one that is made up here and can lie.

    check_sign_on.py                               starts a gateway of its own
"""
import base64
import hashlib
import http.server
import itertools
import json
import sys
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

import check_people
from check_people import PASSWORD, Browser
from harness import Skip, Suite, expect, main, once
from servers import Installation

sign_on = Suite("sign_on")

CLIENT, SECRET = "northern-checks", "canary client secret / with+signs"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Key:
    """A key that ID tokens are signed with."""

    def __init__(self, kid, algorithm="RS256"):
        self.kid, self.algorithm = kid, algorithm
        self.private = (rsa.generate_private_key(65537, 2048) if algorithm == "RS256"
                        else ec.generate_private_key(ec.SECP256R1()))

    def jwk(self):
        public = self.private.public_key().public_numbers()
        if self.algorithm == "RS256":
            # As Google's, which say no algorithm in some versions, and Microsoft's, which say none at all.
            return {"kty": "RSA", "use": "sig", "kid": self.kid, "n": number(public.n), "e": number(public.e)}
        return {"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": self.kid, "x": number(public.x), "y": number(public.y)}

    def sign(self, text):
        if self.algorithm == "RS256":
            return self.private.sign(text, padding.PKCS1v15(), hashes.SHA256())
        r, s = utils.decode_dss_signature(self.private.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def public_pem(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Provider(http.server.ThreadingHTTPServer):
    """An identity provider. `claims` is what it says of whoever signs in next, `twist` how it lies about it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}/realms/main"
        self.keys, self.codes, self.claims, self.twist = [Key("first")], {}, {}, None
        self.is_down = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def document(self):
        base = self.issuer
        return {"issuer": base, "authorization_endpoint": f"{base}/authorize?tenant=a",
                "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys",
                "authorization_response_iss_parameter_supported": True}

    def authorize(self, query):
        """Where a browser is sent back to, once somebody has signed in."""
        expect(query["client_id"], "client").equals(CLIENT)
        expect((query["response_type"], query["code_challenge_method"], query["scope"], query["tenant"])
               ).equals(("code", "S256", "openid email profile", "a"))
        code = b64(hashlib.sha256(str(time.monotonic_ns()).encode()).digest())
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"code": code, "state": query["state"], "iss": self.issuer})

    def token(self, form, authorization):
        """The answer to a code, with its status."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":", 1)
        asked = self.codes.pop(form.get("code"), None)
        if [urllib.parse.unquote(part) for part in pair] != [CLIENT, SECRET] or asked is None:
            return 400, {"error": "invalid_grant"}
        if (b64(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]
                or form["redirect_uri"] != asked["redirect_uri"] or form["grant_type"] != "authorization_code"):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.claims}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims):
        key = self.keys[-1]
        header = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"}
        sign = key.sign
        if self.twist == "none":
            header["alg"], sign = "none", lambda text: b""
        elif self.twist == "hmac":
            header["alg"] = "HS256"

            def sign(text):
                code = hmac.HMAC(key.public_pem(), hashes.SHA256())
                code.update(text)
                return code.finalize()
        elif self.twist == "stranger":
            sign = Key(key.kid).sign
        elif self.twist:
            claims = {name: value for name, value in {**claims, **self.twist}.items() if value is not None}
        text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
        return text + "." + b64(sign(text.encode()))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(503 if self.server.is_down else status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        provider = self.server
        if self.path.endswith("/.well-known/openid-configuration"):
            self.answer(200, provider.document())
        elif self.path.endswith("/keys"):
            strange = {"kty": "OKP", "crv": "X448", "kid": "strange", "x": "AA"}
            self.answer(200, {"keys": [strange, *(key.jwk() for key in provider.keys)]})
        else:
            self.answer(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.answer(*self.server.token(dict(urllib.parse.parse_qsl(body)), self.headers["authorization"] or ""))


class Visitor(Browser):
    """A browser in a network of its own, since tries are counted by network."""
    networks = itertools.count(1)

    def __init__(self, base_url):
        super().__init__(base_url)
        self.address = f"198.51.100.{next(self.networks)}"

    def _send(self, method, target, body=None, headers=()):
        return super()._send(method, target, body, {**dict(headers), "X-Forwarded-For": self.address})


class House(check_people.House):
    """A gateway with a provider; the checks go on from one another's state."""

    def __init__(self, world):
        self.provider = Provider()
        self.installation = Installation(world, "sign-on")
        self.installation.edit("config.yaml", "port: 0}", "port: 0, trusted_proxies: [127.0.0.0/8]}")
        with open(self.installation.configuration, "a") as file:
            file.write(f"\nsign_on: {{issuer: '{self.provider.issuer}', name: Example ID, client_id: {CLIENT}, "
                       f"client_secret: '{SECRET}', roles: ['cn=gateway,dc=admins=admin', 'devs=developer']}}\n")
        self.gateway = self.installation.start(self.installation.create_key("sign-on"))
        self.owner = Visitor(self.gateway.base_url)
        self.owner.get(self.installation.command("people", "link", "--url", self.gateway.base_url).strip())
        self.owner.post("/portal/claim", name="Ada", email="ada@example.test", password=PASSWORD)

    def sign_on(self, browser=None, twist=None, **claims):
        """Signs somebody in: the reply to their coming back, and their browser."""
        browser = browser or Visitor(self.gateway.base_url)
        self.provider.claims, self.provider.twist = claims, twist
        reply, text = browser.get("/portal/sign-on")
        if reply.status != 303:
            return reply, text, browser
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(reply.headers["location"]).query))
        reply, text = browser.get(self.provider.authorize(query))
        return reply, text, browser

    def role_of(self, browser):
        return browser.get("/portal/members")[0].status


@once
def house_of(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return House(world)


def somebody(name, *groups, **more):
    return {"sub": f"subject of {name}", "email": f"{name}@example.test", "email_verified": True, "name": name,
            "groups": list(groups), **more}


@sign_on.check
def the_page_leads_to_the_provider(world):
    house = house_of(world)
    _, text = Visitor(house.gateway.base_url).get("/portal/sign-in")
    expect(text).contains('href="/portal/sign-on">Sign in with Example ID<')
    _, text = Visitor(house.gateway.base_url).get("/portal/sign-in?lang=fr")
    expect(text).contains("Se connecter avec Example ID")


@sign_on.check
def groups_give_roles_and_take_them(world):
    house = house_of(world)
    for groups, status in ((["devs"], 403), (["devs", "cn=gateway,dc=admins"], 200), (["devs", "others"], 403)):
        reply, _, browser = house.sign_on(**somebody("grace", *groups))
        expect((reply.status, reply.headers["location"]), groups).equals((303, "/portal"))
        expect(house.role_of(browser), groups).equals(status)
    reply, text, browser = house.sign_on(**somebody("grace", "others"))
    expect(reply.status, text).equals(403)
    expect(browser.get("/portal/account")[0].status, "nobody is signed in").equals(303)
    expect("grace" in house.owner.get("/portal/members")[1], "still a member").equals(False)


@sign_on.check
def the_session_of_a_role_that_changed_is_over(world):
    house = house_of(world)
    _, _, before = house.sign_on(**somebody("joan", "cn=gateway,dc=admins"))
    expect(house.role_of(before)).equals(200)
    house.sign_on(**somebody("joan", "devs"))
    expect(house.role_of(before), "the old session").equals(303)


@sign_on.check
def the_last_owner_stays_one(world):
    house = house_of(world)
    reply, text, _ = house.sign_on(**somebody("ada"))
    expect(reply.status, text).equals(403)
    reply, _, browser = house.sign_on(**somebody("ada", "devs"))
    expect(reply.status).equals(303)
    browser.get("/portal/members")
    reply, text = browser.post("/portal/members/invite", email="one@example.test", role="owner")
    expect(reply.status in (200, 303), text).equals(True)


@sign_on.check
def an_address_that_nobody_has_verified_is_nobodys(world):
    house = house_of(world)
    for more in ({"email_verified": False}, {"email_verified": None}, {"email": "Not an address"}):
        reply, text, _ = house.sign_on(twist=more, **somebody("mallory", "devs", email="eve@example.test"))
        expect(reply.status, text).equals(403)


@sign_on.check
def an_address_that_passed_to_somebody_else_does_not_open_the_account(world):
    house = house_of(world)
    expect(house.sign_on(**somebody("hedy", "devs"))[0].status).equals(303)
    reply, text, _ = house.sign_on(**somebody("hedy", "devs", sub="the next one of this name"))
    expect(reply.status, text).equals(403)


@sign_on.check
def what_does_not_hold_is_not_taken(world):
    house = house_of(world)
    now = int(time.time())
    lies = ("none", "hmac", "stranger", {"iss": "https://evil.test"}, {"aud": "another"}, {"aud": [CLIENT, "another"]},
            {"azp": "another"}, {"exp": now - 120}, {"exp": None}, {"iat": now + 600}, {"nonce": "another"},
            {"nonce": None}, {"sub": ""}, {"sub": None})
    for lie in lies:
        reply, text, browser = house.sign_on(twist=lie, **somebody("mallory", "cn=gateway,dc=admins"))
        expect(reply.status, lie).equals(403)
        expect(browser.get("/portal/account")[0].status, lie).equals(303)
    expect("mallory" in house.owner.get("/portal/members")[1], "a member").equals(False)
    expect(house.sign_on(twist={"aud": [CLIENT, "other"], "azp": CLIENT}, **somebody("mary", "devs"))[0].status).equals(303)


@sign_on.check
def nobody_is_sent_into_an_account_of_anothers(world):
    """A link with a code of the attacker's, opened in the victim's browser."""
    house = house_of(world)
    attacker, victim = Visitor(house.gateway.base_url), Visitor(house.gateway.base_url)
    house.provider.claims, house.provider.twist = somebody("mallory", "devs"), None
    location = attacker.get("/portal/sign-on")[0].headers["location"]
    link = house.provider.authorize(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)))
    expect(victim.get(link)[0].status, "without a sign-in of one's own").equals(400)
    victim.get("/portal/sign-on")
    expect(victim.get(link)[0].status, "with another sign-in's").equals(400)
    elsewhere = link.replace(urllib.parse.quote(house.provider.issuer, safe=""), "https%3A%2F%2Fevil.test")
    expect(attacker.get(elsewhere)[0].status, "from another issuer").equals(403)
    expect(attacker.get(link)[0].status, "the one who began").equals(303)
    expect(attacker.get(link)[0].status, "once more").equals(400)


@sign_on.check
def keys_may_change_at_any_time(world):
    house = house_of(world)
    house.provider.keys.append(Key("second", "ES256"))
    expect(house.sign_on(**somebody("grace", "devs"))[0].status).equals(303)
    house.provider.keys.pop(0)
    expect(house.sign_on(**somebody("grace", "devs"))[0].status).equals(303)


@sign_on.check
def a_provider_that_is_away_is_told_of(world):
    house = house_of(world)
    browser = Visitor(house.gateway.base_url)
    house.provider.claims, house.provider.twist = somebody("grace", "devs"), None
    location = browser.get("/portal/sign-on")[0].headers["location"]
    link = house.provider.authorize(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)))
    house.provider.is_down = True
    reply, text = browser.get(link)
    house.provider.is_down = False
    expect((reply.status, "doesn&#39;t answer" in text or "doesn't answer" in text), text).equals((502, True))
    expect(house.sign_on(**somebody("grace", "devs"))[0].status, "later").equals(303)


@sign_on.check
def an_accounts_password_is_nobodys_guess(world):
    """Somebody whom only the provider knows has no password."""
    house = house_of(world)
    for password in ("", PASSWORD):
        browser = Visitor(house.gateway.base_url)
        browser.get("/portal/sign-in")
        expect(browser.post("/portal/sign-in", email="grace@example.test", password=password)[0].status).equals(403)


@sign_on.check
def secrets_stay_secret(world):
    house = house_of(world)
    log = house.gateway.process.log_text()
    expect("Somebody couldn't sign in" in log, "failures are logged").equals(True)
    for canary in (SECRET, "canary", "eyJ"):
        expect(canary in log, canary).equals(False)


SUITES = (sign_on,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
