"""authlib's asynchronous client, which renews for its callers, with the token in a file that all processes share.

Each line in is a task, each line out answers it. The callers are tasks of one client. As authlib's own integrations do, a process
looks at what is kept before it uses it, and keeps what a renewal brings in `update_token`.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc6749 import OAuth2Token

ISSUER, FOLDER = sys.argv[1:]
FILE = Path(FOLDER, "token.json")
REDIRECT = "http://127.0.0.1/callback"
SCOPE = "openid profile email offline_access"


def keep(token):
    fresh = FILE.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(token))
    fresh.replace(FILE)


def kept():
    return OAuth2Token.from_dict(json.loads(FILE.read_text()))


async def update_token(token, refresh_token=None, access_token=None):
    keep(token)


async def sign_in(client, metadata):
    verifier = generate_token(48)
    page, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=generate_token()
    )
    async with httpx2.AsyncClient() as browser:
        answer = await browser.get(page)
    token = await client.fetch_token(
        metadata["token_endpoint"],
        authorization_response=answer.headers["location"],
        state=state,
        code_verifier=verifier,
    )
    keep(token)


async def ask(client, callers):
    client.token = kept()

    async def call():
        await client.ensure_active_token(client.token)
        return client.token["access_token"]

    outcomes = await asyncio.gather(*(call() for _ in range(callers)), return_exceptions=True)
    errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    failed = {}
    for error in errors:
        name = getattr(error, "error", None) or type(error).__name__
        failed[name] = failed.get(name, 0) + 1
    over = sum(isinstance(error, OAuthError) and error.error == "invalid_grant" for error in errors)
    return {"served": len(outcomes) - len(errors), "over": over, "failed": failed}


async def renew(client, metadata):
    client.token = kept()
    try:
        await client.refresh_token(metadata["token_endpoint"], client.token["refresh_token"])
    except OAuthError:
        return {"done": False}
    return {"done": True}


async def play():
    async with httpx2.AsyncClient() as asking:
        metadata = (await asking.get(f"{ISSUER}/.well-known/openid-configuration")).json()
    client = AsyncOAuth2Client(
        client_id="desktop",
        scope=SCOPE,
        redirect_uri=REDIRECT,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
        token_endpoint=metadata["token_endpoint"],
        update_token=update_token,
    )
    while line := await asyncio.to_thread(sys.stdin.readline):
        task = json.loads(line)
        answer = {}
        match task["do"]:
            case "sign-in":
                await sign_in(client, metadata)
            case "open":
                client.token = kept()
            case "expire":
                keep({**kept(), "expires_at": 0})
            case "ask":
                answer = await ask(client, task["callers"])
            case "renew":
                answer = await renew(client, metadata)
        print(json.dumps(answer), flush=True)


asyncio.run(play())
