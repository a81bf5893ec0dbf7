import { Button, Menu } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import access from '../access/access.module.css';
import { allPages, answer, api, type Schemas } from '../api/client';
import { ActDialog } from '../shell/Act';
import { commandLine, curl } from '../shell/commands';
import { CopyMenu } from '../shell/CopyMenu';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import css from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { shellWords } from '../shell/text';
import { useNow } from '../shell/useNow';
import { ago, time } from '../text/format';
import { useWords } from '../text/words';
import { accountWords } from './text';

type SignIn = Schemas['SignIn'];

/** Where I am signed in: each browser and each command line. */
export function SignIns() {
  const t = useWords(accountWords);
  const shell = useWords(shellWords);
  const now = useNow();
  const client = useQueryClient();
  const [ending, setEnding] = useState<SignIn | 'others'>();
  const { data, error } = useQuery({
    queryKey: ['sign-ins'],
    queryFn: () =>
      allPages((cursor) =>
        answer(
          api.GET('/api/v1/sign-ins', {
            params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } },
          }),
        ),
      ),
  });
  // This one first, then those that were used last.
  const signIns = data?.toSorted(
    (a, b) =>
      Number(b.current) - Number(a.current) ||
      (b.lastUsed ?? b.created).localeCompare(a.lastUsed ?? a.created),
  );
  const one = ending === 'others' ? undefined : ending;
  return (
    <section className={`${css.panel} ${css.stack}`}>
      <div className={access.headed}>
        <h2>{t.signIns}</h2>
        <CopyMenu cli={commandLine('fairlead', 'sign-in', 'ls')} curl={curl('/api/v1/sign-ins')}>
          <Menu.Item
            leftSection={<Icon name="download" size={16} />}
            disabled={!signIns?.length}
            onClick={() => saveFile('sign-ins.csv', 'text/csv', csvOf(signIns ?? []))}
          >
            {shell.exportCsv}
          </Menu.Item>
        </CopyMenu>
      </div>
      <p className={css.hint}>{t.signInsWhat}</p>
      <ErrorNotice error={error} />
      {signIns && signIns.length > 0 && (
        <table className={access.acts}>
          <tbody>
            {signIns.map((signIn) => (
              <tr key={signIn.id}>
                <th scope="row">
                  <strong>{signIn.program ?? t.someProgram}</strong>{' '}
                  {signIn.current && (
                    <span className={css.chip} data-tone="good">
                      {t.thisOne}
                    </span>
                  )}
                  <br />
                  <span className={css.hint}>
                    {t.from} <span className="fl-mono">{signIn.address}</span>
                    {' · '}
                    {t.lastUsed}: {signIn.lastUsed ? ago(signIn.lastUsed, now) : t.never}
                    {' · '}
                    {t.ends} <time dateTime={signIn.expires}>{time(signIn.expires)}</time>
                  </span>
                </th>
                <td>
                  {!signIn.current && (
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={t.endOf(signIn.program ?? t.someProgram, signIn.address)}
                      onClick={() => setEnding(signIn)}
                    >
                      {t.end}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {signIns && signIns.length > 1 && (
        <div>
          <Button variant="light" size="xs" onClick={() => setEnding('others')}>
            {t.endOthers}
          </Button>
        </div>
      )}
      {ending && (
        <ActDialog
          title={one ? t.endOf(one.program ?? t.someProgram, one.address) : t.endOthers}
          act={t.end}
          danger
          run={() =>
            one
              ? answer(
                  api.DELETE('/api/v1/sign-ins/{signIn}', { params: { path: { signIn: one.id } } }),
                )
              : answer(api.POST('/api/v1/sign-ins/end-others'))
          }
          done={() => void client.invalidateQueries({ queryKey: ['sign-ins'] })}
          close={() => setEnding(undefined)}
          cli={commandLine('fairlead', 'sign-in', 'end', one ? one.id : '--others')}
          curl={
            one
              ? curl(`/api/v1/sign-ins/${one.id}`, { method: 'DELETE' })
              : curl('/api/v1/sign-ins/end-others', { method: 'POST' })
          }
        >
          <p>{one ? t.endWhat : t.endOthersWhat}</p>
        </ActDialog>
      )}
    </section>
  );
}

function csvOf(signIns: readonly SignIn[]): string[] {
  return [
    csvLine(['id', 'from', 'by', 'current', 'created', 'lastUsed', 'expires']),
    ...signIns.map((one) =>
      csvLine([
        one.id,
        one.address,
        one.program,
        String(one.current),
        one.created,
        one.lastUsed,
        one.expires,
      ]),
    ),
  ];
}
