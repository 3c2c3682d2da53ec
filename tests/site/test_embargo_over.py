"""A release whose embargo is over is public everywhere at once; before, nowhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone


@pytest.mark.usefixtures("contexts")
def test_every_page_takes_it_for_public(own_client: Any) -> None:
    from groundbreak.register.models import Package

    made = {"state": "embargoed", "position": 10, "definition_version": "1", "sha256": "0" * 64}
    now = timezone.now()
    Package.objects.create(name="2026.1", known=date(2026, 1, 31),
                           embargo_until=now - timedelta(hours=1), **made)
    Package.objects.create(name="2026.2", known=date(2026, 6, 30),
                           embargo_until=now + timedelta(hours=1), **made)
    home = own_client.get("/").context
    assert (home["release"], home["opened"]) == ("2026.1", date(2026, 1, 31))
    assert home["latest_release"].name == "2026.1"
    assert own_client.get("/bridge/").context["days"].release == "2026.1"
    changes = own_client.get("/changes/").context
    assert [package.name for package in changes["releases"]] == ["2026.1"]
    assert changes["what"].opened == date(2026, 1, 31)
    for path in ("/?release={}", "/changes/?since={}", "/charts/gap.csv?release={}"):
        assert own_client.get(path.format("2026.1")).status_code == 200, path
        assert own_client.get(path.format("2026.2")).status_code == 400, path
