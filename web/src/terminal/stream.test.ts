import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NoMoreTickets, type TerminalState, TerminalStream } from './stream';

/** A hub's end of a socket, played by the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 1;
  binaryType = '';
  sent: (string | Uint8Array)[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  send(what: string | Uint8Array): void {
    this.sent.push(what);
  }

  close(): void {
    this.readyState = 3;
  }

  says(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  outputs(...bytes: Uint8Array[]): void {
    const all = Uint8Array.from(bytes.flatMap((one) => [...one]));
    this.onmessage?.({ data: all.buffer });
  }

  texts(): Record<string, unknown>[] {
    return this.sent.filter((one) => typeof one === 'string').map((one) => JSON.parse(one));
  }

  input(): number[] {
    return this.sent.filter((one) => typeof one !== 'string').flatMap((one) => [...one]);
  }
}

function message(type: number, payload: Uint8Array | string): Uint8Array {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  const all = new Uint8Array(5 + bytes.length);
  all[0] = type;
  new DataView(all.buffer).setUint32(1, bytes.length);
  all.set(bytes, 5);
  return all;
}

let shown = '';
let states: TerminalState[] = [];
let opened = 0;
let again = 0;
let refused: Error | null = null;
let stream: TerminalStream;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  FakeSocket.all = [];
  shown = '';
  states = [];
  opened = 0;
  again = 0;
  refused = null;
  stream = make(null);
});

afterEach(() => {
  stream.detach();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function make(terminal: string | null): TerminalStream {
  return new TerminalStream(
    {
      open: async () => {
        opened++;
        if (refused) throw refused;
        return { terminal: 'sess_1', ticket: 'open' };
      },
      again: async (id) => {
        again++;
        if (refused) throw refused;
        return { terminal: id, ticket: 'again' };
      },
    },
    {
      output: (bytes, done) => {
        shown += new TextDecoder().decode(bytes);
        done();
      },
      changed: (state) => states.push(state),
      afresh: () => {
        shown = '';
      },
    },
    { columns: 80, rows: 24 },
    terminal,
    () => new FakeSocket() as unknown as WebSocket,
  );
}

async function attached(from = 0, input = 0): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(5_000);
  const socket = FakeSocket.all.at(-1) as FakeSocket;
  socket.onopen?.();
  socket.says({ attached: { from, input } });
  return socket;
}

describe('a terminal', () => {
  test('is opened by a ticket in the first message', async () => {
    stream.start();
    const socket = await attached();
    expect(socket.texts()[0]).toEqual({ ticket: 'open', columns: 80, rows: 24 });
    socket.outputs(message(1, 'hel'), message(1, 'lo'));
    expect(shown).toBe('hello');
    expect(states.at(-1)).toEqual({ at: 'attached', pause: null });
  });

  test('shows each byte once, whatever sockets bring it', async () => {
    stream.start();
    let socket = await attached();
    const whole = message(1, 'one two');
    socket.outputs(whole.subarray(0, 9));
    expect(shown).toBe('');
    socket.onclose?.();
    expect(states.at(-1)?.at).toBe('away');
    // Nothing was acknowledged: it comes again from the beginning.
    socket = await attached(0);
    expect(socket.texts()[0]).toEqual({ ticket: 'again', columns: 80, rows: 24, from: 0 });
    socket.outputs(whole, message(1, ' three'));
    expect(shown).toBe('one two three');
    socket.onclose?.();
    socket = await attached(whole.length);
    socket.outputs(message(1, ' three'), message(1, ' four'));
    expect(shown).toBe('one two three four');
  });

  test('acknowledges whole messages, and keeps the last ones to be shown again', async () => {
    stream.start();
    const socket = await attached();
    const part = message(1, new Uint8Array(8_000));
    for (let i = 0; i < 4; i++) socket.outputs(part);
    await vi.advanceTimersByTimeAsync(100);
    const seen = socket.texts().filter((one) => 'seen' in one);
    expect(seen.at(-1)).toEqual({ seen: 2 * part.length });
  });

  test('sends what the node has not taken, from the offset that it names', async () => {
    stream.start();
    let socket = await attached();
    stream.type('abc');
    stream.type('de');
    expect(socket.input()).toHaveLength(15);
    socket.says({ taken: 8 });
    expect(stream.waiting).toBe(7);
    socket.onclose?.();
    stream.type('f');
    socket = await attached(0, 10);
    // Two bytes of the second message are there already.
    expect(socket.input()).toEqual([...message(0, 'de').subarray(2), ...message(0, 'f')]);
    socket.says({ taken: 21 });
    expect(stream.waiting).toBe(0);
  });

  test('has so much input on its way, and not more', async () => {
    stream.start();
    const socket = await attached();
    stream.type('x'.repeat(200_000));
    expect(socket.input().length).toBeLessThanOrEqual(64 * 1024);
    const first = socket.input().length;
    socket.says({ taken: first });
    expect(socket.input().length).toBeGreaterThan(first);
    expect(socket.input().length).toBeLessThanOrEqual(first + 64 * 1024);
  });

  test('ends with the exit code when everything is acknowledged', async () => {
    stream.start();
    const socket = await attached();
    const all = [message(1, 'bye'), message(3, new Uint8Array([0, 0, 0, 7]))];
    socket.outputs(...all);
    expect(socket.texts().at(-1)).toEqual({ seen: 8 + 9 });
    socket.says({ end: { cause: 'done', message: '', again: false } });
    expect(states.at(-1)).toEqual({ at: 'ended', cause: 'done', message: '', exit: 7 });
  });

  test('tries again as long as that may help', async () => {
    stream.start();
    const socket = await attached();
    socket.says({ end: { cause: 'node-offline', message: 'x', again: true } });
    expect(states.at(-1)?.at).toBe('away');
    refused = new Error('away');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(again).toBeGreaterThan(4);
    refused = new NoMoreTickets('not-found', 'There is no such terminal.');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states.at(-1)).toEqual({
      at: 'ended',
      cause: 'not-found',
      message: 'There is no such terminal.',
      exit: null,
    });
    const before = again;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(again).toBe(before);
  });

  test('that was never attached is opened anew', async () => {
    stream.start();
    await vi.advanceTimersByTimeAsync(1);
    FakeSocket.all[0]?.onclose?.();
    refused = new NoMoreTickets('not-found', '');
    while (again === 0) await vi.advanceTimersByTimeAsync(20);
    refused = null;
    await attached();
    expect(opened).toBe(2);
    expect(states.at(-1)?.at).toBe('attached');
  });

  test('attaches anew where nothing is heard', async () => {
    stream.start();
    const socket = await attached();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.texts().some((one) => 'ping' in one)).toBe(true);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(again).toBeGreaterThan(0);
  });

  test('of which the page has nothing begins with what there is', async () => {
    stream = make('sess_2');
    shown = 'rubbish';
    stream.start();
    const socket = await attached(500, 77);
    expect(socket.texts()[0]).toEqual({ ticket: 'again', columns: 80, rows: 24 });
    expect(shown).toBe('');
    // The window is drawn anew.
    expect(socket.input()).toEqual([
      ...message(7, new Uint8Array([0, 80, 0, 23])),
      ...message(7, new Uint8Array([0, 80, 0, 24])),
    ]);
    socket.outputs(message(1, 'x'));
    expect(shown).toBe('x');
  });
});
