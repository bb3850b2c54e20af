"""Which IP addresses are public, and which others the operator allows.

The ranges are those of the IANA registries of special-purpose addresses (RFC 6890) of October 2024.
``ipaddress.is_global`` is not used, because its answer depends on the version of Python.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# The ranges outside 2000::/3 need no line: among them are loopback, IPv4-mapped and
# IPv4-compatible addresses, NAT64, discard, SRv6, unique local, link local and multicast.
_SPECIAL_IPV6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocols: Teredo, benchmarking, AMT, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which contains an IPv4 address
        "3fff::/20",  # documentation
    )
)
_SPECIAL_IPV4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by the customers of a provider
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link local
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_WITH_PORT = re.compile(r"(?:\[(?P<ipv6>[^\]]+)\]|(?P<ipv4>[^:\[\]]+)):(?P<port>[0-9]{1,5})")


def is_public_address(address: Address) -> bool:
    """Return whether a host on the internet can have this address.

    An IPv6 address that contains an IPv4 address is not public, and one with a zone is not either,
    whatever the IPv4 address is: the same host has a plain address.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_IPV4)
    if address.scope_id is not None or address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _SPECIAL_IPV6)


@dataclass(frozen=True)
class AllowedNetwork:
    """A network whose hosts may be reached although it may be private, on one port.

    Without a port, these are the ports of http and https, 80 and 443.
    """

    network: Network
    port: int | None = None

    def has(self, address: Address, port: int) -> bool:
        """Return whether this address may be reached on this port."""
        ports = DEFAULT_PORTS.values() if self.port is None else (self.port,)
        return port in ports and address in self.network


def allowed_network(text: str) -> AllowedNetwork:
    """Return the network of ``10.1.0.0/16``, ``10.1.2.3:8080`` or ``[fd00::1]:8080``.

    Raises ValueError for anything else.
    """
    match = _WITH_PORT.fullmatch(text)
    if match is None:
        return AllowedNetwork(ipaddress.ip_network(text))
    port = int(match["port"])
    if not 0 < port < 2**16:
        raise ValueError(text)
    network = ipaddress.ip_network(match["ipv6"] or match["ipv4"])
    if (network.version == 6) != bool(match["ipv6"]):
        raise ValueError(text)
    return AllowedNetwork(network, port)


def is_allowed(address: Address, port: int, allowed: Sequence[AllowedNetwork]) -> bool:
    """Return whether one of the allowed networks has this address and port."""
    return any(network.has(address, port) for network in allowed)
