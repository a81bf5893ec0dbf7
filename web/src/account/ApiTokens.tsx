import { Button, Menu, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import access from '../access/access.module.css';
import { NAME } from '../access/UserActs';
import { allPages, answer, api, type Schemas } from '../api/client';
import { useNow } from '../shell/useNow';
import { ActDialog } from '../shell/Act';
import { commandLine, curl } from '../shell/commands';
import { CommandLine } from '../shell/Copy';
import { CopyMenu } from '../shell/CopyMenu';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import css from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { shellWords } from '../shell/text';
import { ago, time } from '../text/format';
import { useWords } from '../text/words';
import { accountWords } from './text';

type ApiToken = Schemas['ApiToken'];
type Made = Schemas['ApiTokenCreated'];
const DAY = 86_400;

/** My API tokens; the text of one is shown once. */
export function ApiTokens() {
  const t = useWords(accountWords);
  const shell = useWords(shellWords);
  const now = useNow();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Made>();
  const [revoking, setRevoking] = useState<ApiToken>();
  const { data: tokens, error } = useQuery({
    queryKey: ['api-tokens'],
    queryFn: () =>
      allPages((cursor) =>
        answer(
          api.GET('/api/v1/api-tokens', {
            params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } },
          }),
        ),
      ),
  });
  const changed = () => void client.invalidateQueries({ queryKey: ['api-tokens'] });
  return (
    <section className={`${css.panel} ${css.stack}`}>
      <div className={access.headed}>
        <h2>{t.tokens}</h2>
        <CopyMenu
          cli={commandLine('fairlead', 'api-token', 'ls')}
          curl={curl('/api/v1/api-tokens')}
        >
          <Menu.Item
            leftSection={<Icon name="download" size={16} />}
            disabled={!tokens?.length}
            onClick={() => saveFile('api-tokens.csv', 'text/csv', csvOf(tokens ?? []))}
          >
            {shell.exportCsv}
          </Menu.Item>
        </CopyMenu>
      </div>
      <p className={css.hint}>{t.tokensWhat}</p>
      <ErrorNotice error={error} />
      {tokens?.length === 0 && <p className={css.hint}>{t.noTokens}</p>}
      {tokens && tokens.length > 0 && (
        <table className={access.acts}>
          <tbody>
            {tokens.map((token) => (
              <tr key={token.id}>
                <th scope="row">
                  <strong>{token.name}</strong>
                  <br />
                  <span className={css.hint}>
                    {t.expires} <time dateTime={token.expires}>{time(token.expires)}</time>
                    {' · '}
                    {t.lastUsed}: {token.lastUsed ? ago(token.lastUsed, now) : t.never}
                  </span>
                </th>
                <td>
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={t.revokeOf(token.name)}
                    onClick={() => setRevoking(token)}
                  >
                    {t.revoke}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div>
        <Button
          variant="light"
          size="xs"
          leftSection={<Icon name="add" size={14} />}
          onClick={() => setMaking(true)}
        >
          {t.makeToken}
        </Button>
      </div>
      {making && (
        <MakeToken
          close={() => setMaking(false)}
          done={(one) => {
            setMade(one);
            changed();
          }}
        />
      )}
      {made && (
        <Modal
          opened
          onClose={() => setMade(undefined)}
          title={t.tokenOf(made.name)}
          closeOnClickOutside={false}
          closeOnEscape={false}
          withCloseButton={false}
        >
          <div className={css.stack}>
            <strong>{t.once}</strong>
            <CommandLine line={made.token} label={t.tokenOf(made.name)} />
            <p className={css.hint}>{t.useIt}</p>
            <CommandLine
              line={commandLine('fairlead', 'login', '--token-stdin', window.location.origin)}
              label={t.useIt}
            />
            <div>
              <Button onClick={() => setMade(undefined)}>{t.close}</Button>
            </div>
          </div>
        </Modal>
      )}
      {revoking && (
        <ActDialog
          title={t.revokeOf(revoking.name)}
          act={t.revoke}
          danger
          run={() =>
            answer(
              api.DELETE('/api/v1/api-tokens/{apiToken}', {
                params: { path: { apiToken: revoking.id } },
              }),
            )
          }
          done={changed}
          close={() => setRevoking(undefined)}
          cli={commandLine('fairlead', 'api-token', 'rm', revoking.id)}
          curl={curl(`/api/v1/api-tokens/${revoking.id}`, { method: 'DELETE' })}
        >
          <p>{t.revokeWhat}</p>
        </ActDialog>
      )}
    </section>
  );
}

function csvOf(tokens: readonly ApiToken[]): string[] {
  return [
    csvLine(['id', 'name', 'created', 'lastUsed', 'expires']),
    ...tokens.map((token) =>
      csvLine([token.id, token.name, token.created, token.lastUsed, token.expires]),
    ),
  ];
}

function MakeToken({ close, done }: { close: () => void; done: (made: Made) => void }) {
  const t = useWords(accountWords);
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const body = { name, expiresIn: days * DAY };
  return (
    <ActDialog
      title={t.makeToken}
      act={t.make}
      ready={NAME.test(name)}
      run={() => answer(api.POST('/api/v1/api-tokens', { body }))}
      done={done}
      close={close}
      cli={commandLine('fairlead', 'api-token', 'create', name || 'NAME', '--expires', `${days}d`)}
      curl={curl('/api/v1/api-tokens', { method: 'POST', body: { ...body, name: name || 'NAME' } })}
    >
      <TextInput
        label={t.tokenName}
        description={t.tokenNameHint}
        maxLength={63}
        spellCheck={false}
        autoCapitalize="none"
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value.trim().toLowerCase())}
      />
      <NativeSelect
        label={t.expiresIn}
        value={String(days)}
        onChange={(event) => setDays(Number(event.currentTarget.value))}
        data={[1, 7, 30, 90, 365].map((n) => ({ value: String(n), label: t.days(n) }))}
      />
    </ActDialog>
  );
}
