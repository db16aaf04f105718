"""Networks of our own, for checks that must see every packet: namespaces of Linux, joined by a cable, a recorder of
what leaves one, and a name server for it.

Needs root and `ip` of iproute2. Nothing outside of the namespaces is changed but for their files in /etc/netns.
"""
import contextlib
import ctypes
import ipaddress
import os
import shutil
import socket
import struct
import subprocess
import threading
from collections import Counter
from dataclasses import dataclass

from harness import Impossible, Skip

# Of Linux; Python has no names for them.
CLONE_NEWNET = 0x40000000
SO_RCVBUFFORCE = 33
SOL_PACKET, PACKET_STATISTICS, PACKET_OUTGOING = 263, 6, 4
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6"}
# How hosts of IPv6 find their neighbours and say which groups they are in (RFC 4861, RFC 3810), as ARP does for IPv4.
NEIGHBOUR_TYPES = (130, 131, 132, 133, 134, 135, 136, 137, 143)
# On the way to other hosts before anything of a packet's own.
HOP_BY_HOP = 0


# ---------------------------------------------------------------------------------------------------- Namespaces

class Namespace:
    """A network namespace. Sockets that are made while a thread has entered it belong to it for good."""

    def __init__(self, name):
        self.name = name
        self.settings = f"/etc/netns/{name}"

    def make(self, name_server=None):
        run("ip", "netns", "add", self.name, if_refused=Impossible)
        self.run("link", "set", "lo", "up")
        if name_server:
            os.makedirs(self.settings)
            with open(f"{self.settings}/resolv.conf", "w") as file:
                file.write(f"nameserver {name_server}\n")

    def remove(self):
        subprocess.run(["ip", "netns", "delete", self.name], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.settings, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir("/etc/netns")  # unless somebody else has something there

    def run(self, *arguments, if_refused=AssertionError):
        """`ip` with arguments, of this namespace."""
        run("ip", "-netns", self.name, *arguments, if_refused=if_refused)

    def plug_in(self, *addresses):
        """Brings its end of the cable up, with these addresses."""
        for address in addresses:
            # Nobody else has it: those of IPv6 needn't wait until that is found out.
            length, now = ("/128", ["nodad"]) if ":" in address else ("/32", [])
            self.run("address", "add", address + length, "dev", "cable", *now)
        self.run("link", "set", "cable", "up")

    @property
    def within(self):
        """Runs a command in it, with its own resolv.conf."""
        return ("ip", "netns", "exec", self.name)

    def enter(self):
        """Moves this thread there, and no other."""
        move(f"/run/netns/{self.name}")

    @contextlib.contextmanager
    def entered(self):
        with open("/proc/thread-self/ns/net") as own:
            self.enter()
            try:
                yield
            finally:
                move(f"/proc/self/fd/{own.fileno()}")


def run(*command, if_refused):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise if_refused(f"`{' '.join(command)}` failed: {done.stderr.strip()}")


def move(path):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path) as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"this thread can't be moved to {path}")


@contextlib.contextmanager
def two_networks(addresses, name_server):
    """A namespace, and another at the end of its only cable that has all these addresses.

    The first one's default route leads there: whatever it sends to any address in the world leaves, and is seen.
    """
    if os.geteuid():
        raise Impossible("only root may make networks")
    if not shutil.which("ip"):
        raise Skip("there is no `ip`: install iproute2")
    near, far = (Namespace(f"northern-{os.getpid()}-{end}") for end in ("near", "far"))
    try:
        near.make(name_server)
        far.make()
        near.run("link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", far.name,
                 if_refused=Impossible)
        near.plug_in("198.18.0.1", "2001:db8::1")
        far.plug_in("198.18.0.2", "2001:db8::2", *addresses)
        # None is a neighbour of the other's but these, so that nobody is looked for in any other way than by packets.
        for here, there in (("198.18.0.1", "198.18.0.2"), ("2001:db8::1", "2001:db8::2")):
            far.run("route", "add", here, "dev", "cable")
            near.run("route", "add", there, "dev", "cable")
            near.run("-6" if ":" in there else "-4", "route", "add", "default", "via", there)
        yield near, far
    finally:
        near.remove()
        far.remove()


# ---------------------------------------------------------------------------------------------------- What leaves

@dataclass(frozen=True, order=True)
class Way:
    """Where a packet goes, and from which port."""
    interface: str
    protocol: str
    address: str
    port: int
    source: int

    def __str__(self):
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.protocol} {host}:{self.port} on {self.interface}"


class Recorder:
    """Counts each packet that leaves through any interface of a namespace, the loopback one included, by its way.

    Apart from those by which neighbours find each other, which go no further than the cable.
    """

    def __init__(self, namespace):
        self.ways = Counter()
        self.lost = 0
        with namespace.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 128 << 20)
        self.socket.settimeout(0.2)
        self.is_over = False
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.finish()

    def finish(self):
        """Counts all that has left until now, and stops."""
        self.is_over = True
        self.thread.join()
        if self.socket.fileno() >= 0:
            self.lost = struct.unpack("II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
            self.socket.close()

    def _listen(self):
        packet = bytearray(96)
        while True:
            try:
                size, (interface, kind, direction, *_) = self.socket.recvfrom_into(packet)
            except TimeoutError:
                if self.is_over:
                    return
                continue
            way = way_of(interface, kind, packet[:size]) if direction == PACKET_OUTGOING else None
            if way:
                self.ways[way] += 1


def way_of(interface, kind, packet):
    """The way of a packet; nil for what only finds neighbours. Of what isn't known, too, it says that it was there."""
    if kind == ETH_P_IP:
        protocol, address, start = packet[9], packet[16:20], (packet[0] & 15) * 4
    elif kind == ETH_P_IPV6:
        protocol, address, start = packet[6], packet[24:40], 40
        if protocol == HOP_BY_HOP:
            protocol, start = packet[40], 40 + (packet[41] + 1) * 8
    elif kind == 0x0806:
        return None
    else:
        return Way(interface, f"ethertype {kind:#06x}", "", 0, 0)
    source = port = 0
    if protocol in (socket.IPPROTO_TCP, socket.IPPROTO_UDP):
        source, port = struct.unpack_from("!HH", packet, start)
    elif protocol == socket.IPPROTO_ICMPV6 and packet[start] in NEIGHBOUR_TYPES:
        return None
    return Way(interface, PROTOCOLS.get(protocol, str(protocol)), str(ipaddress.ip_address(bytes(address))), port,
               source)


# ---------------------------------------------------------------------------------------------------- Names

class NameServer:
    """Answers for some names (RFC 1035), and says of all others that there are none.

    A name has one list of addresses, or several of which each question for IPv4 gets the next.
    """

    KINDS = {1: 4, 28: 6}

    def __init__(self, namespace, address, names):
        self.names = names
        self.asked = Counter()
        with namespace.entered():
            self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.socket.settimeout(0.2)
        self.is_over = False
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()
        self.socket.close()

    def _serve(self):
        while not self.is_over:
            with contextlib.suppress(TimeoutError):
                question, caller = self.socket.recvfrom(512)
                self.socket.sendto(self._answer(question), caller)

    def _answer(self, question):
        labels, place = [], 12
        while size := question[place]:
            labels.append(question[place + 1:place + 1 + size].decode())
            place += 1 + size
        kind = struct.unpack_from("!H", question, place + 1)[0]
        name = ".".join(labels).lower()
        found = self._addresses(name, self.KINDS.get(kind))
        # Of a name that isn't there: code 3.
        flags, asked = 0x8180 | (0 if name in self.names else 3), question[12:place + 5]
        records = [b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(address.packed)) + address.packed
                   for address in found]
        return question[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + asked + b"".join(records)

    def _addresses(self, name, version):
        rounds = self.names.get(name, [[]])
        turn = self.asked[name, 4]
        self.asked[name, version] += 1
        addresses = map(ipaddress.ip_address, rounds[turn % len(rounds)])
        return [address for address in addresses if address.version == version]
