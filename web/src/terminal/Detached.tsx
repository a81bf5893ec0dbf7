import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { allPages, answer, api } from '../api/client';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { useWords } from '../text/words';
import { desk } from './desk';
import { placeOf } from './logins';
import css from './terminal.module.css';
import { terminalWords } from './text';

const KEY = ['terminals'];

/** Terminals of the reader that this page does not show. */
export function Detached({ tenant, brief = false }: { tenant: string; brief?: boolean }) {
  const t = useWords(terminalWords);
  const queries = useQueryClient();
  useSyncExternalStore(desk.subscribe, desk.state);
  const { data = [] } = useQuery({
    queryKey: KEY,
    queryFn: () =>
      allPages((cursor) =>
        answer(
          api.GET('/api/v1/terminals', {
            params: { query: cursor ? { cursor, limit: 100 } : { limit: 100 } },
          }),
        ),
      ),
    refetchInterval: 10_000,
  });
  const shown = desk.shown();
  const others = data.filter(
    (one) => !shown.has(one.id) && (!brief || one.state === 'detached') && one.tenant === tenant,
  );
  if (others.length === 0) return null;
  return (
    <section className={css.detached} aria-label={t.detachedTitle}>
      <div className={css.detachedHead}>
        <h2>{t.detachedTitle}</h2>
        <CopyMenu
          cli={commandLine('fairlead', 'terminal', 'ls')}
          curl={curl('/api/v1/terminals')}
        />
      </div>
      <ul>
        {others.map((one) => (
          <li key={one.id}>
            <span>
              <strong>{t.detachedOn(placeOf(one.node, one.login))}</strong>{' '}
              <small>
                {one.state === 'detached' ? t.detached : t.elsewhere}
                {one.endsInSeconds !== null && `, ${t.endsIn(Math.floor(one.endsInSeconds / 60))}`}
              </small>
            </span>
            <Button
              size="compact-sm"
              variant="light"
              onClick={() => desk.open(tenant, one.node, one.login, one.id)}
            >
              {t.attach}
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              onClick={() =>
                void answer(
                  api.DELETE('/api/v1/terminals/{terminal}', {
                    params: { path: { terminal: one.id } },
                  }),
                ).finally(() => queries.invalidateQueries({ queryKey: KEY }))
              }
            >
              {t.endIt}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
