import { TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { answer, api, type Session } from '../api/client';
import { ActDialog } from '../shell/Act';
import { commandLine, curl } from '../shell/commands';
import { ErrorNotice } from '../shell/ErrorNotice';
import { useWords } from '../text/words';
import { sessionWords } from './text';

/** At a time, so that a hub is not asked for hundreds at once. */
const AT_ONCE = 6;

/** Ends one or several. */
export function EndSessions({
  tenant,
  sessions,
  close,
  done,
}: {
  tenant: string;
  sessions: readonly Session[];
  close: () => void;
  done: () => void;
}) {
  const t = useWords(sessionWords);
  const [reason, setReason] = useState('');
  const [failed, setFailed] = useState<[Session, unknown][]>([]);
  const why = reason.trim();
  const body = why === '' ? {} : { reason: why };
  const left = failed.length > 0 ? failed.map(([session]) => session) : sessions;

  async function run() {
    const queue = [...left];
    const wrong: [Session, unknown][] = [];
    const worker = async () => {
      for (let session = queue.shift(); session; session = queue.shift()) {
        try {
          await answer(
            api.POST('/api/v1/tenants/{tenant}/sessions/{session}/end', {
              params: { path: { tenant, session: session.id } },
              body,
            }),
          );
        } catch (error) {
          wrong.push([session, error]);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return wrong;
  }

  return (
    <ActDialog
      title={t.endThese(sessions.length)}
      act={t.end}
      danger
      run={run}
      close={close}
      done={(wrong) => {
        const ended = left.length - wrong.length;
        if (ended > 0) notifications.show({ message: t.didEnd(ended) });
        done();
        setFailed(wrong);
        return wrong.length === 0;
      }}
      cli={left
        .map((session) =>
          commandLine('fairlead', 'session', 'end', session.id, why && '--reason', why || null),
        )
        .join('\n')}
      curl={left
        .map((session) =>
          curl(`/api/v1/tenants/${tenant}/sessions/${session.id}/end`, { method: 'POST', body }),
        )
        .join('\n')}
    >
      <p>
        {left
          .slice(0, 5)
          .map((session) => `${session.user} → ${session.node}`)
          .join(', ')}
        {left.length > 5 && ` +${left.length - 5}`}
      </p>
      <p>{t.endWhat}</p>
      <TextInput
        label={t.reason}
        description={t.reasonHint}
        maxLength={200}
        value={reason}
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {failed.length > 0 && (
        <>
          <p>{t.notAllEnded(failed.length)}</p>
          {failed.slice(0, 5).map(([session, error]) => (
            <div key={session.id}>
              {session.user} → {session.node}
              <ErrorNotice error={error} />
            </div>
          ))}
        </>
      )}
    </ActDialog>
  );
}
