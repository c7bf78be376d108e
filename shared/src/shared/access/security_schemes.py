"""The kinds of credentials, as the API's description shows them and /docs offers them under Authorize.

Dependencies that read nothing: `Access` decides who may come in. A route names the ones it takes, with the smallest
role that is enough; `shared.http.openapi_problems` reads there who may be refused, and how.
"""

from __future__ import annotations

from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBearer, SecurityBase
from fastapi.security.base import SecurityBase as Scheme

SESSION_COOKIE = "parley_session"
OPERATOR_COOKIE = "parley_operator"


class Proof(Scheme):
    def __init__(self, name: str, model: SecurityBase) -> None:
        self.scheme_name = name
        self.model = model

    async def __call__(self) -> None:
        pass


BEARER = Proof("bearer", HTTPBearer(description="An API key (`pk_…`), or the session token that signing in gave."))
COOKIE = Proof(
    "session",
    APIKey.model_validate(
        {
            "in": APIKeyIn.cookie,
            "name": SESSION_COOKIE,
            "description": "The cookie that `POST /api/accounts/login` sets. A browser sends it by itself, so there is "
            "nothing to enter: sign in on this page. To change something the request must come from a page of ours.",
        }
    ),
)
ADMIN_TOKEN = Proof("admin_token", HTTPBearer(description="The installation's `ADMIN_TOKEN`: the operator."))
OPERATOR_SESSION = Proof(
    "operator_session",
    APIKey.model_validate(
        {
            "in": APIKeyIn.cookie,
            "name": OPERATOR_COOKIE,
            "description": "The cookie that `POST /api/accounts/operator-login` sets for the operator's browser. "
            "To change something the request must come from a page of ours.",
        }
    ),
)
TICKET = Proof(
    "ticket",
    APIKey.model_validate(
        {
            "in": APIKeyIn.query,
            "name": "ticket",
            "description": "From `POST /api/realtime/tickets`: opens one stream, once, within a minute.",
        }
    ),
)
