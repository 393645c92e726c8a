"""The URL map as a whole: every route says who may call it, and none changes anything without a token."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

PERMISSION_FREE = {"static"}


def address(rule: Rule) -> str:
    """The rule's address with harmless values in its places."""
    samples = {"IntegerConverter": lambda _: 1, "AnyConverter": lambda one: sorted(one.items)[0]}
    values = {
        name: samples.get(type(one).__name__, lambda _: "x")(one) for name, one in rule._converters.items()
    } | dict(rule.defaults or {})
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in PERMISSION_FREE]


def test_every_endpoint_says_who_may_call_it(app: Flask) -> None:
    silent = [rule.endpoint for rule in rules(app) if not hasattr(app.view_functions[rule.endpoint], "permission")]
    assert silent == []


def test_every_change_without_a_token_is_refused(app: Flask) -> None:
    client = app.test_client()
    answers = {
        f"{method} {rule.rule}": client.open(address(rule), method=method).status_code
        for rule in rules(app)
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert answers and {where: status for where, status in answers.items() if status != 400} == {}


def test_pages_behind_a_sign_in_lead_a_visitor_there(app: Flask) -> None:
    client = app.test_client()
    open_doors = [
        rule.rule
        for rule in rules(app)
        if "GET" in (rule.methods or set())
        and getattr(app.view_functions[rule.endpoint], "permission", "") != "public"
        and not client.get(address(rule)).headers.get("Location", "").startswith("/sign-in")
    ]
    assert open_doors == []


@pytest.mark.parametrize("path", ["/", "/sign-in", "/verify", "/modules/", "/no-such-page"])
def test_every_answer_carries_the_protective_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    assert (
        "default-src 'none'" in headers["Content-Security-Policy"]
        and "unsafe" not in headers["Content-Security-Policy"]
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(world: object, app: Flask) -> None:
    from tests.conftest import sign_in

    cookie = sign_in(app.test_client(), "aziza@uz.test").headers["Set-Cookie"]  # type: ignore[arg-type]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Expires" not in cookie
