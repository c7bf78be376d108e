"""The page at `/set-password` that a reset link opens: one field, sent to `POST /api/accounts/password`.

The token is in the fragment of the address (after `#`), so no server sees it before that request.
"""

from __future__ import annotations

import base64
import hashlib

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

PATH = "/set-password"

_SCRIPT = """
const form = document.querySelector("form"), message = document.querySelector("output");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [password, again] = [form.password.value, form.again.value];
  if (password !== again) { message.value = "The two passwords differ."; return; }
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) { message.value = "This link is incomplete. Open the whole link that you received."; return; }
  form.button.disabled = true;
  try {
    const answer = await fetch("/api/accounts/password", {
      method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({token, password}),
    });
    if (answer.ok) {
      history.replaceState(null, "", location.pathname);
      form.hidden = true;
      message.value = "Your password is set. You can now sign in.";
      return;
    }
    message.value = (await answer.json()).detail || "The password could not be set.";
  } catch {
    message.value = "No answer from the server. Try again in a moment.";
  }
  form.button.disabled = false;
});
"""

_PAGE = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Set your password · Parley</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 12vh auto 4rem; padding: 0 1.25rem; }}
  h1 {{ font-size: 1.5rem; margin: 0 0 1rem; letter-spacing: -.02em; }}
  label {{ display: block; margin: 0 0 1rem; }}
  input {{ font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }}
  button {{ font: inherit; padding: .5rem 1.25rem; }}
  small {{ display: block; color: light-dark(#555, #aaa); }}
  output {{ display: block; margin-top: 1rem; }}
</style>
<h1>Set your password</h1>
<form>
  <label>New password <small>10 characters or more</small>
    <input name="password" type="password" autocomplete="new-password" minlength="10" required autofocus></label>
  <label>Once more <input name="again" type="password" autocomplete="new-password" required></label>
  <button name="button">Set password</button>
</form>
<output role="status"></output>
<noscript>This page needs JavaScript.</noscript>
<script>{_SCRIPT}</script>
</html>"""

_SCRIPT_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; "
    f"script-src 'sha256-{_SCRIPT_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


def password_page_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    async def password_page() -> HTMLResponse:
        return HTMLResponse(_PAGE, headers=_HEADERS)

    return router
