import { Button, Drawer, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useFleet } from '../fleet/TenantNodes';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { CopyButton } from '../shell/Copy';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import filters from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { type RowColumn, rowOpener, RowTable } from '../shell/RowTable';
import { Nothing } from '../shell/Nothing';
import { SearchField } from '../shell/SearchField';
import { shellWords } from '../shell/text';
import { number, time } from '../text/format';
import { useWords } from '../text/words';
import type { PanelProps } from './AccessPage';
import { loginsText, takenIn } from './effect';
import { Effect, GiveGrant, WithdrawGrant } from './GrantActs';
import { type Grant, grantsQuery, shortWho } from './lists';
import { accessWords } from './text';

/** Who holds what, with what it means. */
export function GrantsPanel({ tenant, search, change }: PanelProps) {
  const t = useWords(accessWords);
  const shell = useWords(shellWords);
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768) ?? false;
  const { nodes } = useFleet();
  const [giving, setGiving] = useState(false);
  const [withdrawing, setWithdrawing] = useState<Grant>();
  const { data: grants, error } = useQuery(grantsQuery(tenant));
  const q = search.q?.toLowerCase() ?? '';
  const shown = useMemo(
    () =>
      (grants ?? []).filter((grant) =>
        [grant.user, grant.role, grant.labels, ...grant.logins].some((text) => text.includes(q)),
      ),
    [grants, q],
  );
  const open = grants?.find(({ id }) => id === search.grant);

  const columns: RowColumn<Grant>[] = [
    {
      id: 'user',
      label: t.user,
      width: 'minmax(150px, 1.2fr)',
      cell: (grant) => (
        <Link
          from="/t/$tenant/access"
          to="."
          search={(all) => ({ ...all, grant: grant.id })}
          resetScroll={false}
          className={rowOpener}
        >
          {grant.user}
        </Link>
      ),
    },
    {
      id: 'role',
      label: t.role,
      width: '130px',
      cell: (grant) => t.roles[grant.role] ?? grant.role,
    },
    {
      id: 'nodes',
      label: t.nodes,
      width: 'minmax(170px, 1.4fr)',
      cell: (grant) =>
        grant.labels === '' ? (
          t.everyNode
        ) : (
          <span className={filters.chips}>
            {grant.labels.split(',').map((label) => (
              <span key={label} className={filters.chip}>
                {label}
              </span>
            ))}
          </span>
        ),
    },
    {
      id: 'now',
      label: '#',
      width: '60px',
      numeric: true,
      cell: (grant) => (
        <span title={t.nodesNow(takenIn(grant.labels, nodes).length)}>
          {number(takenIn(grant.labels, nodes).length)}
        </span>
      ),
    },
    {
      id: 'logins',
      label: t.logins,
      width: 'minmax(150px, 1.2fr)',
      cell: (grant) => (grant.role === 'viewer' ? '–' : loginsText(grant.logins, t)),
    },
    {
      id: 'created',
      label: t.created,
      width: '178px',
      cell: (grant) => <time dateTime={grant.created}>{time(grant.created)}</time>,
    },
  ];

  const giveButton = (
    <Button size="xs" leftSection={<Icon name="add" size={14} />} onClick={() => setGiving(true)}>
      {t.giveGrant}
    </Button>
  );
  return (
    <>
      <search className={filters.tools}>
        <SearchField label={t.search} value={search.q} onChange={(q) => change({ q })} />
        <div className={filters.toolsEnd}>
          {giveButton}
          <CopyMenu
            link
            cli={commandLine('fairlead', 'grant', 'ls', '--tenant', tenant)}
            curl={curl(`/api/v1/tenants/${tenant}/grants`)}
          >
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              onClick={() =>
                saveFile(`${tenant}-grants.csv`, 'text/csv', [
                  csvLine(['id', 'user', 'role', 'labels', 'logins', 'created']),
                  ...shown.map((grant) =>
                    csvLine([
                      grant.id,
                      grant.user,
                      grant.role,
                      grant.labels,
                      grant.logins.join(' '),
                      grant.created,
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
      {grants && shown.length === 0 ? (
        grants.length === 0 ? (
          <Nothing title={t.noGrantsYet}>
            <p>{t.noGrantsWhat}</p>
          </Nothing>
        ) : (
          <Nothing>{t.noMatch}</Nothing>
        )
      ) : (
        <RowTable
          label={t.tabs.grants}
          rows={shown}
          rowKey={(grant) => grant.id}
          columns={columns}
          narrow={narrow}
          narrowFacts={(grant) => (
            <>
              <span>{t.roles[grant.role] ?? grant.role}</span>
              <span>{grant.labels || t.everyNode}</span>
            </>
          )}
          open={search.grant}
        />
      )}
      {open && (
        <Drawer
          opened
          onClose={() => change({ grant: undefined })}
          position="right"
          size="md"
          title={`${open.user}: ${t.roles[open.role] ?? open.role}`}
          closeButtonProps={{ 'aria-label': shell.close }}
        >
          <div className={filters.stack}>
            <Effect given={open} />
            <dl className={filters.facts}>
              <dt>{t.created}</dt>
              <dd>{time(open.created)}</dd>
              <dt>{t.id}</dt>
              <dd className="fl-mono">
                {open.id} <CopyButton text={open.id} />
              </dd>
            </dl>
            <div className={filters.row}>
              <Button
                variant="default"
                size="xs"
                onClick={() =>
                  change({
                    tab: 'who',
                    user: shortWho(open.user, tenant),
                    grant: undefined,
                    q: undefined,
                  })
                }
              >
                {t.whatTheyReach}
              </Button>
              <Button
                variant="outline"
                color="coral"
                size="xs"
                onClick={() => setWithdrawing(open)}
              >
                {t.withdraw}
              </Button>
            </div>
          </div>
        </Drawer>
      )}
      {giving && <GiveGrant tenant={tenant} close={() => setGiving(false)} />}
      {withdrawing && (
        <WithdrawGrant
          tenant={tenant}
          grant={withdrawing}
          close={() => setWithdrawing(undefined)}
          done={() => change({ grant: undefined })}
        />
      )}
    </>
  );
}
