import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
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
