import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/*
 * How much JavaScript a first visit loads, packed by gzip: the build fails where it is more than
 * the console has set itself, or where a part that must come later comes with it.
 */

interface Visit {
  name: string;
  /** The files of the sources that are opened, besides the first one. */
  pages: string[];
  /** In units of 1000 bytes. */
  most: number;
}

const VISITS: Visit[] = [
  { name: 'sign-in', pages: [], most: 150 },
  { name: 'fleet', pages: ['src/shell/Shell.tsx', 'src/fleet/FleetPage.tsx'], most: 270 },
];

/** Loaded when they are needed, and not before. */
const LATER = [
  /\/@xterm\//,
  /\/uplot\//,
  /\/src\/terminal\//,
  /\/src\/charts?\//,
  /\/src\/fleet\/Picture/,
  /\/src\/observe\/(?!search)/,
];

export interface Part {
  imports: string[];
  modules: string[];
  /** The module that it is the file of, if it is one's. */
  of: string | null;
  entry: boolean;
  code: string;
}

/** What is wrong; nothing where all is well. */
export function checkSizes(
  parts: Record<string, Part>,
  visits: Visit[] = VISITS,
  tell: (line: string) => void = () => {},
): string[] {
  const wrong: string[] = [];
  for (const visit of visits) {
    const loaded = new Set<string>();
    const load = (name: string) => {
      const part = parts[name];
      if (!part || loaded.has(name)) return;
      loaded.add(name);
      part.imports.forEach(load);
    };
    for (const [name, part] of Object.entries(parts)) if (part.entry) load(name);
    for (const page of visit.pages) {
      const found = Object.keys(parts).find((name) => parts[name]?.of?.endsWith(`/${page}`));
      if (found) load(found);
      else
        wrong.push(
          `${visit.name}: ${page} has no file of its own; sizes.ts has to know which it is`,
        );
    }
    let sum = 0;
    const sizes: [string, number][] = [];
    for (const name of loaded) {
      const part = parts[name] as Part;
      const size = gzipSync(part.code, { level: 9 }).length;
      sum += size;
      sizes.push([name, size]);
      for (const module of part.modules) {
        if (LATER.some((later) => later.test(module))) {
          wrong.push(
            `${visit.name}: ${module} is in it, and must be loaded when it is needed: by import()`,
          );
        }
      }
    }
    tell(`${visit.name}: ${kilo(sum)} KB of ${visit.most} KB JavaScript (gzip)`);
    if (sum > visit.most * 1000) {
      const largest = sizes
        .sort((a, b) => b[1] - a[1])
        .slice(0, 5)
        .map(([name, size]) => `${name} ${kilo(size)} KB`);
      wrong.push(
        `${visit.name}: ${kilo(sum)} KB JavaScript (gzip), and may have ${visit.most} KB; the largest are ${largest.join(', ')}`,
      );
    }
  }
  return wrong;
}

const kilo = (bytes: number) => (bytes / 1000).toFixed(1);

export function sizes(): Plugin {
  return {
    name: 'sizes',
    apply: 'build',
    writeBundle(_, bundle) {
      const parts: Record<string, Part> = {};
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'chunk') continue;
        parts[name] = {
          imports: file.imports,
          modules: file.moduleIds,
          of: file.facadeModuleId,
          entry: file.isEntry,
          code: file.code,
        };
      }
      const wrong = checkSizes(parts, VISITS, (line) => console.log(line));
      if (wrong.length > 0) this.error(`too much for a first visit\n  ${wrong.join('\n  ')}`);
    },
  };
}
