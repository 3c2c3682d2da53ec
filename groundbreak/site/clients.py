"""Who asks, as far as limits need to know: the address behind the proxies that we run ourselves."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client(request: HttpRequest) -> str:
    """The asker's address; of IPv6 its /64, which one household or machine has.

    With PROXIES reverse proxies before the site, each appends to X-Forwarded-For whom it heard: the
    one that many places from the right is believed, whatever stands before it.
    """
    heard = str(request.META.get("REMOTE_ADDR", ""))
    if settings.PROXIES:
        told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(told) >= settings.PROXIES:
            heard = told[-settings.PROXIES].strip() or heard
    try:
        address = ipaddress.ip_address(heard)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
