import { answer, api } from '../api/client';
import { HubProblem } from '../api/problem';
import { type Amounts, NoMoreTickets, type TerminalState, TerminalStream } from './stream';

/*
 * Files between this page and a node. A copy is a stream as a terminal's is: it goes on where it
 * was when the network or the hub comes back.
 */

const AMOUNTS: Amounts = { history: 0, input: 2 << 20 };
const READ_AT_ONCE = 512 * 1024;
/** What `exit` says of the program at the node. */
const THERE_ALREADY = 17;

export interface Copy {
  id: number;
  direction: 'upload' | 'download';
  tenant: string;
  node: string;
  /** As which account; null for the node's default. */
  login: string | null;
  path: string;
  done: number;
  /** Bytes in all; null while it is not known. */
  size: number | null;
  state: 'going' | 'away' | 'done' | 'failed';
  /** Why it failed, in the node's words or the hub's. */
  why: string;
  /** It failed since there is such a file; it may be tried again with `replace`. */
  thereAlready: boolean;
}

/** Where a file comes from or goes to. */
type Place = Pick<Copy, 'tenant' | 'node' | 'login'>;

let copies: Copy[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const streams = new Map<number, TerminalStream>();
const files = new Map<number, File>();

function change(id: number, next: Partial<Copy>): void {
  copies = copies.map((one) => (one.id === id ? { ...one, ...next } : one));
  for (const listener of listeners) listener();
}

export const copying = {
  all: (): Copy[] => copies,

  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  upload(place: Place, file: File, path = file.name, replace = false): number {
    const id = begin('upload', place, path, file.size);
    files.set(id, file);
    let read = 0;
    let reading = false;
    let sent = 0;
    const more = async () => {
      const stream = streams.get(id);
      if (!stream || reading || read > file.size) return;
      reading = true;
      while (read < file.size && stream.waiting < AMOUNTS.input) {
        const part = await file.slice(read, read + READ_AT_ONCE).arrayBuffer();
        read += part.byteLength;
        stream.typeBytes(new Uint8Array(part));
        sent += part.byteLength;
        if (part.byteLength === 0) break;
      }
      if (read >= file.size) {
        read = file.size + 1;
        stream.endInput();
      }
      reading = false;
    };
    run(id, { direction: 'upload', path, replace }, () => {
      change(id, { done: Math.max(0, sent - (streams.get(id)?.waiting ?? 0)) });
      void more();
    });
    return id;
  },

  download(place: Place, path: string): number {
    const id = begin('download', place, path, null);
    run(id, { direction: 'download', path }, () => {});
    return id;
  },

  /** The same file once more, in the place of the one that is there. */
  replace(copy: Copy): void {
    const file = files.get(copy.id);
    copying.forget(copy);
    if (file) copying.upload(copy, file, copy.path, true);
  },

  /** Ends it where it goes on, and takes it off the list. */
  forget(copy: Copy): void {
    streams.get(copy.id)?.detach();
    streams.delete(copy.id);
    files.delete(copy.id);
    copies = copies.filter((one) => one.id !== copy.id);
    for (const listener of listeners) listener();
  },
};

function begin(
  direction: Copy['direction'],
  { tenant, node, login }: Place,
  path: string,
  size: number | null,
): number {
  const id = ++lastId;
  copies = [
    ...copies,
    {
      id,
      direction,
      tenant,
      node,
      login,
      path,
      done: 0,
      size,
      state: 'going',
      why: '',
      thereAlready: false,
    },
  ];
  for (const listener of listeners) listener();
  return id;
}

function run(
  id: number,
  what: { direction: 'upload' | 'download'; path: string; replace?: boolean },
  taken: () => void,
): void {
  const { tenant, node, login } = copies.find((one) => one.id === id) as Copy;
  const body = login === null ? what : { ...what, login };
  const ticket = async (goesOn?: string) => {
    try {
      return await answer(
        api.POST('/api/v1/tenants/{tenant}/nodes/{node}/file-copies', {
          params: { path: { tenant, node } },
          body: goesOn ? { ...body, goesOn } : body,
        }),
      );
    } catch (error) {
      if (error instanceof HubProblem && !error.problem.retry && error.code !== 'not-signed-in') {
        throw new NoMoreTickets(error.code, error.message);
      }
      throw error;
    }
  };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let errors = '';
  let done = 0;
  const stream = new TerminalStream(
    { open: () => ticket(), again: ticket },
    {
      output: (bytes, shown) => {
        parts.push(bytes.slice());
        done += bytes.length;
        change(id, { done });
        shown();
      },
      errors: (text) => {
        errors = (errors + text).slice(0, 4_000);
        const size = /^([0-9]+)\n/.exec(errors)?.[1];
        if (what.direction === 'download' && size !== undefined) {
          errors = errors.slice(size.length + 1);
          change(id, { size: Number(size) });
        }
      },
      changed: (state) => changed(id, state, errors, () => save(what.path, parts)),
      taken,
      afresh: () => {},
    },
    { columns: 80, rows: 24 },
    null,
    undefined,
    AMOUNTS,
  );
  streams.set(id, stream);
  stream.start();
}

function changed(id: number, state: TerminalState, errors: string, whole: () => void): void {
  const copy = copies.find((one) => one.id === id);
  if (!copy) return;
  if (state.at === 'ended') {
    streams.delete(id);
    if (state.exit === 0) {
      if (copy.direction === 'download') whole();
      change(id, { state: 'done', done: copy.size ?? copy.done });
      return;
    }
    const why = errors.trim().replace(/^(sh|cat|stat|upload|download): /, '');
    change(id, {
      state: 'failed',
      why: why || state.message,
      thereAlready: state.exit === THERE_ALREADY,
    });
  } else {
    change(id, { state: state.at === 'away' ? 'away' : 'going' });
  }
}

function save(path: string, parts: Uint8Array<ArrayBuffer>[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts));
  link.download = path.split('/').pop() || 'file';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
