import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { Page } from '@playwright/test';

/*
 * A page that is measured here shares its processors with the hub, its database and all agents, which
 * are other machines elsewhere.
 */

/** Lets all others before the hub of this folder and what it started; the returned function undoes it. */
export function standBack(folder: string): () => void {
  const parents = new Map<string, string>();
  const found = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    attempt(() => {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) found.add(pid);
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      parents.set(pid, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '');
    });
  }
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  const all = (priority: number) => {
    for (const pid of found) {
      // Where the system shares by sessions first, priorities count only within one; the browser has its own.
      attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(priority), { flag: 'r+' }));
      attempt(() => {
        for (const thread of readdirSync(`/proc/${pid}/task`)) {
          setPriority(Number(thread), priority);
        }
      });
    }
  };
  all(constants.priority.PRIORITY_BELOW_NORMAL);
  return () => all(constants.priority.PRIORITY_NORMAL);
}

/** It may have ended, there may be no such thing here, or only root may do it. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // What is measured is only harder to tell from the others then.
  }
}

interface Traced {
  pid: number;
  tid: number;
  ph: string;
  name: string;
  /** Microseconds of processor time. */
  tdur?: number;
  args?: { name?: string };
}

/** Watches the page's tasks; the returned function says how much processor time the longest took: milliseconds. */
export async function watchTasks(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  const traced: Traced[] = [];
  session.on('Tracing.dataCollected', ({ value }) => traced.push(...(value as never[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'] },
  });
  return async () => {
    const over = new Promise((done) => session.once('Tracing.tracingComplete', done));
    await session.send('Tracing.end');
    await over;
    const mains = new Set(
      traced
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    const tasks = traced.filter(
      ({ ph, name, pid, tid }) =>
        ph === 'X' && name.endsWith('RunTask') && mains.has(`${pid} ${tid}`),
    );
    if (tasks.length === 0) throw new Error('no task was traced');
    return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur), 0) / 1000;
  };
}
