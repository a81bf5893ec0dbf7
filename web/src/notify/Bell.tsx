import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { answer, api } from '../api/client';
import { hub, useHub } from '../api/hub';
import { useEvents } from '../fleet/TenantNodes';
import { may, useMe } from '../identity/me';
import { Icon } from '../shell/Icon';
import { number } from '../text/format';
import { useWords, wordsNow } from '../text/words';
import css from './notify.module.css';
import { LOUD, type Notice, Notices } from './notices';
import { notifyWords } from './text';

const List = lazy(() => import('./List'));
const TICK = 2_000;
const PAIRINGS = 10_000;

export type ListState = 'never' | 'open' | 'closed';

/** How many notices are unread; opens their list. Told as a toast is only what is worth it. */
export function Bell({
  tenant,
  list,
  setList,
}: {
  tenant: string;
  list: ListState;
  setList: (next: ListState) => void;
}) {
  const t = useWords(notifyWords);
  const notices = useMemo(() => new Notices(), []);
  const all = useSyncExternalStore(notices.subscribe, notices.get);
  const unread = all.filter((one) => !one.read).length;

  useEvents((event) => notices.event(event, Date.now()));
  useEffect(() => {
    const timer = setInterval(() => notices.tick(Date.now()), TICK);
    const unback = hub.whenBack(() => notices.hubBack(Date.now()));
    return () => {
      clearInterval(timer);
      unback();
    };
  }, [notices]);
  // Machines with a code are no tenant's yet: the hub's own operators are told of them.
  const me = useMe();
  const { data: waiting } = useQuery({
    queryKey: ['pairings'],
    queryFn: () => answer(api.GET('/api/v1/pairings')),
    enabled: may(me, 'system', 'operator', true),
    refetchInterval: PAIRINGS,
  });
  useEffect(() => {
    if (waiting) notices.pairings(waiting.items, Date.now());
  }, [notices, waiting]);
  const { awaySince } = useHub();
  useEffect(() => {
    if (awaySince !== null) notices.hubAway(awaySince);
  }, [notices, awaySince]);
  useToasts(all, tenant);
  useEffect(() => {
    if (list === 'open') notices.readAll();
  }, [list, all, notices]);

  return (
    <>
      <button
        type="button"
        className={css.bell}
        aria-haspopup="dialog"
        onClick={() => setList('open')}
      >
        <Icon name="bell" />
        <span className={css.bellName}>{t.title}</span>
        {unread > 0 && (
          <span className={css.unread}>
            {number(Math.min(99, unread))} <span className="fl-hidden">{t.unread}</span>
          </span>
        )}
      </button>
      {list !== 'never' && (
        <Suspense>
          <List
            tenant={tenant}
            notices={all}
            open={list === 'open'}
            clear={() => notices.clear()}
            close={() => setList('closed')}
          />
        </Suspense>
      )}
    </>
  );
}

/** A toast for each notice that deserves one; the same toast when more is added to it. */
function useToasts(all: readonly Notice[], tenant: string) {
  const told = useRef(new Map<number, number>());
  useEffect(() => {
    const t = wordsNow(notifyWords);
    for (const one of all) {
      if (one.read || !LOUD.includes(one.kind)) continue;
      const before = told.current.get(one.id);
      if (before === one.count) continue;
      told.current.set(one.id, one.count);
      const toast = {
        id: `notice-${one.id}`,
        title: t.kinds[one.kind](one.count),
        message:
          one.kind === 'pairing-waits' ? (
            <>
              {namesOf(one, t.more, 3)} ·{' '}
              <Link to="/t/$tenant/add" params={{ tenant }} search={{ by: 'code' }}>
                {t.approve}
              </Link>
            </>
          ) : (
            namesOf(one, t.more, 3)
          ),
        color: one.kind === 'hub-back' ? 'tide' : 'brass',
        closeButtonProps: { 'aria-label': t.close },
        // Somebody has to come to it first.
        ...(one.kind === 'pairing-waits' ? { autoClose: 30_000 } : {}),
      };
      if (before === undefined) notifications.show(toast);
      else notifications.update(toast);
    }
  }, [all, tenant]);
}

export function namesOf(notice: Notice, more: (n: number) => string, most: number): string {
  const names = notice.names.slice(0, most);
  const rest = notice.count - names.length;
  return [names.join(', '), ...(rest > 0 && names.length > 0 ? [more(rest)] : [])].join(' ');
}
