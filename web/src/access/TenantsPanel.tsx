import { Button, Checkbox, Menu, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { meQuery, useMe, whoIs } from '../identity/me';
import { ActDialog } from '../shell/Act';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import filters from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { type RowColumn, rowOpener, RowTable } from '../shell/RowTable';
import { shellWords } from '../shell/text';
import { time } from '../text/format';
import { useWords } from '../text/words';
import css from './access.module.css';
import { GrantChip } from './GrantChip';
import { type Tenant, tenantsQuery } from './lists';
import { accessWords } from './text';
import { NAME } from './UserActs';

/** All tenants of the hub, for its administrators. */
export function TenantsPanel() {
  const t = useWords(accessWords);
  const shell = useWords(shellWords);
  const me = useMe();
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768) ?? false;
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<Tenant>();
  const [entering, setEntering] = useState<Tenant>();
  const { data: tenants, error } = useQuery(tenantsQuery);
  const mine = (tenant: Tenant) =>
    me.tenants.find((one) => one.tenant === tenant.name)?.grants ?? [];

  const acts = (tenant: Tenant) => (
    <div className={css.inline}>
      {mine(tenant).length === 0 && (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`${t.enter}: ${tenant.name}`}
          onClick={() => setEntering(tenant)}
        >
          {t.enter}
        </Button>
      )}
      {tenant.name !== 'system' && (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t.removeTenant(tenant.name)}
          onClick={() => setRemoving(tenant)}
        >
          {t.remove}
        </Button>
      )}
    </div>
  );
  const columns: RowColumn<Tenant>[] = [
    {
      id: 'name',
      label: t.name,
      width: 'minmax(160px, 1fr)',
      cell: (tenant) =>
        mine(tenant).length > 0 ? (
          <Link
            to="/t/$tenant/nodes"
            params={{ tenant: tenant.name }}
            className={rowOpener}
            title={t.goThere}
          >
            {tenant.name}
          </Link>
        ) : (
          <strong>{tenant.name}</strong>
        ),
    },
    {
      id: 'mine',
      label: t.myGrants,
      width: 'minmax(180px, 1.6fr)',
      cell: (tenant) => (
        <span className={filters.chips}>
          {mine(tenant).map((grant) => (
            <GrantChip key={grant.id} grant={grant} />
          ))}
        </span>
      ),
    },
    {
      id: 'created',
      label: t.created,
      width: '178px',
      cell: (tenant) => <time dateTime={tenant.created}>{time(tenant.created)}</time>,
    },
    { id: 'acts', label: shell.acts, quiet: true, width: '230px', cell: acts },
  ];

  return (
    <>
      <div className={filters.tools}>
        <div className={filters.toolsEnd}>
          <Button
            size="xs"
            leftSection={<Icon name="add" size={14} />}
            onClick={() => setMaking(true)}
          >
            {t.makeTenant}
          </Button>
          <CopyMenu
            link
            cli={commandLine('fairlead', 'tenant', 'ls')}
            curl={curl('/api/v1/tenants')}
          >
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              onClick={() =>
                saveFile('tenants.csv', 'text/csv', [
                  csvLine(['id', 'name', 'created']),
                  ...(tenants ?? []).map(({ id, name, created }) => csvLine([id, name, created])),
                ])
              }
            >
              {shell.exportCsv}
            </Menu.Item>
          </CopyMenu>
        </div>
      </div>
      <ErrorNotice error={error} />
      {tenants && (
        <RowTable
          label={t.tabs.tenants}
          rows={tenants}
          rowKey={(tenant) => tenant.id}
          columns={columns}
          narrow={narrow}
          narrowAct={acts}
          narrowFacts={(tenant) => time(tenant.created)}
        />
      )}
      {making && <MakeTenant close={() => setMaking(false)} />}
      {removing && <RemoveTenant tenant={removing} close={() => setRemoving(undefined)} />}
      {entering && <EnterTenant tenant={entering} close={() => setEntering(undefined)} />}
    </>
  );
}

/** All of a tenant for one of the hub's administrators. */
function grantBody(user: string) {
  return { user, role: 'admin' as const, labels: '', logins: ['*'] };
}

function give(tenant: string, user: string) {
  return answer(
    api.POST('/api/v1/tenants/{tenant}/grants', {
      params: { path: { tenant } },
      body: grantBody(user),
    }),
  );
}

function useChanged() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ['tenants'] });
    void client.invalidateQueries({ queryKey: meQuery.queryKey });
  };
}

function MakeTenant({ close }: { close: () => void }) {
  const t = useWords(accessWords);
  const me = useMe();
  const changed = useChanged();
  const [name, setName] = useState('');
  const [giveMe, setGiveMe] = useState(true);
  const wrong = name !== '' && !NAME.test(name);
  return (
    <ActDialog
      title={t.makeTenant}
      act={t.make}
      ready={name !== '' && !wrong}
      run={async () => {
        await answer(api.POST('/api/v1/tenants', { body: { name } }));
        if (giveMe) await give(name, whoIs(me));
      }}
      done={() => {
        notifications.show({ message: t.tenantMade(name) });
        changed();
      }}
      close={() => {
        changed();
        close();
      }}
      cli={commandLine('fairlead', 'tenant', 'create', name || 'NAME')}
      curl={curl('/api/v1/tenants', { method: 'POST', body: { name } })}
    >
      <p>{t.makeTenantWhat}</p>
      <TextInput
        label={t.name}
        error={wrong && t.userNameWrong}
        maxLength={63}
        spellCheck={false}
        autoCapitalize="none"
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value.trim().toLowerCase())}
      />
      <Checkbox
        label={t.giveMe}
        checked={giveMe}
        onChange={(event) => setGiveMe(event.currentTarget.checked)}
      />
    </ActDialog>
  );
}

function RemoveTenant({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const t = useWords(accessWords);
  const changed = useChanged();
  const [typed, setTyped] = useState('');
  return (
    <ActDialog
      title={t.removeTenant(tenant.name)}
      act={t.remove}
      danger
      ready={typed === tenant.name}
      run={() =>
        answer(api.DELETE('/api/v1/tenants/{tenant}', { params: { path: { tenant: tenant.id } } }))
      }
      done={changed}
      close={close}
      cli={commandLine('fairlead', 'tenant', 'rm', tenant.name)}
      curl={curl(`/api/v1/tenants/${tenant.id}`, { method: 'DELETE' })}
    >
      <p>{t.removeTenantWhat}</p>
      <TextInput
        label={t.typeName(tenant.name)}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ActDialog>
  );
}

function EnterTenant({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const t = useWords(accessWords);
  const me = useMe();
  const changed = useChanged();
  return (
    <ActDialog
      title={`${t.enter}: ${tenant.name}`}
      act={t.give}
      run={() => give(tenant.name, whoIs(me))}
      done={changed}
      close={close}
      cli={commandLine(
        'fairlead',
        'grant',
        'add',
        whoIs(me),
        'admin',
        '--login',
        '*',
        '--tenant',
        tenant.name,
      )}
      curl={curl(`/api/v1/tenants/${tenant.name}/grants`, {
        method: 'POST',
        body: grantBody(whoIs(me)),
      })}
    >
      <p>{t.enterWhat}</p>
    </ActDialog>
  );
}
