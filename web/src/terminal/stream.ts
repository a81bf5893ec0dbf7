/*
 * A page's end of a terminal, as docs/protocol.md has it, section Terminals: it outlives its
 * WebSockets. What the node has not got of the input is kept here, what this page has not shown of
 * the output is kept by the node, and each byte counts once, by its offset.
 */

const LONGEST_INPUT = 16 * 1024;
const HEADER = 5;
const PING_MS = 10_000;
const SILENCE_MS = 20_000;
const FIRST_TRY_MS = 250;
const LONGEST_WAIT_MS = 4_000;
const SEEN_BYTES = 8 * 1024;
const SEEN_MS = 20;

const STDIN = 0;
const OUTPUT = 1;
const ERRORS = 2;
const EXIT = 3;
const INPUT_END = 5;
const FAILED = 6;
const RESIZE = 7;

export interface Ticket {
  terminal: string;
  ticket: string;
}

/** Where tickets come from; both throw where there is none to be had. */
export interface Tickets {
  open(): Promise<Ticket>;
  again(terminal: string): Promise<Ticket>;
}

export interface Amounts {
  /** What is shown and not acknowledged, so that a page that is loaded anew sees it again. */
  history: number;
  /** Input on its way to the node; more waits here. */
  input: number;
}

const TERMINAL: Amounts = { history: 12 * 1024, input: 64 * 1024 };

export type TerminalState =
  | { at: 'opening' }
  /** `pause`: milliseconds without the hub, where it is back. */
  | { at: 'attached'; pause: number | null }
  | { at: 'away'; since: number }
  | { at: 'ended'; cause: string; message: string; exit: number | null };

export interface Shows {
  /** Shows output, and calls `shown` when that is done. */
  output(bytes: Uint8Array, shown: () => void): void;
  changed(state: TerminalState): void;
  /** Of a program without a terminal. */
  errors?(text: string): void;
  /** The node has some more of the input. */
  taken?(): void;
  /** A terminal that this page has nothing of has been attached to. */
  afresh(): void;
}

/** What makes further tries useless. */
export class NoMoreTickets extends Error {
  readonly why: string;
  constructor(cause: string, message: string) {
    super(message);
    this.why = cause;
  }
}

interface Size {
  columns: number;
  rows: number;
}

export class TerminalStream {
  state: TerminalState = { at: 'opening' };
  terminal: string | null;
  private socket: WebSocket | null = null;
  private attached = false;
  private fresh = true;

  // Output: offsets from the terminal's beginning.
  private part = new Uint8Array(0);
  private boundary = 0;
  private seen = 0;
  private boundaries: number[] = [];
  private shownTo = 0;
  private skips = 0;
  private exit: number | null = null;
  private failure = '';
  private seenTimer = 0;

  // Input.
  private typed: Uint8Array[] = [];
  private typedFrom = 0;
  private typedTo = 0;
  private sentTo = 0;

  private heard = 0;
  private watch = 0;
  private retry = 0;
  private tries = 0;
  private awaySince = 0;
  private closed = false;
  private round = 0;

  /** @param terminal one that there is, or null for a new one */
  constructor(
    private readonly tickets: Tickets,
    private readonly shows: Shows,
    private size: Size,
    terminal: string | null = null,
    private readonly makeSocket: () => WebSocket = () =>
      new WebSocket(`${location.origin.replace(/^http/, 'ws')}/terminal`),
    private readonly amounts: Amounts = TERMINAL,
  ) {
    this.terminal = terminal;
    window.addEventListener('online', this.online);
  }

  start(): void {
    void this.attach();
  }

  type(text: string): void {
    this.typeBytes(new TextEncoder().encode(text));
  }

  typeBytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += LONGEST_INPUT) {
      this.say(STDIN, bytes.subarray(at, at + LONGEST_INPUT));
    }
  }

  endInput(): void {
    this.say(INPUT_END, new Uint8Array(0));
  }

  resize(columns: number, rows: number): void {
    if (columns === this.size.columns && rows === this.size.rows) return;
    this.size = { columns, rows };
    this.saySize(rows);
  }

  private saySize(rows: number): void {
    const { columns } = this.size;
    this.say(RESIZE, new Uint8Array([columns >> 8, columns & 255, rows >> 8, rows & 255]));
  }

  /** The page lets go of it; the terminal goes on, detached. */
  detach(): void {
    this.closed = true;
    this.round++;
    window.removeEventListener('online', this.online);
    clearTimeout(this.retry);
    clearTimeout(this.seenTimer);
    clearInterval(this.watch);
    this.socket?.close();
    this.socket = null;
  }

  /** Bytes that the node has not got. */
  get waiting(): number {
    return this.typedTo - this.typedFrom;
  }

  // Its sockets.

  private readonly online = (): void => {
    if (this.state.at === 'away') {
      this.tries = 0;
      this.tryAgain(0);
    }
  };

  private async attach(): Promise<void> {
    const round = ++this.round;
    let ticket: Ticket;
    try {
      ticket = await (this.terminal === null
        ? this.tickets.open()
        : this.tickets.again(this.terminal));
    } catch (error) {
      if (round !== this.round || this.closed) return;
      if (error instanceof NoMoreTickets) {
        if (this.fresh && this.terminal !== null && this.state.at === 'away') {
          // It was never attached: the hub may not have begun it.
          this.terminal = null;
          this.tryAgain(FIRST_TRY_MS);
        } else {
          this.end(error.why, error.message);
        }
      } else {
        this.lost();
      }
      return;
    }
    if (round !== this.round || this.closed) return;
    this.terminal = ticket.terminal;
    const socket = this.makeSocket();
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.heard = Date.now();
    const current = () => this.socket === socket && !this.closed;
    socket.onopen = () => {
      if (!current()) return;
      socket.send(
        JSON.stringify({
          ticket: ticket.ticket,
          columns: this.size.columns,
          rows: this.size.rows,
          ...(this.fresh ? {} : { from: this.seen }),
        }),
      );
      clearInterval(this.watch);
      this.watch = window.setInterval(() => this.beat(socket), PING_MS);
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (!current()) return;
      this.heard = Date.now();
      if (typeof event.data === 'string') this.hear(JSON.parse(event.data) as Message);
      else this.output(new Uint8Array(event.data));
    };
    socket.onclose = () => {
      if (current()) this.lost();
    };
  }

  private beat(socket: WebSocket): void {
    if (Date.now() - this.heard > SILENCE_MS) {
      socket.close();
      if (this.socket === socket) this.lost();
    } else if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ ping: Date.now() }));
    }
  }

  private hear(message: Message): void {
    if (message.attached) this.isAttached(message.attached.from, message.attached.input);
    else if (message.taken !== undefined) this.taken(message.taken);
    else if (message.end) {
      const { cause, message: text, again } = message.end;
      if (again) this.lost();
      else this.end(cause, text || this.failure);
    }
  }

  private isAttached(from: number, input: number): void {
    const fresh = this.fresh;
    if (fresh) {
      this.fresh = false;
      this.boundary = from;
      this.seen = from;
      this.shownTo = from;
      this.typedFrom = input;
      this.typedTo = input + this.typed.reduce((sum, one) => sum + one.length, 0);
    }
    this.skips = this.boundary + this.part.length - from;
    this.taken(input);
    this.sentTo = this.typedFrom;
    this.attached = true;
    this.tries = 0;
    const pause = this.awaySince === 0 ? null : Date.now() - this.awaySince;
    this.awaySince = 0;
    this.to({ at: 'attached', pause });
    if (fresh && from > 0) {
      this.shows.afresh();
      // A program that fills the window draws it anew when its size changes.
      this.saySize(Math.max(1, this.size.rows - 1));
      this.saySize(this.size.rows);
    }
    this.send();
  }

  private lost(): void {
    clearInterval(this.watch);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.attached = false;
    if (this.closed || this.state.at === 'ended') return;
    if (this.awaySince === 0) this.awaySince = Date.now();
    this.to({ at: 'away', since: this.awaySince });
    const most = Math.min(FIRST_TRY_MS * 2 ** Math.min(this.tries++, 8), LONGEST_WAIT_MS);
    this.tryAgain(most / 2 + Math.random() * (most / 2));
  }

  private tryAgain(after: number): void {
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => void this.attach(), after);
  }

  private end(cause: string, message: string): void {
    clearInterval(this.watch);
    clearTimeout(this.retry);
    this.socket?.close();
    this.socket = null;
    this.attached = false;
    this.to({ at: 'ended', cause, message, exit: this.exit });
  }

  private to(state: TerminalState): void {
    this.state = state;
    this.shows.changed(state);
  }

  // Output.

  private output(bytes: Uint8Array): void {
    const skip = Math.min(this.skips, bytes.length);
    this.skips -= skip;
    let all = skip === 0 ? bytes : bytes.subarray(skip);
    if (this.part.length > 0) {
      const joined = new Uint8Array(this.part.length + all.length);
      joined.set(this.part);
      joined.set(all, this.part.length);
      all = joined;
    }
    const texts: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= HEADER) {
      const length = number(all, at + 1);
      if (all.length - at < HEADER + length) break;
      const payload = all.subarray(at + HEADER, at + HEADER + length);
      if (all[at] === OUTPUT) texts.push(payload);
      else if (all[at] === ERRORS) this.shows.errors?.(new TextDecoder().decode(payload));
      else if (all[at] === EXIT) this.exit = number(payload, 0);
      else if (all[at] === FAILED) this.failure = new TextDecoder().decode(payload);
      at += HEADER + length;
      this.boundary += HEADER + length;
      this.boundaries.push(this.boundary);
    }
    this.part = all.slice(at);
    let upTo = this.boundary;
    if (this.amounts.history === 0) {
      // Nobody else goes on with it, so that every byte counts by itself.
      upTo += this.part.length;
      this.boundaries = [upTo];
    }
    this.shows.output(concat(texts), () => this.wasShown(upTo));
  }

  private wasShown(upTo: number): void {
    this.shownTo = Math.max(this.shownTo, upTo);
    const most = this.exit === null ? this.shownTo - this.amounts.history : this.shownTo;
    let seen = this.seen;
    while (this.boundaries.length > 0 && (this.boundaries[0] as number) <= most) {
      seen = this.boundaries.shift() as number;
    }
    if (seen === this.seen) return;
    const many = seen - this.seen >= SEEN_BYTES || this.exit !== null;
    this.seen = seen;
    if (many) this.saySeen();
    else if (this.seenTimer === 0) {
      this.seenTimer = window.setTimeout(() => this.saySeen(), SEEN_MS);
    }
  }

  private saySeen(): void {
    clearTimeout(this.seenTimer);
    this.seenTimer = 0;
    if (this.attached) this.socket?.send(JSON.stringify({ seen: this.seen }));
  }

  // Input.

  private say(type: number, payload: Uint8Array): void {
    if (this.state.at === 'ended') return;
    const message = new Uint8Array(HEADER + payload.length);
    message[0] = type;
    new DataView(message.buffer).setUint32(1, payload.length);
    message.set(payload, HEADER);
    this.typed.push(message);
    this.typedTo += message.length;
    this.send();
  }

  private send(): void {
    if (!this.attached || !this.socket) return;
    let offset = this.typedFrom;
    for (const message of this.typed) {
      const end = offset + message.length;
      if (end > this.sentTo) {
        if (end - this.typedFrom > this.amounts.input) return;
        // The node may have the beginning of the first one.
        this.socket.send(message.slice(Math.max(0, this.sentTo - offset)));
        this.sentTo = end;
      }
      offset = end;
    }
  }

  private taken(upTo: number): void {
    let n = upTo - this.typedFrom;
    this.typedFrom = upTo;
    while (n > 0 && this.typed.length > 0) {
      const first = this.typed[0] as Uint8Array;
      if (first.length <= n) {
        this.typed.shift();
        n -= first.length;
      } else {
        this.typed[0] = first.subarray(n);
        n = 0;
      }
    }
    this.typedTo = Math.max(this.typedTo, upTo);
    this.send();
    this.shows.taken?.();
  }
}

interface Message {
  attached?: { from: number; input: number };
  taken?: number;
  pong?: number;
  end?: { cause: string; message: string; again: boolean };
}

function number(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}

function concat(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
