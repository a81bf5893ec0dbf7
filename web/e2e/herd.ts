import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { constants, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { environment, type Stage } from './setup';

const ROOT = resolve(import.meta.dirname, '../..');

/** Where the programs find their Java. */
const javaHome = () =>
  execFileSync('bash', ['-c', '. dist/src/main/sh/jdk.sh && find_jdk && echo "$JAVA_HOME"'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).trim();

/**
 * The bench's herd of simulated agents: they enrol, dial, and tell what agents tell; only machines
 * they have none.
 */
export class Herd {
  private readonly child: ChildProcess;
  private readonly waiting: ((line: string) => void)[] = [];
  private said = '';

  constructor(stage: Stage, fingerprint: string) {
    this.child = spawn(
      join(javaHome(), 'bin/java'),
      [
        '-Xmx1g',
        '-cp',
        `${join(ROOT, 'lab/target/classes')}:${join(ROOT, 'dist/target/fairlead/lib/*')}`,
        'dev.fairlead.lab.bench.HerdWorker',
        stage.url,
        fingerprint,
      ],
      { env: environment(stage.folder), stdio: ['pipe', 'pipe', 'pipe'] },
    );
    // Agents are machines of their own: they do not take the processor of who looks at them.
    if (this.child.pid) setPriority(this.child.pid, constants.priority.PRIORITY_LOW);
    if (this.child.stdout) {
      createInterface(this.child.stdout).on('line', (line) => this.waiting.shift()?.(line));
    }
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.said += chunk.toString();
    });
    this.child.once('exit', () => {
      for (const one of this.waiting.splice(0)) one('error the herd ended');
    });
  }

  /** The answer to one command, `key=value`; see HerdWorker. */
  async ask(command: string): Promise<Record<string, number>> {
    const line = await new Promise<string>((done) => {
      this.waiting.push(done);
      this.child.stdin?.write(`${command}\n`);
    });
    if (line.startsWith('error')) throw new Error(`${command}: ${line}\n${this.said}`);
    return Object.fromEntries(
      line
        .split(' ')
        .filter(Boolean)
        .map((pair) => [pair.split('=')[0], Number(pair.split('=')[1])]),
    );
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise<void>((done) => this.child.once('exit', () => done()));
    this.child.kill('SIGKILL');
    await ended;
  }
}
