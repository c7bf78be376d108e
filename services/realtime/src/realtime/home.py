"""The page where no dashboard was built: what runs here, where to go, and what the dashboard needs."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

_LINKS = (
    ("/docs", "API documentation", "every endpoint, with examples to try"),
    ("/api/realtime/events", "Live events", "server-sent events; needs an API key"),
    ("/readyz", "Is everything ready?", "and if not, why"),
    ("/metrics", "Metrics", "for Prometheus"),
)
_PHONE = ("/sandbox/phone", "Text us as a customer", "a pretend phone: type an SMS and see what comes back")

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}
"""The page has one style sheet within it and loads nothing."""

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley</title>
<style>
  :root {{ color-scheme: light dark; --line: #8884; }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto 4rem; padding: 0 1.25rem; }}
  h1 {{ font-size: 1.75rem; margin: 0 0 .25rem; letter-spacing: -.02em; }}
  p {{ margin: 0 0 2rem; color: light-dark(#555, #aaa); }}
  ul {{ list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }}
  a {{ display: block; padding: .8rem .25rem; border-bottom: 1px solid var(--line); }}
  a {{ color: inherit; text-decoration: none; }}
  a:hover, a:focus-visible {{ background: #2f7d6914; outline: none; }}
  b {{ color: light-dark(#1f6b58, #6cc7ac); font-weight: 600; }}
  small {{ display: block; color: light-dark(#666, #999); }}
</style>
<h1>Parley</h1>
<p>Text messages in, answers out. This installation is running, without its dashboard: install Node 20 or newer and
run <code>make dashboard</code>.</p>
<ul>{links}</ul>
</html>"""


def plain_page(sandbox_is_on: bool) -> HTMLResponse:
    links = (_PHONE, *_LINKS) if sandbox_is_on else _LINKS
    listed = "".join(f'<li><a href="{path}"><b>{name}</b><small>{what}</small></a></li>' for path, name, what in links)
    return HTMLResponse(_PAGE.format(links=listed), headers=_HEADERS)
