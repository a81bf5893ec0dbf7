import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/*
 * A quickstart on a folder of its own, and a home whose browsers trust its CA by the command that
 * people use for that.
 */

const ROOT = resolve(import.meta.dirname, '../..');
const FAIRLEAD = join(ROOT, 'fairlead');
const START = 180_000;

/** What the tests are told. */
export interface Stage {
  url: string;
  user: string;
  password: string;
  node: string;
  folder: string;
  home: string;
  fairlead: string;
}

export function environment(folder: string): NodeJS.ProcessEnv {
  const home = join(folder, 'home');
  return {
    ...process.env,
    HOME: home,
    FAIRLEAD_HOME: join(folder, 'cli'),
    FAIRLEAD_NO_BUILD: '1',
    FAIRLEAD_JAVA_OPTS: `-Duser.home=${home}`,
  };
}

/** Starts the quickstart, and returns what it printed and how to end it. */
export async function quickstart(
  folder: string,
  port: number,
): Promise<{ text: string; stop: (signal?: NodeJS.Signals) => Promise<void> }> {
  const child = spawn(
    FAIRLEAD,
    ['quickstart', '--port', String(port), '--data', join(folder, 'data')],
    { env: environment(folder), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let text = '';
  await new Promise<void>((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`no quickstart in time:\n${text}`)), START);
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Ctrl-C ends it')) {
        clearTimeout(timer);
        ready();
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => {
      clearTimeout(timer);
      failed(new Error(`the quickstart ended:\n${text}`));
    });
  });
  return {
    text,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}

function row(text: string, name: string): string {
  const found = new RegExp(`^ {2}${name} +(\\S+)`, 'm').exec(text)?.[1];
  if (!found) throw new Error(`no ${name} in what the quickstart printed:\n${text}`);
  return found;
}

export interface OwnStage {
  stage: Stage;
  /** Kills the hub, waits for what is to be seen then, and starts it again. */
  killed(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** A hub and an agent of one's own. */
export async function startStage(): Promise<OwnStage> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-console-'));
  // Root's database runs as another user, who has to pass through.
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, 'home'));
  let hub = await quickstart(folder, 0);
  const url = row(hub.text, 'Console').replace(/\/$/, '');
  execFileSync(FAIRLEAD, ['trust', 'install'], { env: environment(folder) });
  return {
    stage: {
      url,
      user: row(hub.text, 'Administrator'),
      password: row(hub.text, 'Password'),
      node: row(hub.text, 'Node').replace(/,$/, ''),
      folder,
      home: join(folder, 'home'),
      fairlead: FAIRLEAD,
    },
    killed: async (meanwhile) => {
      await hub.stop('SIGKILL');
      await meanwhile();
      hub = await quickstart(folder, Number(new URL(url).port));
    },
    stop: async () => {
      await hub.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
