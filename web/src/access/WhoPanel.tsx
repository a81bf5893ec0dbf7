import { Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useFleet } from '../fleet/TenantNodes';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import { FilterField } from '../shell/FilterField';
import filters from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { Nothing } from '../shell/Nothing';
import { type RowColumn, rowOpener, RowTable } from '../shell/RowTable';
import { shellWords } from '../shell/text';
import { useWords } from '../text/words';
import type { PanelProps } from './AccessPage';
import css from './access.module.css';
import { loginsText } from './effect';
import { whoCsv, whyCsv } from './csv';
import { GrantChip } from './GrantChip';
import { type Access, accessQuery, grantsQuery, shortWho, usersQuery } from './lists';
import { NodePolicy, WhyPanel } from './WhyPanel';
import { accessWords } from './text';

export function allowed(access: Access, act: string): boolean {
  return access.acts.some((one) => one.act === act && one.allowed);
}

/** Who can reach a node, and why; or what a user can reach. */
export function WhoPanel({ tenant, search, change }: PanelProps) {
  const t = useWords(accessWords);
  const shell = useWords(shellWords);
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768) ?? false;
  const { nodes } = useFleet();
  const { data: users } = useQuery(usersQuery(tenant));
  const { data: grants } = useQuery(grantsQuery(tenant));
  const of = {
    ...(search.node ? { node: search.node } : {}),
    ...(search.user ? { user: search.user } : {}),
  };
  const { data, error } = useQuery(accessQuery(tenant, of));
  const asked = Boolean(search.node ?? search.user);
  const one = search.node && search.user ? data?.[0] : undefined;
  const node = nodes.find(({ name, id }) => name === search.node || id === search.node);

  const people = useMemo(
    () =>
      [
        ...new Set([
          ...(users ?? []).map(({ name }) => name),
          ...(grants ?? []).map(({ user }) => shortWho(user, tenant)),
        ]),
      ].sort(),
    [users, grants, tenant],
  );

  const may = (access: Access) =>
    (
      [
        ['nodes.see', t.sees],
        ['stream.ssh', t.shell],
        ['stream.tcp', t.forward],
        ['nodes.manage', t.manage],
      ] as const
    ).filter(([act]) => allowed(access, act));

  const columns: RowColumn<Access>[] = [
    {
      id: 'who',
      label: search.user ? t.node : t.user,
      width: 'minmax(160px, 1.1fr)',
      cell: (access) => (
        <>
          <Link
            from="/t/$tenant/access"
            to="."
            search={(all) => ({
              ...all,
              node: access.node,
              user: shortWho(access.user, tenant),
            })}
            resetScroll={false}
            className={rowOpener}
          >
            {search.user ? access.node : access.user}
          </Link>{' '}
          {access.userState === 'disabled' && (
            <span className={filters.chip} data-tone="bad">
              {t.disabled}
            </span>
          )}
        </>
      ),
    },
    {
      id: 'may',
      label: t.may,
      width: 'minmax(210px, 1.3fr)',
      cell: (access) => (
        <span className={filters.chips}>
          {may(access).length === 0 ? (
            <span className={filters.hint}>{t.nothing}</span>
          ) : (
            may(access).map(([act, word]) => (
              <span key={act} className={filters.chip} data-tone="good">
                {word}
              </span>
            ))
          )}
        </span>
      ),
    },
    {
      id: 'as',
      label: t.as,
      width: 'minmax(150px, 1fr)',
      cell: (access) => (allowed(access, 'stream.ssh') ? loginsText(access.logins, t) : '–'),
    },
    {
      id: 'because',
      label: t.because,
      width: 'minmax(180px, 1.6fr)',
      cell: (access) => {
        const because = access.grants.filter(({ takesIn }) => takesIn);
        if (because.length > 0) {
          return (
            <span className={filters.chips}>
              {because.map(({ grant }) => (
                <GrantChip key={grant.id} grant={grant} />
              ))}
            </span>
          );
        }
        const reason = access.acts[0]?.reason;
        return <span className={filters.hint}>{reason && (t.reasons[reason] ?? reason)}</span>;
      },
    },
  ];

  return (
    <>
      <search className={filters.tools}>
        <FilterField
          label={t.node}
          placeholder={t.anyNode}
          value={search.node}
          data={nodes.map(({ name }) => name)}
          set={(next) => change({ node: next })}
        />
        <FilterField
          label={t.user}
          placeholder={t.anyUser}
          value={search.user}
          data={people}
          set={(next) => change({ user: next })}
        />
        {asked && (
          <div className={filters.toolsEnd}>
            <CopyMenu
              link
              cli={commandLine(
                'fairlead',
                'grant',
                'explain',
                ...(search.node ? ['--node', search.node] : []),
                ...(search.user ? ['--user', search.user] : []),
                '--tenant',
                tenant,
              )}
              curl={curl(`/api/v1/tenants/${tenant}/access`, { query: of })}
            >
              <Menu.Item
                leftSection={<Icon name="download" size={16} />}
                onClick={() =>
                  saveFile(`${tenant}-access.csv`, 'text/csv', [
                    one ? whyCsv(one) : whoCsv(data ?? []),
                  ])
                }
              >
                {shell.exportCsv}
              </Menu.Item>
            </CopyMenu>
          </div>
        )}
      </search>
      <ErrorNotice error={error} />
      {!asked ? (
        <Nothing title={t.whoTitle}>
          <p>{t.whoWhat}</p>
          <div className={filters.row}>
            {nodes.slice(0, 5).map(({ id, name }) => (
              <Button key={id} variant="light" size="xs" onClick={() => change({ node: name })}>
                {name}
              </Button>
            ))}
          </div>
        </Nothing>
      ) : one ? (
        <WhyPanel access={one} node={node} tenant={tenant} change={change} />
      ) : (
        data && (
          <>
            {data.length === 0 ? (
              <Nothing>{search.user ? t.noNodes : t.nobody}</Nothing>
            ) : (
              <RowTable
                label={t.tabs.who}
                rows={data}
                rowKey={(access) => `${access.userId} ${access.nodeId}`}
                columns={columns}
                narrow={narrow}
                narrowFacts={(access) => (
                  <span>
                    {may(access)
                      .map(([, word]) => word)
                      .join(', ') || t.nothing}
                  </span>
                )}
              />
            )}
            {node && (
              <div className={css.two}>
                <NodePolicy node={node} />
              </div>
            )}
          </>
        )
      )}
    </>
  );
}
