"""A node in Python, written from docs/protocol.md alone: it enrols, links, and serves TCP streams.

usage: node.py TOKEN-FILE

Says on standard output what happens, a line each, and obeys standard input: `cut` breaks the connection off without a word,
`leave` takes the machine out of the fleet, `quit` ends in order. Uses Debian's python3-websockets and python3-cryptography.
"""

import asyncio
import contextlib
import hashlib
import os
import platform
import random
import ssl
import sys

import websockets
import websockets.exceptions

import wire

CAPABILITIES = {"resume": "1", "tcp": "1"}
KEPT = 1 << 20
KEPT_MS = 60_000
WINDOW = 256 << 10
TELL_WITHIN = 0.02


def say(*what):
    print(*what, flush=True)


class Refused(Exception):
    def __init__(self, fields):
        self.code = wire.text(fields["code"])
        super().__init__(f"{self.code}: {wire.text(fields['message'])}")


class Connection:
    """TLS and WebSocket, as a stream of bytes in each direction."""

    @staticmethod
    async def dial(hub):
        tls = ssl.create_default_context()
        tls.check_hostname = False  # any certificate: the proof is bound to it
        tls.verify_mode = ssl.CERT_NONE
        url = "wss" + hub.removeprefix("https").rstrip("/") + "/link"
        self = Connection()
        self.socket = await websockets.connect(
            url, ssl=tls, subprotocols=["fairlead.1"], compression=None, ping_interval=None, close_timeout=2, max_size=None
        )
        wire.need(self.socket.subprotocol == "fairlead.1", "a 101 without fairlead.1 is not a hub")
        self.leaf = wire.sha256(self.socket.transport.get_extra_info("ssl_object").getpeercert(binary_form=True))
        return self

    async def receive(self):
        data = await self.socket.recv()
        wire.need(isinstance(data, bytes), "a text message")
        return data

    async def send(self, data):
        await self.socket.send(data)

    async def close(self):
        await self.socket.close()

    def cut(self):
        self.socket.transport.abort()


class Handshake:
    """The dialer's side, up to WELCOME."""

    def __init__(self, connection):
        self.connection = connection
        self.transcript = wire.Transcript()
        self.buffer = bytearray()

    async def message(self, *wanted):
        while not (found := wire.split_message(self.buffer)):
            self.buffer += await self.connection.receive()
        kind, fields, framed = found
        del self.buffer[: len(framed)]
        if kind == wire.REFUSED:
            raise Refused(fields)
        wire.need(kind in wanted, f"message {kind} is not in its place")
        return fields, framed

    async def say(self, framed):
        self.transcript.add(framed)
        await self.connection.send(framed)

    async def run(self, node, role, credential=None):
        await self.say(wire.hello(os.urandom(32)))
        fields, framed = await self.message(wire.PROOF)
        leaf = self.connection.leaf
        _, bundle = wire.check_proof(self.transcript, framed, fields, node.anchor, node.newest_bundle, leaf)
        node.newest_bundle = bundle.number
        self.transcript.add(framed)
        await self.say(wire.identity(self.transcript, role, leaf, CAPABILITIES, node.info, node.key, credential))
        fields, _ = await self.message(wire.WELCOME)
        return wire.Welcome(fields), bytes(self.buffer)


class Stream:
    """One stream of one link: credit in both directions, and how it ends."""

    def __init__(self, link, number, answered):
        self.link = link
        self.number = number
        self.answered = answered
        self.sent = 0
        self.may_send = wire.FIRST_WINDOW
        self.end_sent = False
        self.acknowledged = 0
        self.received = 0
        self.consumed = 0
        self.told = 0
        self.telling = None
        self.window = wire.FIRST_WINDOW
        self.end_received = False
        self.over = False
        self.changed = asyncio.Event()
        self.user = None

    async def accept(self, headers):
        self.answered = True
        await self.link.send(wire.frame(wire.ACCEPT, self.number, wire.encode_map(headers)))
        self.changed.set()

    async def refuse(self, cause, sentence):
        self.finish(cause)
        await self.link.send(wire.caused(wire.REFUSE, self.number, cause, sentence))

    async def reset(self, cause, sentence):
        if not self.over:
            self.finish(cause)
            await self.link.send(wire.caused(wire.RESET, self.number, cause, sentence))

    def credit(self):
        return 0 if self.over or not self.answered else min(self.may_send - self.sent, wire.MAX_DATA)

    async def data(self, part):
        self.sent += len(part)
        await self.link.send(wire.frame(wire.DATA, self.number, part))

    async def end(self):
        self.end_sent = True
        await self.link.send(wire.frame(wire.END, self.number, self.sent.to_bytes(8, "big")))

    async def was_consumed(self, length):
        """These bytes have left this process: the other side may send as many more, and need not keep them."""
        self.consumed += length
        if self.consumed - self.told >= self.window // 4:
            self.window = min(self.window * 2, WINDOW)
            await self.tell()
        elif self.telling is None:
            self.telling = asyncio.get_running_loop().call_later(TELL_WITHIN, lambda: asyncio.ensure_future(self.tell()))

    async def end_was_consumed(self):
        self.consumed += 1
        await self.tell()
        self.finish_when_all_is_known()

    async def tell(self):
        if self.telling is not None:
            self.telling.cancel()
            self.telling = None
        if not self.over and self.told < self.consumed:
            self.told = self.consumed
            await self.link.send(wire.window(self.number, self.consumed, self.window))

    async def frame(self, kind, payload):
        if kind == wire.DATA:
            self.received += len(payload)
            wire.need(not self.end_received, "DATA after END")
            wire.need(self.received <= self.told + self.window, "DATA beyond the window")
            await self.user.data(self, payload)
        elif kind == wire.WINDOW:
            wire.need(len(payload) == 12, "WINDOW has 12 bytes")
            consumed, size = int.from_bytes(payload[:8], "big"), int.from_bytes(payload[8:], "big")
            wire.need(consumed <= self.sent + self.end_sent and consumed + size >= self.may_send, "WINDOW takes credit back")
            self.may_send = consumed + size
            self.acknowledged = consumed
            self.user.acknowledged(self, min(consumed, self.sent))
            self.changed.set()
            self.finish_when_all_is_known()
        elif kind == wire.END:
            wire.need(int.from_bytes(payload, "big") == self.received and not self.end_received, "END at another offset")
            self.end_received = True
            await self.user.ended(self)
        elif kind in (wire.RESET, wire.REFUSE):
            self.finish(int.from_bytes(payload[:2], "big"), wire.sentence(payload[2:]))
        elif kind == wire.ACCEPT:
            self.user.accepted(self, wire.decode_map(payload))
            self.changed.set()

    def finish_when_all_is_known(self):
        """Both directions have ended, and each side has said that it has everything."""
        if self.end_sent and self.acknowledged == self.sent + 1 and self.end_received and self.told == self.received + 1:
            self.finish(wire.DONE)

    def finish(self, cause, sentence=""):
        if not self.over:
            self.over = True
            self.changed.set()
            self.link.streams.pop(self.number, None)
            if self.user is not None:
                self.user.closed(self, cause, sentence)


class Served:
    """A TCP connection to a target, and what the other side has not acknowledged of it.

    It lives through a succession of streams, each of which counts from 0; what is said of offsets here counts from the
    beginning of the first. `kept_at` is the offset of the first byte that is kept."""

    def __init__(self, reader, writer, headers, forget):
        self.reader = reader
        self.writer = writer
        self.first = {name: headers.get(name) for name in ("session", "user", "target")}
        self.resumable = "resume-id" in headers
        self.forget = forget
        self.kept = bytearray()
        self.kept_at = 0
        self.ended_at = None
        self.room = asyncio.Event()
        self.stream = None
        self.begins_at = 0
        self.received = 0
        self.end_received = False
        self.coming = asyncio.Queue()
        self.sending = None
        self.expiry = None
        self.tasks = [asyncio.ensure_future(self.read()), asyncio.ensure_future(self.write())]

    def terms(self):
        return {"resume-ms": str(KEPT_MS)} if self.resumable else {}

    def attach(self, stream):
        self.stream = stream
        stream.user = self
        if self.expiry is not None:
            self.expiry.cancel()
        self.sending = asyncio.ensure_future(self.send(stream))

    async def resume(self, stream, headers):
        """Goes on with another stream, from where the other side says it is; END counts as one."""
        at = wire.number(headers["resume-at"], 0, 2**63 - 1)
        end = self.kept_at + len(self.kept)
        same = all(headers.get(name) == value for name, value in self.first.items())
        if not same or not self.kept_at <= at <= end + (self.ended_at is not None):
            await stream.refuse(wire.NOT_RESUMABLE, "Nothing is kept of this stream.")
            return
        if self.stream is not None:
            old, self.stream = self.stream, None
            await old.reset(wire.LINK_LOST, "the stream goes on elsewhere")
        self.begins_at = min(at, end)
        self.release(self.begins_at)
        self.attach(stream)
        say("resumed", at, self.received)
        await stream.accept({"resume-at": str(self.received + self.end_received), **self.terms()})

    async def read(self):
        """Target to memory, as far as there is room."""
        try:
            while part := await self.reader.read(wire.MAX_DATA):
                self.kept += part
                self.more()
                while len(self.kept) >= KEPT:
                    self.room.clear()
                    await self.room.wait()
            self.ended_at = self.kept_at + len(self.kept)
            self.more()
        except OSError as e:
            await self.broke_off(e)

    def more(self):
        if self.stream is not None:
            self.stream.changed.set()

    async def send(self, stream):
        """Memory to the stream, as far as there is credit; END again on every stream."""
        while not stream.over:
            stream.changed.clear()
            at = self.begins_at + stream.sent - self.kept_at
            fresh = len(self.kept) - at
            if fresh and stream.credit():
                await stream.data(bytes(self.kept[at : at + stream.credit()]))
            elif not fresh and self.ended_at is not None and stream.answered and not stream.end_sent:
                await stream.end()
            else:
                await stream.changed.wait()

    async def write(self):
        """Streams to target. Only what the kernel has taken counts as consumed."""
        try:
            while True:
                stream, part = await self.coming.get()
                if part:
                    self.writer.write(part)
                    await self.writer.drain()
                    await stream.was_consumed(len(part))
                else:
                    if not self.writer.is_closing():
                        self.writer.write_eof()
                    await stream.end_was_consumed()
        except OSError as e:
            await self.broke_off(e)

    async def broke_off(self, error):
        if self.stream is not None:
            await self.stream.reset(wire.TARGET_RESET, f"the target broke off: {error}")
        self.close()

    async def data(self, stream, part):
        self.received += len(part)
        self.coming.put_nowait((stream, part))

    async def ended(self, stream):
        self.end_received = True
        self.coming.put_nowait((stream, b""))

    def acknowledged(self, stream, consumed):
        if stream is self.stream:
            self.release(self.begins_at + consumed)

    def release(self, up_to):
        del self.kept[: up_to - self.kept_at]
        self.kept_at = up_to
        self.room.set()

    def closed(self, stream, cause, sentence):
        if stream is not self.stream:
            return
        say("stream", "closed", cause, sentence)
        self.stream = None
        if self.resumable and cause in (wire.LINK_LOST, wire.DONE):  # that it is done the other side may not know yet
            if cause == wire.DONE:
                self.writer.close()
            self.expiry = asyncio.get_running_loop().call_later(KEPT_MS / 1000, self.close)
        else:
            self.close()

    def close(self):
        self.forget()
        for task in self.tasks:
            task.cancel()
        self.writer.close()  # what it has in memory still goes out


class NotAnswered(Exception):
    pass


class Call:
    """A question of this side, and its answer."""

    def __init__(self):
        self.answer = bytearray()
        self.done = asyncio.get_running_loop().create_future()

    async def ask(self, link, method, effects):
        stream = link.open(self)
        headers = {"kind": "call", "method": method, "call-id": os.urandom(8).hex(), "effects": "true" if effects else "false"}
        await link.send(wire.frame(wire.OPEN, stream.number, wire.encode_map(headers)))
        await stream.end()
        return await asyncio.wait_for(self.done, 30)

    def accepted(self, stream, headers):
        pass

    async def data(self, stream, part):
        self.answer += part
        await stream.was_consumed(len(part))

    async def ended(self, stream):
        await stream.end_was_consumed()

    def acknowledged(self, stream, consumed):
        pass

    def closed(self, stream, cause, sentence):
        if cause == wire.DONE:
            self.done.set_result(bytes(self.answer))
        else:
            self.done.set_exception(NotAnswered(f"refused ({cause}): {sentence}"))


class Link:
    """What comes after WELCOME."""

    def __init__(self, connection, welcome, kept):
        self.connection = connection
        self.welcome = welcome
        self.kept = kept
        self.frames = wire.FrameReader(welcome.header_bytes)
        self.streams = {}
        self.newest = 0
        self.next = 1
        self.heard = 0.0
        self.gone = None

    async def send(self, frame):
        """What is said to a link that is lost is lost with it: run hears of that, and nobody else needs to."""
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            await self.connection.send(frame)

    def open(self, user):
        stream = Stream(self, self.next, answered=True)
        stream.user = user
        self.next += 2
        self.streams[stream.number] = stream
        return stream

    async def run(self, first):
        clock = asyncio.get_running_loop().time
        self.heard = clock()
        alive = asyncio.ensure_future(self.stay_alive(clock))
        try:
            data = first
            while True:
                for kind, stream, payload in self.frames.feed(data):
                    await self.frame(kind, stream, payload)
                data = await self.connection.receive()
                self.heard = clock()
        except wire.Broken as e:
            await self.send(wire.goaway(wire.GOAWAY_PROTOCOL_ERROR, 0, str(e)))
            raise
        finally:
            alive.cancel()
            await self.connection.close()
            for stream in list(self.streams.values()):
                stream.finish(wire.LINK_LOST, "the link was lost")

    async def stay_alive(self, clock):
        while clock() - self.heard < self.welcome.dead:
            await asyncio.sleep(self.welcome.ping * random.uniform(0.75, 1.25))
            await self.send(wire.frame(wire.PING, 0, os.urandom(8)))
        self.connection.cut()

    async def frame(self, kind, number, payload):
        if kind == wire.PING:
            await self.send(wire.frame(wire.PONG, 0, payload))
        elif kind == wire.GOAWAY:
            self.gone = int.from_bytes(payload[:2], "big")
            say("goaway", self.gone, wire.sentence(payload[6:]))
        elif kind == wire.OPEN:
            wire.need(number % 2 == 0 and number > self.newest, "OPEN is out of order")
            self.newest = number
            stream = Stream(self, number, answered=False)
            self.streams[number] = stream
            await self.serve(stream, wire.decode_map(payload))
        elif kind != wire.PONG:
            wire.need(0 < number < self.next if number % 2 else number <= self.newest, "a stream that was never opened")
            if number in self.streams:
                await self.streams[number].frame(kind, payload)

    async def serve(self, stream, headers):
        if headers.get("kind") != b"tcp":
            await stream.refuse(wire.UNSUPPORTED, "this node serves tcp")
            return
        if "resume-at" in headers:
            kept = self.kept.get(headers.get("resume-id"))
            if kept is None:
                await stream.refuse(wire.NOT_RESUMABLE, "Nothing is kept of this stream.")
            else:
                await kept.resume(stream, headers)
            return
        say("open", wire.text(headers["target"]), "for", wire.text(headers["user"]))
        stream.user = Early()
        asyncio.ensure_future(self.reach(stream, headers))

    async def reach(self, stream, headers):
        host, _, port = wire.text(headers["target"]).rpartition(":")
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(host.strip("[]"), int(port)), 10)
        except ConnectionRefusedError:
            await stream.refuse(wire.TARGET_REFUSED, f"{host}:{port} refused the connection")
        except (OSError, asyncio.TimeoutError) as e:
            await stream.refuse(wire.TARGET_UNREACHABLE, f"{host}:{port} cannot be reached: {e}")
        else:
            if stream.over:
                writer.close()
                return
            identity = headers.get("resume-id")
            served = Served(reader, writer, headers, lambda: self.kept.pop(identity, None))
            if identity is not None:
                self.kept[identity] = served
            early = stream.user
            served.attach(stream)
            for part in early.parts:
                await (served.data(stream, part) if part else served.ended(stream))
            await stream.accept(served.terms())


class Early:
    """Holds what comes before the target is there; the first window bounds it."""

    def __init__(self):
        self.parts = []

    async def data(self, _, part):
        self.parts.append(part)

    async def ended(self, _):
        self.parts.append(b"")

    def acknowledged(self, stream, consumed):
        pass

    def closed(self, stream, cause, sentence):
        pass


class Node:
    def __init__(self, token):
        self.token = token
        self.anchor = token.root
        self.newest_bundle = 0
        self.key = wire.Key.fresh()
        self.info = {
            "agent-version": "0",
            "hostname": "python",
            "os": platform.system().lower(),
            "arch": platform.machine(),
            "instance": os.urandom(8).hex(),
        }
        self.link = None
        self.kept = {}
        self.stopping = False

    async def dial(self, role, credential=None):
        connection = await Connection.dial(self.token.hubs[0])
        try:
            welcome, first = await Handshake(connection).run(self, role, credential)
        except BaseException:
            await connection.close()
            raise
        self.link = Link(connection, welcome, self.kept)
        say("linked", welcome.name, welcome.epoch)
        await self.link.run(first)

    async def run(self):
        role, credential = "enrol", self.token.secret
        while not self.stopping:
            try:
                await self.dial(role, credential)
            except (OSError, websockets.exceptions.WebSocketException) as e:
                say("lost", type(e).__name__, e)
            if self.link is not None:
                role, credential = "node", None
            await asyncio.sleep(random.uniform(0, 0.25))

    async def obey(self):
        loop = asyncio.get_running_loop()
        while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
            if line == "cut":
                self.link.connection.cut()
            elif line == "leave":
                self.stopping = True
                try:
                    await Call().ask(self.link, "leave", effects=True)
                except NotAnswered:
                    wire.need(self.link.gone == wire.GOAWAY_REVOKED, "leave was not answered, and the link not revoked")
                say("left")
                break
            elif line == "quit":
                break
        self.stopping = True
        await self.link.connection.close()


async def main(token_file):
    with open(token_file, encoding="ascii") as file:
        node = Node(wire.Token(file.read()))
    say("key", hashlib.sha256(node.key.tagged).hexdigest())
    obeying = asyncio.ensure_future(node.obey())
    await node.run()
    obeying.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
