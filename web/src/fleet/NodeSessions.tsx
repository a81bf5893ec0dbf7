import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answer, api, type Node } from '../api/client';
import { isProblem } from '../api/problem';
import { shellLine } from '../shell/commands';
import { ErrorNotice } from '../shell/ErrorNotice';
import { ago, bytes, time } from '../text/format';
import { useWords } from '../text/words';
import { useNow } from '../shell/useNow';
import css from './fleet.module.css';
import { useEvents } from './TenantNodes';
import { fleetWords } from './text';
import { Panel } from '../shell/Panel';

const SHOWN = 20;

/** The newest sessions on a node. */
export function NodeSessions({ tenant, node }: { tenant: string; node: Node }) {
  const t = useWords(fleetWords);
  const now = useNow();
  const client = useQueryClient();
  const queryKey = ['sessions', tenant, { node: node.id }];
  const { data, error } = useQuery({
    queryKey,
    queryFn: () =>
      answer(
        api.GET('/api/v1/tenants/{tenant}/sessions', {
          params: { path: { tenant }, query: { node: node.id, limit: SHOWN } },
        }),
      ),
    refetchInterval: 15_000,
  });
  useEvents((event) => {
    if (event.kind.startsWith('session.') && event.name === node.name) {
      void client.invalidateQueries({ queryKey });
    }
  });
  const sessions = data?.items ?? [];
  return (
    <Panel title={t.sessions}>
      {error && !isProblem(error, 'denied') && <ErrorNotice error={error} />}
      {isProblem(error, 'denied') && <p>{t.noSessionsRight}</p>}
      {data && sessions.length === 0 && <p>{t.noSessions}</p>}
      {sessions.length > 0 && (
        <section className={css.scrollX} tabIndex={0} aria-label={t.sessions}>
          <table className={css.sessions}>
            <thead>
              <tr>
                <th scope="col">{t.user}</th>
                <th scope="col">{t.kind}</th>
                <th scope="col">{t.what}</th>
                <th scope="col">{t.began}</th>
                <th scope="col">{t.endedAt}</th>
                <th scope="col">{t.bytes}</th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <tr key={session.id}>
                  <td>{session.user}</td>
                  <td>{session.kind}</td>
                  <td
                    className="fl-mono"
                    title={session.target ? shellLine(session.target) : undefined}
                  >
                    {shellLine(session.target ?? session.login ?? '–')}
                  </td>
                  <td>
                    <time dateTime={session.started} title={time(session.started)}>
                      {ago(session.started, now)}
                    </time>
                  </td>
                  <td>
                    {session.ended ? (
                      <time dateTime={session.ended} title={time(session.ended)}>
                        {ago(session.ended, now)}
                        {session.cause && session.cause !== 'done' ? `, ${session.cause}` : ''}
                      </time>
                    ) : session.state === 'interrupted' ? (
                      t.interrupted
                    ) : (
                      t.live
                    )}
                  </td>
                  <td className="fl-number">
                    {session.bytesIn != null && session.bytesOut != null
                      ? `↑${bytes(session.bytesIn)} ↓${bytes(session.bytesOut)}`
                      : '–'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {sessions.length > 0 && (
        <Button
          component={Link}
          to="/t/$tenant/sessions"
          params={{ tenant } as never}
          search={{ node: node.name } as never}
          size="compact-sm"
          variant="subtle"
        >
          {t.allSessions}
        </Button>
      )}
    </Panel>
  );
}
