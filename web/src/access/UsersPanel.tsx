import { Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { Nothing } from '../shell/Nothing';
import { SearchField } from '../shell/SearchField';
import { shellWords } from '../shell/text';
import filters from '../shell/filters.module.css';
import { type RowColumn, rowOpener, RowTable } from '../shell/RowTable';
import { time } from '../text/format';
import { useWords } from '../text/words';
import type { PanelProps } from './AccessPage';
import { GrantChip } from './GrantChip';
import { grantsQuery, type User, usersQuery, whoOf } from './lists';
import { MakeUser } from './UserActs';
import { UserPanel } from './UserPanel';
import { accessWords } from './text';

/** The users of a tenant, with what they hold. */
export function UsersPanel({ tenant, search, change }: PanelProps) {
  const t = useWords(accessWords);
  const shell = useWords(shellWords);
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768) ?? false;
  const [making, setMaking] = useState(false);
  const { data: users, error } = useQuery(usersQuery(tenant));
  const { data: grants } = useQuery(grantsQuery(tenant));
  const q = search.q?.toLowerCase() ?? '';
  const shown = useMemo(() => (users ?? []).filter(({ name }) => name.includes(q)), [users, q]);
  const open = users?.find(({ name, id }) => name === search.user || id === search.user);
  const held = (user: User) => (grants ?? []).filter(({ userId }) => userId === user.id);

  const columns: RowColumn<User>[] = [
    {
      id: 'name',
      label: t.name,
      width: 'minmax(150px, 1fr)',
      cell: (user) => (
        <>
          <span className={filters.dot} data-state={user.state} aria-hidden="true" />
          <Link
            from="/t/$tenant/access"
            to="."
            search={(all) => ({ ...all, user: user.name })}
            resetScroll={false}
            className={rowOpener}
          >
            {user.name}
          </Link>
        </>
      ),
    },
    {
      id: 'state',
      label: t.state,
      width: '110px',
      cell: (user) =>
        user.state === 'disabled' ? (
          <span className={filters.chip} data-tone="bad">
            {t.disabled}
          </span>
        ) : (
          t.enabled
        ),
    },
    {
      id: 'grants',
      label: t.grantsOf,
      width: 'minmax(220px, 2.4fr)',
      cell: (user) =>
        held(user).length === 0 ? (
          <span className={filters.hint}>{t.noGrants}</span>
        ) : (
          <span className={filters.chips}>
            {held(user).map((grant) => (
              <GrantChip key={grant.id} grant={grant} />
            ))}
          </span>
        ),
    },
    {
      id: 'created',
      label: t.created,
      width: '178px',
      cell: (user) => <time dateTime={user.created}>{time(user.created)}</time>,
    },
  ];

  return (
    <>
      <search className={filters.tools}>
        <SearchField label={t.search} value={search.q} onChange={(q) => change({ q })} />
        <div className={filters.toolsEnd}>
          <Button
            size="xs"
            leftSection={<Icon name="add" size={14} />}
            onClick={() => setMaking(true)}
          >
            {t.makeUser}
          </Button>
          <CopyMenu
            link
            cli={commandLine('fairlead', 'user', 'ls', '--tenant', tenant)}
            curl={curl(`/api/v1/tenants/${tenant}/users`)}
          >
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              onClick={() =>
                saveFile(`${tenant}-users.csv`, 'text/csv', [
                  csvLine(['id', 'name', 'tenant', 'state', 'created', 'grants']),
                  ...shown.map((user) =>
                    csvLine([
                      user.id,
                      user.name,
                      user.tenant,
                      user.state,
                      user.created,
                      held(user).length,
                    ]),
                  ),
                ])
              }
            >
              {shell.exportCsv}
            </Menu.Item>
          </CopyMenu>
        </div>
      </search>
      <ErrorNotice error={error} />
      {users && shown.length === 0 ? (
        <Nothing>{t.noMatch}</Nothing>
      ) : (
        <RowTable
          label={t.tabs.users}
          rows={shown}
          rowKey={(user) => user.id}
          columns={columns}
          narrow={narrow}
          narrowFacts={(user) => (
            <>
              <span>{user.state === 'disabled' ? t.disabled : t.enabled}</span>
              <span>
                {held(user)
                  .map(({ role }) => t.roles[role] ?? role)
                  .join(', ') || t.noGrants}
              </span>
            </>
          )}
          open={open?.id}
        />
      )}
      {making && (
        <MakeUser
          tenant={tenant}
          close={() => setMaking(false)}
          done={(user) => change({ user: user.name, q: undefined })}
        />
      )}
      {open && (
        <UserPanel
          key={open.id}
          tenant={tenant}
          user={open}
          grants={(grants ?? []).filter((grant) => grant.user === whoOf(open))}
          change={change}
        />
      )}
    </>
  );
}
