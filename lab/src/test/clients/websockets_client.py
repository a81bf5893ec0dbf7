"""The hub's WebSocket endpoint as Python's `websockets` sees it: websockets_client.py WSS-URL HELLO-IN-HEX"""

import asyncio
import ssl
import sys

import websockets
import websockets.exceptions

URL, HELLO = sys.argv[1], bytes.fromhex(sys.argv[2])
TLS = ssl._create_unverified_context()


def connect():
    # Compression is offered, as the library does unless it is told otherwise; the hub must decline it.
    return websockets.connect(URL, ssl=TLS, subprotocols=["other", "fairlead.1"], max_size=None)


async def proof(socket):
    received = b""
    while len(received) < 4 or len(received) < 4 + int.from_bytes(received[1:4], "big"):
        received += await asyncio.wait_for(socket.recv(), 10)
    assert received[0] == 2, received[:1]


async def closed_with(socket):
    try:
        while True:
            await asyncio.wait_for(socket.recv(), 10)
    except websockets.exceptions.ConnectionClosed as e:
        return e.rcvd.code


async def main():
    async with connect() as socket:
        assert socket.subprotocol == "fairlead.1", socket.subprotocol
        assert not socket.extensions, socket.extensions
        await (await socket.ping(b"before"))
        await socket.send([HELLO[:1], HELLO[1:20], b"", HELLO[20:]])  # one message in fragments
        await proof(socket)
        await (await socket.ping(b"x" * 125))
        await socket.close(4000, "so long")
        assert (socket.close_code, socket.close_reason) == (4000, ""), (socket.close_code, socket.close_reason)
        print("spoken with")
    async with connect() as socket:
        await socket.send("text")
        assert await closed_with(socket) == 1003
        print("text refused")
    async with connect() as socket:
        await socket.send(bytes(2 << 20))
        assert await closed_with(socket) == 1009
        print("too much refused")


asyncio.run(main())
