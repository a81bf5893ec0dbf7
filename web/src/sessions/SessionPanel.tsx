import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answer, api, type Session } from '../api/client';
import { may, useMe } from '../identity/me';
import { commandLine, curl, shellLine } from '../shell/commands';
import { CopyButton } from '../shell/Copy';
import { CopyMenu } from '../shell/CopyMenu';
import { ErrorNotice } from '../shell/ErrorNotice';
import css from '../shell/filters.module.css';
import { shellWords } from '../shell/text';
import { bytes, span, time } from '../text/format';
import { useWords } from '../text/words';
import { causeOf, lasted } from './facts';
import type { Rate } from './rates';
import { sessionWords } from './text';

/** One session, beside the list; also one that the list has not. */
export function SessionPanel({
  tenant,
  id,
  listed,
  rate,
  now,
  mayEnd,
  end,
  close,
}: {
  tenant: string;
  id: string;
  listed: Session | undefined;
  rate: Rate | undefined;
  now: number;
  mayEnd: (session: Session) => boolean;
  end: (session: Session) => void;
  close: () => void;
}) {
  const t = useWords(sessionWords);
  const shell = useWords(shellWords);
  const me = useMe();
  const { data, error } = useQuery({
    queryKey: ['session', tenant, id],
    queryFn: () =>
      answer(
        api.GET('/api/v1/tenants/{tenant}/sessions/{session}', {
          params: { path: { tenant, session: id } },
        }),
      ),
    enabled: !listed,
    refetchInterval: ({ state }) => (state.data?.state === 'ended' || state.error ? false : 4_000),
  });
  const session = listed ?? data;
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="md"
      title={session ? `${session.user} → ${session.node}` : t.title}
      closeButtonProps={{ 'aria-label': shell.close }}
    >
      {!session && <ErrorNotice error={error} />}
      {session && (
        <div className={css.stack}>
          <dl className={css.facts}>
            <dt>{t.state}</dt>
            <dd>
              <span className={css.dot} data-state={session.state} aria-hidden="true" />
              {t[session.state]}
            </dd>
            {session.cause && (
              <>
                <dt>{t.why}</dt>
                <dd>
                  {causeOf(session, t)} <span className="fl-mono">({session.cause})</span>
                </dd>
              </>
            )}
            <dt>{t.user}</dt>
            <dd>{session.user}</dd>
            <dt>{t.from}</dt>
            <dd className="fl-mono">{session.address ?? '–'}</dd>
            <dt>{t.node}</dt>
            <dd>
              <Link
                to="/t/$tenant/nodes/$node"
                params={{ tenant, node: session.node }}
                className={css.link}
              >
                {session.node}
              </Link>
            </dd>
            <dt>{t.kind}</dt>
            <dd>{t.kinds[session.kind] ?? session.kind}</dd>
            {session.kind !== 'tcp' && (
              <>
                <dt>{t.login}</dt>
                <dd>{session.login ?? t.defaultLogin}</dd>
              </>
            )}
            {session.target && (
              <>
                <dt>{t.what}</dt>
                <dd className="fl-mono">{shellLine(session.target)}</dd>
              </>
            )}
            <dt>{t.began}</dt>
            <dd>{time(session.started)}</dd>
            {session.ended && (
              <>
                <dt>{t.endedAt}</dt>
                <dd>{time(session.ended)}</dd>
              </>
            )}
            <dt>{t.lasted}</dt>
            <dd>{span(lasted(session, now))}</dd>
            <dt>{t.toNode}</dt>
            <dd>{bytes(session.bytesIn ?? 0)}</dd>
            <dt>{t.fromNode}</dt>
            <dd>{bytes(session.bytesOut ?? 0)}</dd>
            {rate?.perSecond != null && (
              <>
                <dt>{t.rate}</dt>
                <dd>{t.perSecond(bytes(rate.perSecond))}</dd>
              </>
            )}
            <dt>{t.id}</dt>
            <dd className="fl-mono">
              {session.id} <CopyButton text={session.id} />
            </dd>
          </dl>
          <div className={css.row}>
            {mayEnd(session) && (
              <Button color="coral" onClick={() => end(session)}>
                {t.endThese(1)}
              </Button>
            )}
            {may(me, tenant, 'admin', true) && (
              <Button
                component={Link}
                to="/t/$tenant/audit"
                params={{ tenant } as never}
                search={
                  {
                    who: session.user,
                    since: new Date(Date.parse(session.started) - 1000).toISOString(),
                    ...(session.ended
                      ? { until: new Date(Date.parse(session.ended) + 1000).toISOString() }
                      : {}),
                  } as never
                }
                variant="default"
              >
                {t.inAudit}
              </Button>
            )}
            <CopyMenu
              link
              cli={mayEnd(session) ? commandLine('fairlead', 'session', 'end', session.id) : ''}
              curl={curl(`/api/v1/tenants/${tenant}/sessions/${session.id}`)}
            />
          </div>
        </div>
      )}
    </Drawer>
  );
}
