"""A session is named after its browser and system, not by the line that the browser sends."""

import pytest

from diploma.accounts.models import UserSession


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 YaBrowser/24.1 Safari/537.36", "Yandex Browser, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Android 13; Mobile; rv:120.0) Gecko/120.0 Firefox/120.0", "Firefox, Android"),
        ("curl/8", ""),
        ("<script>Linux", "Linux"),
    ],
)  # fmt: skip
def test_a_device_is_called_what_people_call_it(agent: str, device: str) -> None:
    assert UserSession(agent=agent).device == device
