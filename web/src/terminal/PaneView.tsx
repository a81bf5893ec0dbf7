import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Icon } from '../shell/Icon';
import { useWords } from '../text/words';
import { copying } from './copies';
import { desk } from './desk';
import { placeOf } from './logins';
import type { Pane } from './Pane';
import css from './terminal.module.css';
import { terminalWords } from './text';

const SHOW_RESUMED_MS = 4_000;
const AFTER_MENU_MS = 60;

/** One terminal, and what is to be said about it. */
export function PaneView({
  pane,
  number,
  active,
  alone,
}: {
  pane: Pane;
  /** Which of its tab, so that those who hear it tell them apart. */
  number: number;
  active: boolean;
  alone: boolean;
}) {
  const t = useWords(terminalWords);
  const place = useRef<HTMLDivElement>(null);
  const [drops, setDrops] = useState(false);

  useEffect(() => {
    const into = place.current;
    if (!into) return;
    pane.mount(into);
    return () => pane.unmount();
  }, [pane]);

  useEffect(() => {
    if (!active) return;
    pane.focus();
    pane.focusSoon();
  }, [pane, active]);

  return (
    <section
      className={css.pane}
      data-active={(active && !alone) || undefined}
      data-drops={drops || undefined}
      aria-label={`${t.one(placeOf(pane.node, pane.login))}${number > 1 ? ` (${number})` : ''}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setDrops(true);
      }}
      onDragLeave={() => setDrops(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDrops(false);
        for (const file of event.dataTransfer.files) {
          copying.upload(pane, file);
        }
      }}
    >
      <div ref={place} className={css.screen} />
      {drops && <div className={css.drop}>{t.drop(pane.node)}</div>}
      <Notice pane={pane} />
      {pane.finds && <Find pane={pane} />}
    </section>
  );
}

function Notice({ pane }: { pane: Pane }) {
  const t = useWords(terminalWords);
  const state = useSyncExternalStore(desk.subscribe, () => pane.stream.state);
  const [old, setOld] = useState<unknown>(null);

  useEffect(() => {
    if (state.at !== 'attached' || state.pause === null) return;
    const timer = setTimeout(() => setOld(state), SHOW_RESUMED_MS);
    return () => clearTimeout(timer);
  }, [state]);

  switch (state.at) {
    case 'opening':
      return (
        <div className={css.notice} role="status">
          {t.opening}
        </div>
      );
    case 'away':
      return (
        <div className={css.notice} role="status" data-kind="away">
          <span className={css.pulse} />
          <strong>{t.reconnecting}</strong> {t.reconnectingWhat}
        </div>
      );
    case 'attached':
      return state.pause === null || old === state ? null : (
        <div className={css.notice} role="status" data-kind="back">
          {t.resumed((state.pause / 1000).toFixed(1))}
        </div>
      );
    case 'ended':
      return <Ended pane={pane} cause={state.cause} message={state.message} exit={state.exit} />;
  }
}

function Ended({
  pane,
  cause,
  message,
  exit,
}: {
  pane: Pane;
  cause: string;
  message: string;
  exit: number | null;
}) {
  const t = useWords(terminalWords);
  const takenOver = cause === 'taken-over';
  const why = takenOver ? t.takenOver : exit !== null ? t.exited(exit) : message || t.ended;
  return (
    <div className={css.notice} role="status" data-kind="ended">
      <span className={css.why}>{why}</span>
      <Button
        size="compact-sm"
        variant="light"
        onClick={() => {
          const { tenant, node, login } = pane;
          const terminal = takenOver ? pane.stream.terminal : null;
          desk.open(tenant, node, login, terminal);
          desk.close(pane);
        }}
      >
        {takenOver ? t.takeBack : t.again}
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => desk.close(pane)}>
        {t.close}
      </Button>
    </div>
  );
}

function Find({ pane }: { pane: Pane }) {
  const t = useWords(terminalWords);
  const [text, setText] = useState('');
  const [result, setResult] = useState('');
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    field.current?.focus();
    // A menu that has closed gives the focus back to its button.
    const timer = setTimeout(() => field.current?.focus(), AFTER_MENU_MS);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    const told = pane.search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setResult(resultCount === 0 ? t.nothing : t.found(resultIndex + 1, resultCount)),
    );
    return () => told.dispose();
  }, [pane, t]);

  const look = (forward: boolean, typing = false) => {
    const options = {
      incremental: typing,
      decorations: {
        matchBackground: '#815818',
        matchOverviewRuler: '#c08a2e',
        activeMatchBackground: '#c08a2e',
        activeMatchColorOverviewRuler: '#cf9a3c',
      },
    };
    if (forward) pane.search.findNext(text, options);
    else pane.search.findPrevious(text, options);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: while typing
  useEffect(() => {
    if (text) look(false, true);
    else {
      pane.search.clearDecorations();
      setResult('');
    }
  }, [text]);

  return (
    <div className={css.find} role="search">
      <TextInput
        size="xs"
        ref={field}
        aria-label={t.find}
        placeholder={t.findPlaceholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') look(event.shiftKey);
          if (event.key === 'Escape') pane.find(false);
        }}
      />
      <span className={css.found} role="status">
        {result}
      </span>
      <ActionIcon size="sm" aria-label={t.previous} onClick={() => look(false)}>
        <Icon name="up" size={14} />
      </ActionIcon>
      <ActionIcon size="sm" aria-label={t.next} onClick={() => look(true)}>
        <Icon name="down" size={14} />
      </ActionIcon>
      <ActionIcon size="sm" aria-label={t.close} onClick={() => pane.find(false)}>
        <Icon name="close" size={14} />
      </ActionIcon>
    </div>
  );
}
