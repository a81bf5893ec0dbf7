import { Autocomplete, Radio, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { readLabels } from '../enroll/labels';
import { useFleet } from '../fleet/TenantNodes';
import { meQuery, type Role, useMe } from '../identity/me';
import { ActDialog } from '../shell/Act';
import { commandLine, curl } from '../shell/commands';
import filters from '../shell/filters.module.css';
import { useWords } from '../text/words';
import css from './access.module.css';
import { effectOf, type Given, nodesText, readLogins, takenIn } from './effect';
import { type Grant, usersQuery } from './lists';
import { accessWords } from './text';

const ROLES: Role[] = ['viewer', 'operator', 'admin'];

/** What it means, with the nodes of now. */
export function Effect({ given }: { given: Given }) {
  const t = useWords(accessWords);
  const { nodes } = useFleet();
  const taken = takenIn(given.labels, nodes);
  return (
    <section className={css.effect} aria-label={t.effect}>
      <h3>{t.effect}</h3>
      <p>
        {nodesText(given.labels, t)}: {t.nodesNow(taken.length)}
        {taken.length > 0 && (
          <span className={filters.hint}>
            {' · '}
            {taken
              .slice(0, 6)
              .map(({ name }) => name)
              .join(', ')}
            {taken.length > 6 && '…'}
          </span>
        )}
      </p>
      <ul>
        {effectOf(given, t).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p className={filters.hint}>{t.lastWord}</p>
    </section>
  );
}

/** Gives a grant, and says what it means before it is given. */
export function GiveGrant({
  tenant,
  to,
  close,
}: {
  tenant: string;
  to?: string;
  close: () => void;
}) {
  const t = useWords(accessWords);
  const client = useQueryClient();
  const me = useMe();
  const { data: users } = useQuery(usersQuery(tenant));
  const [user, setUser] = useState(to ?? '');
  const [role, setRole] = useState<Role>('operator');
  const [labelText, setLabelText] = useState('');
  const [loginText, setLoginText] = useState('');
  const labels = readLabels(labelText);
  const logins = role === 'viewer' ? { logins: [] } : readLogins(loginText);
  const selector = Object.entries(labels.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const body = { user: user.trim(), role, labels: selector, logins: logins.logins };
  return (
    <ActDialog
      title={t.giveGrant}
      act={t.give}
      ready={body.user !== '' && !labels.wrong && !logins.wrong}
      run={() =>
        answer(api.POST('/api/v1/tenants/{tenant}/grants', { params: { path: { tenant } }, body }))
      }
      done={(grant) => {
        void client.invalidateQueries({ queryKey: ['grants', tenant] });
        if (grant.userId === me.user.id) {
          void client.invalidateQueries({ queryKey: meQuery.queryKey });
        }
      }}
      close={close}
      cli={commandLine(
        'fairlead',
        'grant',
        'add',
        body.user || 'USER',
        role,
        ...Object.entries(labels.labels).flatMap(([key, value]) => ['-l', `${key}=${value}`]),
        ...(body.logins.length > 0 ? ['--login', body.logins.join(',')] : []),
        '--tenant',
        tenant,
      )}
      curl={curl(`/api/v1/tenants/${tenant}/grants`, { method: 'POST', body })}
    >
      <Autocomplete
        label={t.giveTo}
        description={t.giveToHint}
        data={(users ?? []).map(({ name }) => name)}
        limit={20}
        maxLength={127}
        spellCheck={false}
        autoCapitalize="none"
        {...(to ? {} : { 'data-autofocus': true })}
        value={user}
        onChange={setUser}
      />
      <Radio.Group label={t.role} value={role} onChange={(next) => setRole(next as Role)}>
        <div className={css.roles}>
          {ROLES.map((one) => (
            <Radio
              key={one}
              value={one}
              label={t.roles[one] ?? one}
              description={t.roleWhat[one] ?? ''}
            />
          ))}
        </div>
      </Radio.Group>
      <TextInput
        label={t.nodes}
        description={t.nodesHint}
        maxLength={1024}
        spellCheck={false}
        autoCapitalize="none"
        error={labels.wrong && t.labelsWrong(labels.wrong)}
        value={labelText}
        onChange={(event) => setLabelText(event.currentTarget.value)}
      />
      {role !== 'viewer' && (
        <TextInput
          label={t.logins}
          description={t.loginsHint}
          maxLength={1024}
          spellCheck={false}
          autoCapitalize="none"
          error={logins.wrong && t.loginsWrong(logins.wrong)}
          value={loginText}
          onChange={(event) => setLoginText(event.currentTarget.value)}
        />
      )}
      <Effect given={{ role, labels: selector, logins: logins.logins }} />
    </ActDialog>
  );
}

export function WithdrawGrant({
  tenant,
  grant,
  close,
  done,
}: {
  tenant: string;
  grant: Grant;
  close: () => void;
  done: () => void;
}) {
  const t = useWords(accessWords);
  const client = useQueryClient();
  const me = useMe();
  return (
    <ActDialog
      title={t.withdrawOf(grant.user)}
      act={t.withdraw}
      danger
      run={() =>
        answer(
          api.DELETE('/api/v1/tenants/{tenant}/grants/{grant}', {
            params: { path: { tenant, grant: grant.id } },
          }),
        )
      }
      done={() => {
        void client.invalidateQueries({ queryKey: ['grants', tenant] });
        if (grant.userId === me.user.id) {
          void client.invalidateQueries({ queryKey: meQuery.queryKey });
        }
        done();
      }}
      close={close}
      cli={commandLine('fairlead', 'grant', 'rm', grant.id, '--tenant', tenant)}
      curl={curl(`/api/v1/tenants/${tenant}/grants/${grant.id}`, { method: 'DELETE' })}
    >
      {grant.userId === me.user.id && <p>{t.yourself}</p>}
      <p>
        {t.roles[grant.role] ?? grant.role}: {nodesText(grant.labels, t)}
      </p>
      <p>{t.withdrawWhat}</p>
    </ActDialog>
  );
}
