"""Which IP addresses are public, by the registries of IANA."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from kb.text.ip_addresses import AllowedNetwork, allowed_network, is_public_address

# First and last address of each special range.
SPECIAL = [
    ("0.0.0.0", "0.255.255.255"), ("10.0.0.0", "10.255.255.255"),  # noqa: S104
    ("100.64.0.0", "100.127.255.255"), ("127.0.0.0", "127.255.255.255"),
    ("169.254.0.0", "169.254.255.255"), ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"), ("192.0.2.0", "192.0.2.255"),
    ("192.88.99.0", "192.88.99.255"), ("192.168.0.0", "192.168.255.255"),
    ("198.18.0.0", "198.19.255.255"), ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"), ("224.0.0.0", "239.255.255.255"),
    ("240.0.0.0", "255.255.255.255"),
    ("::", "::1"),  # unspecified, loopback
    ("::0.0.0.2", "::255.255.255.255"),  # IPv4-compatible
    ("::ffff:0.0.0.0", "::ffff:255.255.255.255"),  # IPv4-mapped
    ("::ffff:10.0.0.1", "::ffff:93.184.216.34"),
    ("64:ff9b::", "64:ff9b::ffff:ffff"),  # NAT64
    ("64:ff9b::a00:1", "64:ff9b::5db8:d822"),
    ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    ("100::", "100::ffff:ffff:ffff:ffff"),  # discard
    ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"),  # Teredo
    ("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"),  # benchmarking
    ("2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"),  # ORCHIDv2
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),  # 6to4
    ("2002:a00:1::1", "2002:5db8:d822::1"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("4000::", "4000::1"),  # not global unicast
    ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),  # SRv6
    ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fe80::1%eth0", "2606:2800:220:1::1%eth0"),
    ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
]  # fmt: skip
# The neighbours of some of these ranges, and well-known hosts.
PUBLIC = [
    "1.0.0.0", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255", "100.128.0.0",
    "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "198.17.255.255",
    "198.20.0.0", "223.255.255.255", "2000::", "2001:200::1", "2001:4860:4860::8888",
    "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2606:2800:220:1::1", "2a00:1450::1",
    "3ffe:ffff::1", "3fff:1000::1",
]  # fmt: skip


@pytest.mark.parametrize("address", [address for ends in SPECIAL for address in ends])
def test_special_addresses_are_not_public(address):
    assert not is_public_address(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_other_addresses_are_public(address):
    assert is_public_address(ip_address(address))


@pytest.mark.parametrize(
    ("text", "network", "port"),
    [
        ("10.1.0.0/16", "10.1.0.0/16", None),
        ("10.1.2.3:8080", "10.1.2.3/32", 8080),
        ("10.1.0.0/16:8080", "10.1.0.0/16", 8080),
        ("fd00::/8", "fd00::/8", None),
        ("[fd00::1]:8080", "fd00::1/128", 8080),
    ],
)
def test_allowed_network_is_read(text, network, port):
    assert allowed_network(text) == AllowedNetwork(ip_network(network), port)


@pytest.mark.parametrize("text", ["", ":80", "10.1.2.3:", "10.1.2.3:http", "[fd00::1]"])
def test_malformed_network_is_refused(text):
    with pytest.raises(ValueError, match="address|network"):
        allowed_network(text)
