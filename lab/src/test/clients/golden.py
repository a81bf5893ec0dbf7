"""Both directions of every golden file: what the document says is written comes out as those bytes, and is read again."""

import pathlib
import sys
import unittest

import wire

FOLDER = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else "docs/golden")


def comment_free(name):
    return [line.split("#")[0].strip() for line in (FOLDER / name).read_text().splitlines()]


def golden(name):
    return bytes.fromhex("".join(comment_free(name + ".hex")))


KEYS = dict(line.split() for line in comment_free("keys.txt") if line)
ROOT, HUB, NODE = (wire.Key.of_seed(bytes([n]) * 32) for n in (1, 2, 3))
LEAF = wire.sha256(b"the hub's certificate")
CAPABILITIES = {"ssh": "1", "exec": "1"}
INFO = {"agent-version": "0.1.0", "hostname": "node7", "os": "linux", "arch": "amd64"}


def transcript(*names):
    so_far = wire.Transcript()
    for name in names:
        so_far.add(golden(name))
    return so_far


def fields(name):
    kind, decoded, framed = wire.split_message(golden(name))
    assert framed == golden(name)
    return kind, decoded


class Golden(unittest.TestCase):
    def test_every_file_is_known(self):
        known = {
            "keys.txt", "fingerprint.txt", "enrolment-token.txt", "pairing-fingerprint.txt", "bundle.hex",
            "hello.hex", "proof.hex", "welcome.hex", "refused.hex", "code.hex", "wait.hex", "approved.hex", "confirm-no.hex",
            "identity-node.hex", "identity-enrol.hex", "identity-client.hex", "identity-pair.hex",
            # Of a second TLS inside the link, which this node does not speak.
            "proof-inner.hex", "inside.hex", "identity-node-inner.hex",
        }
        there = {path.name for path in FOLDER.iterdir() if not path.name.startswith("frame-")}
        self.assertEqual(known, there)
        self.assertEqual(set(self.frames()), {path.stem for path in FOLDER.glob("frame-*.hex")})

    def test_keys(self):
        for name, key in (("root", ROOT), ("hub", HUB), ("node", NODE)):
            self.assertEqual(bytes.fromhex(KEYS[name]), key.tagged)
        self.assertEqual(comment_free("fingerprint.txt")[-1], wire.fingerprint(ROOT.tagged).hex())

    def test_bundle(self):
        self.assertEqual(golden("bundle"), wire.Bundle.sign(ROOT, 7, [HUB.tagged]))
        self.assertEqual([HUB.tagged], wire.Bundle(ROOT.tagged, golden("bundle")).keys)
        for changed in (golden("bundle") + b"\0", golden("bundle")[:-1], b"\2" + golden("bundle")[1:]):
            self.assertRaises(wire.Broken, wire.Bundle, ROOT.tagged, changed)

    def test_enrolment_token(self):
        written = comment_free("enrolment-token.txt")[-1]
        token = wire.Token(written[:30] + "\n " + written[30:])
        self.assertEqual((wire.fingerprint(ROOT.tagged), b"\x09" * 32, ["https://hub.example:8484"]), (token.root, token.secret, token.hubs))
        self.assertEqual(written, wire.Token.write(token.root, token.secret, token.hubs))
        self.assertRaises(wire.Broken, wire.Token, written[:-9] + "A" + written[-8:])

    def test_hello(self):
        self.assertEqual(golden("hello"), wire.hello(b"\x0a" * 32))

    def test_proof(self):
        _, proof = fields("proof")
        before = transcript("hello")
        expected = wire.fingerprint(ROOT.tagged)
        root, bundle = wire.check_proof(before, golden("proof"), proof, expected, 7, LEAF)
        self.assertEqual((ROOT.tagged, 7), (root, bundle.number))
        unsigned = {name: value for name, value in proof.items() if name != "signature"}
        self.assertEqual(golden("proof"), before.sign(wire.PROOF, unsigned, HUB, "fairlead/1 hub proof"))
        refused = [
            (before, golden("proof"), proof, b"\0" * 32, 7, LEAF),
            (before, golden("proof"), proof, expected, 8, LEAF),
            (before, golden("proof"), proof, expected, 7, wire.sha256(b"another certificate")),
            (wire.Transcript(), golden("proof"), proof, expected, 7, LEAF),
        ]
        for arguments in refused:
            self.assertRaises(wire.Broken, wire.check_proof, *arguments)

    def test_identities(self):
        for role, key, credential in (
            ("node", NODE, None),
            ("enrol", NODE, b"\x09" * 32),
            ("client", None, b"fls_sample"),
            ("pair", NODE, None),
        ):
            written = wire.identity(transcript("hello", "proof"), role, LEAF, CAPABILITIES, INFO, key, credential)
            self.assertEqual(golden("identity-" + role), written, role)
            if key is not None:
                transcript("hello", "proof").check(written, key.tagged, f"fairlead/1 {role} identity", role)

    def test_welcome(self):
        kind, decoded = fields("welcome")
        welcome = wire.Welcome(decoded)
        self.assertEqual(wire.WELCOME, kind)
        self.assertEqual(("default", "node7", 42, 2048, 16384), (welcome.tenant_name, welcome.name, welcome.epoch, welcome.streams, welcome.header_bytes))
        self.assertEqual((10.0, 25.0), (welcome.ping, welcome.dead))
        self.assertEqual((["https://hub.example:8484"], {"call": "1"}), (welcome.hubs, welcome.capabilities))

    def test_the_other_answers(self):
        self.assertEqual((wire.REFUSED, {"code": b"used-token", "message": b"no", "retry-after-ms": b"3000"}), fields("refused"))
        self.assertEqual((wire.CODE, {"code": b"7Q4M-2XKP", "expires-ms": b"600000"}), fields("code"))
        self.assertEqual((wire.WAIT, {}), fields("wait"))
        self.assertEqual((wire.APPROVED, {"hub": b"hub.example", "tenant": b"default", "approver": b"alice"}), fields("approved"))
        self.assertEqual(golden("confirm-no"), wire.message(wire.CONFIRM, {"answer": "no"}))
        for name in ("refused", "code", "wait", "approved"):
            self.assertEqual(golden(name), wire.message(*fields(name)))

    def test_pairing_fingerprint(self):
        digits = wire.pairing_fingerprint(ROOT.tagged, HUB.tagged, NODE.tagged, transcript("hello", "proof", "identity-pair"))
        self.assertEqual(comment_free("pairing-fingerprint.txt")[-1], digits)

    @staticmethod
    def frames():
        return {
            "frame-open": wire.frame(wire.OPEN, 1, wire.encode_map({"kind": "tcp", "target": "127.0.0.1:22"})),
            "frame-accept": wire.frame(wire.ACCEPT, 1),
            "frame-refuse": wire.caused(wire.REFUSE, 1, wire.TARGET_REFUSED, "nobody listens there"),
            "frame-data": wire.frame(wire.DATA, 1, b"hello"),
            "frame-window": wire.window(1, 16_384, 65_536),
            "frame-window-end": wire.window(1, 6, 65_536),
            "frame-end": wire.frame(wire.END, 1, (5).to_bytes(8, "big")),
            "frame-reset": wire.caused(wire.RESET, 2, wire.RIGHT_ENDED, "the grant was withdrawn"),
            "frame-ping": wire.frame(wire.PING, 0, (1).to_bytes(8, "big")),
            "frame-pong": wire.frame(wire.PONG, 0, (1).to_bytes(8, "big")),
            "frame-goaway": wire.goaway(3, 1_500, "restart"),
        }

    def test_frames(self):
        for name, written in self.frames().items():
            self.assertEqual(golden(name), written, name)
        all_of_them = b"".join(self.frames().values())
        for step in (1, 3, 7, len(all_of_them)):
            reader = wire.FrameReader(16_384)
            frames = [f for i in range(0, len(all_of_them), step) for f in reader.feed(all_of_them[i : i + step])]
            self.assertEqual(all_of_them, b"".join(wire.frame(*f) for f in frames))


if __name__ == "__main__":
    unittest.main(verbosity=2)
