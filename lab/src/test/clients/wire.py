"""The bytes of the link protocol, written from docs/protocol.md alone: header maps, keys, handshake messages, frames.

Nothing here reads or writes a socket. Whatever breaks a "must" of the document raises Broken, with the rule in words.
"""

import base64
import hashlib
import re
import struct
import unicodedata
import zlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw
ED25519 = 1
MAX_HANDSHAKE = 16_384
MAX_TEXT = 1_024
MAX_DATA = 65_520
FIRST_WINDOW = 32_768


class Broken(Exception):
    """The other side broke a rule of the protocol."""


def need(condition, rule):
    if not condition:
        raise Broken(rule)


def sha256(data):
    return hashlib.sha256(data).digest()


# Header maps.


def encode_map(fields):
    out = bytearray()
    for name, value in fields.items():
        if isinstance(value, str):
            value = value.encode()
        elif isinstance(value, dict):
            value = encode_map(value)
        out += struct.pack("!B", len(name)) + name.encode("ascii") + struct.pack("!H", len(value)) + value
    return bytes(out)


def decode_map(data):
    fields = {}
    at = 0
    while at < len(data):
        length = data[at]
        name = data[at + 1 : at + 1 + length]
        at += 1 + length
        need(re.fullmatch(rb"[a-z0-9-]{1,64}", name) and len(name) == length, "a field's name")
        need(at + 2 <= len(data), "a field is cut short")
        (size,) = struct.unpack_from("!H", data, at)
        at += 2
        need(at + size <= len(data), "a field is cut short")
        need(name.decode() not in fields, "a field comes twice")
        fields[name.decode()] = data[at : at + size]
        at += size
        need(len(fields) <= 64, "more than 64 fields")
    return fields


def text(value):
    """Text of the handshake: it ends in logs and on terminals."""
    try:
        decoded = value.decode("utf-8")
    except UnicodeDecodeError:
        raise Broken("text is not UTF-8") from None
    need(len(decoded) <= MAX_TEXT, "text is too long")
    need(
        all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in decoded),
        "text has a character that cannot be shown",
    )
    return decoded


def words(value):
    return text(value).split(" ")


def number(value, least, most):
    need(re.fullmatch(rb"[0-9]{1,19}", value), "not a number")
    need(least <= int(value) <= most, f"a number that is not from {least} to {most}")
    return int(value)


# Keys.


class Key:
    """A private key, and its public key as it is on the wire."""

    def __init__(self, private):
        self.private = private
        self.tagged = bytes([ED25519]) + private.public_key().public_bytes(*RAW)

    @staticmethod
    def fresh():
        return Key(ed25519.Ed25519PrivateKey.generate())

    @staticmethod
    def of_seed(seed):
        return Key(ed25519.Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, context, message):
        return self.private.sign(context.encode("ascii") + b"\0" + message)


def verify(tagged, context, message, signature, what):
    need(len(tagged) == 33 and tagged[0] == ED25519, f"{what}: a key of an unknown algorithm")
    need(len(signature) == 64, f"{what}: a signature has 64 bytes")
    try:
        public = ed25519.Ed25519PublicKey.from_public_bytes(tagged[1:])
        public.verify(signature, context.encode("ascii") + b"\0" + message)
    except (InvalidSignature, ValueError):
        raise Broken(f"{what}: the signature does not fit") from None


def fingerprint(tagged):
    return sha256(tagged)


class Bundle:
    """The list of hub keys that the root key has signed."""

    CONTEXT = "fairlead/1 key bundle"

    def __init__(self, root, data):
        need(len(data) >= 6, "a bundle that is cut short")
        version, self.number, count = struct.unpack_from("!BIB", data)
        need(version == 1, "a bundle of an unknown format")
        need(self.number >= 1 and 1 <= count <= 16, "a bundle's number or count")
        need(len(data) == 6 + 33 * count + 64, "a bundle's length")
        self.keys = [data[6 + 33 * i : 39 + 33 * i] for i in range(count)]
        verify(root, self.CONTEXT, root + data[:-64], data[-64:], "bundle")

    @staticmethod
    def sign(root, number, keys):
        unsigned = struct.pack("!BIB", 1, number, len(keys)) + b"".join(keys)
        return unsigned + root.sign(Bundle.CONTEXT, root.tagged + unsigned)


class Token:
    """An enrolment token."""

    def __init__(self, written):
        compact = "".join(written.split())
        need(compact.startswith("flt_"), "an enrolment token begins with flt_")
        coded = compact[4:]
        try:
            data = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
        except ValueError:
            raise Broken("an enrolment token is base64url") from None
        need(len(data) >= 70, "an enrolment token that is cut short")
        need(zlib.crc32(data[:-4]) == struct.unpack("!I", data[-4:])[0], "an enrolment token that is mistyped")
        need(data[0] == 1, "an enrolment token of an unknown version")
        self.root = data[1:33]
        self.secret = data[33:65]
        self.hubs = []
        at = 66
        for _ in range(data[65]):
            (length,) = struct.unpack_from("!H", data, at)
            self.hubs.append(data[at + 2 : at + 2 + length].decode("ascii"))
            at += 2 + length
        need(1 <= len(self.hubs) <= 8 and at == len(data) - 4, "an enrolment token's hubs")

    @staticmethod
    def write(root, secret, hubs):
        data = b"\1" + root + secret + bytes([len(hubs)])
        for hub in hubs:
            data += struct.pack("!H", len(hub)) + hub.encode("ascii")
        data += struct.pack("!I", zlib.crc32(data))
        return "flt_" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# Handshake messages.

HELLO, PROOF, IDENTITY, WELCOME, REFUSED, CODE, APPROVED, CONFIRM, WAIT = range(1, 10)
SIGNATURE_FIELD = b"\x09signature\x00\x40"


def message(kind, fields):
    payload = encode_map(fields)
    return struct.pack("!B", kind) + len(payload).to_bytes(3, "big") + payload


def split_message(buffer):
    """The first message of the buffer as (type, fields, its bytes), or None while it is not whole."""
    if len(buffer) < 4:
        return None
    kind, length = buffer[0], int.from_bytes(buffer[1:4], "big")
    need(HELLO <= kind <= WAIT, "a handshake message of an unknown type")
    need(length <= MAX_HANDSHAKE, "a handshake message that is too long")
    if len(buffer) < 4 + length:
        return None
    framed = bytes(buffer[: 4 + length])
    return kind, decode_map(framed[4:]), framed


class Transcript:
    """SHA-256 over all handshake messages so far."""

    def __init__(self):
        self.hash = hashlib.sha256()

    def add(self, framed):
        self.hash.update(framed)

    def digest(self):
        return self.hash.digest()

    def continued(self, unsigned):
        longer = self.hash.copy()
        longer.update(unsigned)
        return longer.digest()

    def sign(self, kind, fields, key, context):
        """A message with a signature at its end. The framing that is signed has the full length."""
        unsigned = message(kind, {**fields, "signature": bytes(64)})[: -64 - len(SIGNATURE_FIELD)]
        return unsigned + SIGNATURE_FIELD + key.sign(context, self.continued(unsigned))

    def check(self, framed, key, context, what):
        unsigned, field, signature = framed[: -64 - len(SIGNATURE_FIELD)], framed[len(framed) - 64 - len(SIGNATURE_FIELD) : -64], framed[-64:]
        need(field == SIGNATURE_FIELD, f"{what}: the signature must be the last field")
        verify(key, context, self.continued(unsigned), signature, what)


def hello(nonce):
    return message(HELLO, {"versions": "1", "nonce": nonce})


def check_proof(transcript, framed, fields, expected_root, newest_bundle, leaf):
    """The dialer's checks of PROOF, in the document's order. Returns (root, bundle)."""
    need(fields["version"] == b"1", "a version that was not offered")
    need(len(fields["nonce"]) == 32, "a nonce has 32 bytes")
    root = fields["root"]
    if expected_root is not None:
        need(fingerprint(root) == expected_root, "another deployment's root key")
    bundle = Bundle(root, fields["bundle"])
    need(bundle.number >= newest_bundle, "an older bundle than one that was seen")
    need(fields["key"] in bundle.keys, "a hub key that is not in the bundle")
    transcript.check(framed, fields["key"], "fairlead/1 hub proof", "proof")
    leaves = fields["leaves"]
    need(0 < len(leaves) <= 64 * 32 and len(leaves) % 32 == 0, "1 to 64 leaves of 32 bytes")
    text(fields["name"])
    need(leaf in [leaves[i : i + 32] for i in range(0, len(leaves), 32)], "intercepted: a certificate that is none of the hub's")
    return root, bundle


def identity(transcript, role, leaf, capabilities, info, key=None, credential=None):
    """IDENTITY with its fields in the order of the document's table; maps with their names in order."""
    fields = {"role": role}
    if key is not None:
        fields["key"] = key.tagged
    fields["leaf"] = leaf
    if credential is not None:
        fields["credential"] = credential
    fields["capabilities"] = dict(sorted(capabilities.items()))
    fields["info"] = dict(sorted(info.items()))
    if key is None:
        return message(IDENTITY, fields)
    return transcript.sign(IDENTITY, fields, key, f"fairlead/1 {role} identity")


class Welcome:
    def __init__(self, fields):
        self.tenant = text(fields["tenant"])
        self.tenant_name = text(fields["tenant-name"])
        self.id = text(fields["id"])
        self.name = text(fields["name"])
        self.epoch = number(fields["epoch"], 0, 2**63 - 1)
        self.streams = number(fields["streams"], 1, 65_536)
        self.header_bytes = number(fields["header-bytes"], 1_024, 65_535)
        self.ping = number(fields["ping-ms"], 10, 60_000) / 1000
        self.dead = number(fields["dead-ms"], 10, 60_000) / 1000
        need(self.dead > self.ping, "dead-ms is more than ping-ms")
        self.hubs = words(fields["hubs"])
        need(len(self.hubs) <= 8, "at most 8 hubs")
        self.capabilities = {name: text(value) for name, value in decode_map(fields["capabilities"]).items()}


def pairing_fingerprint(root, hub, node, transcript):
    digest = sha256(b"fairlead/1 pairing\0" + root + hub + node + transcript.digest()).hex()
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


# Frames.

OPEN, ACCEPT, REFUSE, DATA, WINDOW, END, RESET, DATAGRAM, PING, PONG, GOAWAY, RESUME = range(1, 13)
OF_LINK = (PING, PONG, GOAWAY)

(DONE, CANCELLED, TARGET_REFUSED, TARGET_TIMEOUT, TARGET_UNREACHABLE, TARGET_RESET, DENIED_BY_NODE, DENIED, NODE_OFFLINE) = range(9)
(RIGHT_ENDED, ENDED_BY_OPERATOR, LINK_LOST, LIMIT, PROTOCOL_ERROR, UNSUPPORTED, BAD_REQUEST, INTERNAL, GOING_AWAY, NOT_RESUMABLE) = range(9, 19)

GOAWAY_REVOKED = 5
GOAWAY_PROTOCOL_ERROR = 7


def frame(kind, stream, payload=b""):
    return struct.pack("!BBHI", kind, 0, len(payload), stream) + payload


def window(stream, consumed, size):
    return frame(WINDOW, stream, struct.pack("!QI", consumed, size))


def caused(kind, stream, cause, sentence):
    return frame(kind, stream, struct.pack("!H", cause) + sentence.encode())


def goaway(cause, wait_ms, sentence):
    return frame(GOAWAY, 0, struct.pack("!HI", cause, wait_ms) + sentence.encode())


def sentence(data):
    """Text for a person: what must not be shown is replaced."""
    decoded = data.decode("utf-8", "replace")[:MAX_TEXT]
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else c for c in decoded)


class FrameReader:
    """Cuts a stream of bytes into frames, whatever the pieces in which it comes."""

    def __init__(self, max_payload):
        self.max_payload = max_payload
        self.buffer = bytearray()

    def feed(self, data):
        self.buffer += data
        frames = []
        while len(self.buffer) >= 8:
            kind, _, length, stream = struct.unpack_from("!BBHI", self.buffer)
            need(OPEN <= kind < DATAGRAM or kind in OF_LINK or kind >= 0x80, f"frame type {kind}")
            if kind < 0x80:
                need((stream == 0) == (kind in OF_LINK), f"frame type {kind} on stream {stream}")
            need(length <= (MAX_DATA if kind == DATA else self.max_payload), f"a frame of {length} bytes")
            if len(self.buffer) < 8 + length:
                break
            if kind < 0x80:
                frames.append((kind, stream, bytes(self.buffer[8 : 8 + length])))
            del self.buffer[: 8 + length]
        return frames
