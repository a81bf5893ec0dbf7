// The hub's WebSocket endpoint as Node's `ws` sees it: ws_client.js WSS-URL HELLO-IN-HEX
'use strict'
const assert = require('node:assert')
const { once } = require('node:events')
const WebSocket = require('ws')

const url = process.argv[2]
const hello = Buffer.from(process.argv[3], 'hex')

async function connect() {
  // Compression is offered, as the library does unless it is told otherwise; the hub must decline it.
  const socket = new WebSocket(url, ['other', 'fairlead.1'], { rejectUnauthorized: false })
  await once(socket, 'open')
  return socket
}

function proof(socket) {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('message', (data, isBinary) => {
      assert(isBinary)
      received = Buffer.concat([received, data])
      if (received.length >= 4 && received.length >= 4 + received.readUIntBE(1, 3)) resolve(received[0])
    })
  })
}

async function pong(socket, payload) {
  socket.ping(payload)
  assert.deepStrictEqual((await once(socket, 'pong'))[0], payload)
}

async function refused(send) {
  const socket = await connect()
  send(socket)
  return (await once(socket, 'close'))[0]
}

async function main() {
  const socket = await connect()
  assert.strictEqual(socket.protocol, 'fairlead.1')
  assert.strictEqual(socket.extensions, '')
  await pong(socket, Buffer.from('before'))
  const answer = proof(socket)
  socket.send(hello.subarray(0, 1), { fin: false }) // one message in fragments, a ping among them
  socket.send(hello.subarray(1, 20), { fin: false })
  await pong(socket, Buffer.alloc(125, 'x'))
  socket.send(hello.subarray(20), { fin: true })
  assert.strictEqual(await answer, 2)
  socket.close(4000, 'so long')
  assert.strictEqual((await once(socket, 'close'))[0], 4000)
  console.log('spoken with')

  assert.strictEqual(await refused((socket) => socket.send('text')), 1003)
  console.log('text refused')

  assert.strictEqual(await refused((socket) => socket.send(Buffer.alloc(2 << 20))), 1009)
  console.log('too much refused')
}

const late = setTimeout(() => {
  console.error('it took more than 30 s')
  process.exit(1)
}, 30000)
main().then(
  () => clearTimeout(late),
  (e) => {
    console.error(e)
    process.exit(1)
  }
)
