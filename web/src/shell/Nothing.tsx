import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../text/words';
import css from './Nothing.module.css';
import { shellWords } from './text';

/** In a table's place where there are no rows: what is so, and what would change it. */
export function Nothing({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <div className={css.nothing} role="status">
      {title && <h2>{title}</h2>}
      {children}
    </div>
  );
}

/** The same of a list that is filtered, and may still be on its way. */
export function NoRows({
  loading,
  filtered,
  onClear,
  noMatch,
  none,
  what,
}: {
  loading: boolean;
  filtered: boolean;
  onClear: () => void;
  noMatch: string;
  none: string;
  what: string;
}) {
  const t = useWords(shellWords);
  if (loading) return <Nothing>{t.loading}</Nothing>;
  if (!filtered) {
    return (
      <Nothing title={none}>
        <p>{what}</p>
      </Nothing>
    );
  }
  return (
    <Nothing>
      <p>{noMatch}</p>
      <Button variant="light" onClick={onClear}>
        {t.clear}
      </Button>
    </Nothing>
  );
}
