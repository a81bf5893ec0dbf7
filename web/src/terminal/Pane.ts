import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { type ITheme, Terminal } from '@xterm/xterm';
import { answer, api } from '../api/client';
import { type TerminalState, TerminalStream, type Tickets } from './stream';
import { allowStyles } from './styles';

const AFTER_MENU_MS = 60;

export interface Watches {
  changed(): void;
  focused(pane: Pane): void;
}

/** One terminal: what is shown, and the stream behind it. */
export class Pane {
  readonly element = document.createElement('div');
  readonly xterm: Terminal;
  readonly stream: TerminalStream;
  readonly search = new SearchAddon();
  readonly key = crypto.randomUUID();
  /** Whether its output is being searched. */
  finds = false;
  /** What its program calls it. */
  title = '';
  /** `webgl`, or `dom` where that cannot be had. */
  renderer = 'dom';
  private readonly fit = new FitAddon();
  private readonly resized: ResizeObserver;
  private opened = false;

  constructor(
    readonly tenant: string,
    readonly node: string,
    /** As which account; null for the node's default. */
    readonly login: string | null,
    tickets: Tickets,
    terminal: string | null,
    private readonly watches: Watches,
  ) {
    allowStyles();
    this.xterm = new Terminal({
      fontFamily: "'Geist Mono Variable', ui-monospace, monospace",
      fontSize: 13,
      lineHeight: 1.2,
      cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      scrollback: 10_000,
      // Search marks what it finds by decorations.
      allowProposedApi: true,
      screenReaderMode: false,
      macOptionIsMeta: true,
      theme: theme(),
    });
    this.xterm.loadAddon(this.fit);
    this.xterm.loadAddon(this.search);
    this.xterm.loadAddon(new WebLinksAddon(openLink));
    this.xterm.attachCustomKeyEventHandler((event) => this.mayHave(event));
    this.stream = new TerminalStream(
      tickets,
      {
        output: (bytes, shown) => this.xterm.write(bytes, shown),
        changed: (state) => this.changed(state),
        afresh: () => this.xterm.reset(),
      },
      { columns: this.xterm.cols, rows: this.xterm.rows },
      terminal,
    );
    this.xterm.onData((data) => this.stream.type(data));
    this.xterm.onBinary((data) =>
      this.stream.typeBytes(Uint8Array.from(data, (one) => one.charCodeAt(0))),
    );
    this.xterm.onResize(({ cols, rows }) => this.stream.resize(cols, rows));
    this.xterm.onTitleChange((title) => {
      this.title = title.slice(0, 80);
      watches.changed();
    });
    this.element.addEventListener('focusin', () => watches.focused(this));
    this.element.className = 'fl-terminal';
    // What it shows, for whoever looks at the page from outside, such as a test.
    Object.assign(this.element, { xterm: this.xterm });
    this.resized = new ResizeObserver(() => this.fits());
  }

  /** Puts it where it is seen, and starts it the first time. */
  mount(into: HTMLElement): void {
    into.append(this.element);
    if (!this.opened) {
      this.opened = true;
      this.xterm.open(this.element);
      this.accelerate();
      this.fits();
      this.stream.start();
    }
    this.resized.observe(this.element);
    this.fits();
  }

  unmount(): void {
    this.resized.disconnect();
    this.element.remove();
  }

  private fits(): void {
    if (this.element.clientWidth > 0 && this.element.clientHeight > 0) this.fit.fit();
  }

  /** A browser that takes the context away leaves the other renderer. */
  private accelerate(): void {
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => {
        webgl.dispose();
        this.renderer = 'dom';
      });
      this.xterm.loadAddon(webgl);
      this.renderer = 'webgl';
    } catch {
      this.renderer = 'dom';
    }
    this.element.dataset.renderer = this.renderer;
  }

  private changed(state: TerminalState): void {
    this.element.dataset.state = state.at;
    this.watches.changed();
  }

  /** Ctrl+Shift+C and V, as terminals have it; everything else is the shell's. */
  private mayHave(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey) return true;
    if (event.code === 'KeyO') {
      // The way out for whoever has no pointer: every other key is the shell's.
      event.preventDefault();
      document.querySelector<HTMLElement>('[data-acts]')?.focus();
      return false;
    }
    if (event.code === 'KeyF') {
      event.preventDefault();
      this.find();
      return false;
    }
    if (event.code === 'KeyC') {
      event.preventDefault();
      this.copy();
      return false;
    }
    // The browser pastes by itself, which needs no permission.
    return event.code !== 'KeyV';
  }

  copy(): void {
    this.focusSoon();
    const text = this.xterm.getSelection();
    if (text) void navigator.clipboard.writeText(text);
  }

  async paste(): Promise<void> {
    this.xterm.paste(await navigator.clipboard.readText());
    this.focusSoon();
  }

  find(now = true): void {
    this.finds = now;
    if (!now) {
      this.search.clearDecorations();
      this.focus();
    }
    this.watches.changed();
  }

  focus(): void {
    this.xterm.focus();
  }

  /** Once more when a menu that has closed has given the focus back to its button. */
  focusSoon(): void {
    window.setTimeout(() => this.focus(), AFTER_MENU_MS);
  }

  themed(): void {
    this.xterm.options.theme = theme();
  }

  /** Ends the shell, and lets go of everything. */
  end(): void {
    const { terminal, state } = this.stream;
    this.stream.detach();
    if (terminal !== null && state.at !== 'ended') {
      // Where that fails it ends by itself, as any that nobody attaches to.
      answer(api.DELETE('/api/v1/terminals/{terminal}', { params: { path: { terminal } } })).catch(
        () => {},
      );
    }
    this.unmount();
    this.xterm.dispose();
  }
}

/** In another tab that knows nothing of this one, and only what a browser may be sent to. */
function openLink(_event: MouseEvent, uri: string): void {
  if (/^https?:\/\//i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}

/** The colours of the design; those of the sixteen that a surface would swallow are moved. */
export function theme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const is = (name: string) => style.getPropertyValue(name).trim();
  const dark = document.documentElement.dataset.mantineColorScheme === 'dark';
  const sixteen = dark
    ? [
        '#17242a',
        '#ee7d72',
        '#3ecf94',
        '#e0ad4f',
        '#6aaef0',
        '#c79bea',
        '#5cc2b8',
        '#c6d2d1',
        '#67797b',
        '#f5a39b',
        '#74e0b3',
        '#f0c97e',
        '#94c6f7',
        '#dabcf4',
        '#8fd9d1',
        '#f2f7f6',
      ]
    : [
        '#17262a',
        '#b53327',
        '#0b7a54',
        '#8a5d12',
        '#1f63b0',
        '#7d3fb0',
        '#096f67',
        '#566869',
        '#6f8081',
        '#93291f',
        '#075a3e',
        '#6b470c',
        '#174b87',
        '#5f2e88',
        '#054541',
        '#17262a',
      ];
  const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
  const colours: Record<string, string> = {};
  names.forEach((name, i) => {
    colours[name] = sixteen[i] as string;
    colours[`bright${name[0]?.toUpperCase()}${name.slice(1)}`] = sixteen[i + 8] as string;
  });
  return {
    background: is('--fl-surface'),
    foreground: is('--mantine-color-text'),
    cursor: is('--fl-brass'),
    cursorAccent: is('--fl-surface'),
    selectionBackground: dark ? '#2a5a5780' : '#9fd8d080',
    ...colours,
  };
}
