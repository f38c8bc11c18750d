"""The network address that a request came from, believing only our own proxies."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

HOME_PREFIX = 64
"""A household or an attacker has a whole /64 of IPv6, so that is one address here."""


def client_address(request: HttpRequest) -> str:
    """The last address that one of our proxies saw; empty behind a Unix socket with no proxy believed.

    Each proxy appends whom it was called by to `X-Forwarded-For`. What stands before the entries of our own
    proxies was written by the caller, who may have made it up.
    """
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    seen = forwarded[-proxies] if proxies and len(forwarded) >= proxies else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, HOME_PREFIX), strict=False))
    return str(address)
