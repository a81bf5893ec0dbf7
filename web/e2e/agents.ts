import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, type Stage } from './setup';

/** A further agent on this machine, with a state of its own. */
export class TestAgent {
  private readonly folder: string;
  private child: ChildProcess | undefined;

  constructor(
    private readonly stage: Stage,
    name: string,
  ) {
    this.folder = join(stage.folder, name);
    mkdirSync(this.folder);
  }

  private get where(): string[] {
    return ['--state', join(this.folder, 'state'), '--config', join(this.folder, 'agent.yaml')];
  }

  /** As the line says that a person pastes: `printf '%s\n' TOKEN | fairlead agent join ...`. */
  join(line: string): void {
    const token = /printf '%s\\n' '?([\w.-]+)'? \|/.exec(line)?.[1];
    if (!token) throw new Error(`no token in ${line}`);
    execFileSync(this.stage.fairlead, ['agent', 'join', '--token-stdin', ...this.where], {
      env: environment(this.stage.folder),
      input: `${token}\n`,
    });
  }

  /** What its owner allows, in place of the defaults. */
  configure(yaml: string): void {
    writeFileSync(join(this.folder, 'agent.yaml'), yaml);
  }

  /** Asks to join with a code: that code, and what comes of it. */
  async pair(hubFingerprint: string): Promise<{ code: string; joined: Promise<void> }> {
    const child = spawn(
      this.stage.fairlead,
      [
        ...['agent', 'join', '--hub', this.stage.url, '--tenant', 'default'],
        ...['--hub-fingerprint', hubFingerprint, ...this.where],
      ],
      { env: environment(this.stage.folder), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    let text = '';
    const joined = new Promise<void>((done, failed) => {
      child.once('exit', (status) => (status === 0 ? done() : failed(new Error(text))));
    });
    const code = await new Promise<string>((shown, failed) => {
      const read = (chunk: Buffer) => {
        text += chunk.toString();
        const found = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(text)?.[0];
        if (found) shown(found);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      joined.catch(failed);
    });
    return { code, joined };
  }

  run(): void {
    this.child = spawn(this.stage.fairlead, ['agent', 'run', ...this.where], {
      env: environment(this.stage.folder),
      stdio: 'ignore',
    });
  }

  async stop(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill('SIGTERM');
    await ended;
  }
}
