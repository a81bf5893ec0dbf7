import { ActionIcon, Button, Progress } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { Icon } from '../shell/Icon';
import { bytes } from '../text/format';
import { useWords } from '../text/words';
import { type Copy, copying } from './copies';
import css from './terminal.module.css';
import { terminalWords } from './text';

/** Files that are being copied, and those that were. */
export function Copies() {
  const t = useWords(terminalWords);
  const copies = useSyncExternalStore(copying.subscribe, copying.all);
  if (copies.length === 0) return null;
  return (
    <section className={css.copies} aria-label={t.copies}>
      <ul>
        {copies.map((copy) => (
          <OneCopy key={copy.id} copy={copy} />
        ))}
      </ul>
    </section>
  );
}

function OneCopy({ copy }: { copy: Copy }) {
  const t = useWords(terminalWords);
  const words = {
    going: t.copied(bytes(copy.done), copy.size === null ? null : bytes(copy.size)),
    away: t.reconnecting,
    done: copy.direction === 'upload' ? t.uploaded(copy.node) : t.downloaded,
    failed: copy.why,
  }[copy.state];
  const percent = copy.size ? (100 * copy.done) / copy.size : copy.state === 'done' ? 100 : 0;
  return (
    <li data-state={copy.state}>
      <Icon name={copy.direction === 'upload' ? 'up' : 'download'} size={16} />
      <span className={css.copyName}>
        <strong>{copy.path}</strong>
        <small role="status">{words}</small>
        {(copy.state === 'going' || copy.state === 'away') && (
          <Progress value={percent} size="xs" aria-label={copy.path} />
        )}
      </span>
      {copy.thereAlready && (
        <Button size="compact-sm" variant="light" onClick={() => copying.replace(copy)}>
          {t.replace}
        </Button>
      )}
      <ActionIcon
        size="sm"
        aria-label={copy.state === 'going' ? t.stop(copy.path) : t.forget(copy.path)}
        onClick={() => copying.forget(copy)}
      >
        <Icon name="close" size={14} />
      </ActionIcon>
    </li>
  );
}
