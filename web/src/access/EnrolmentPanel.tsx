import { Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { ActDialog } from '../shell/Act';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import filters from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { type RowColumn, RowTable } from '../shell/RowTable';
import { Nothing } from '../shell/Nothing';
import { shellWords } from '../shell/text';
import { time } from '../text/format';
import { useWords } from '../text/words';
import css from './access.module.css';
import { type EnrolmentToken, enrolmentQuery } from './lists';
import { accessWords } from './text';

/** The enrolment tokens that still count. */
export function EnrolmentPanel({ tenant }: { tenant: string }) {
  const t = useWords(accessWords);
  const shell = useWords(shellWords);
  const client = useQueryClient();
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768) ?? false;
  const [revoking, setRevoking] = useState<EnrolmentToken>();
  const { data: tokens, error } = useQuery(enrolmentQuery(tenant));
  const labelsOf = (token: EnrolmentToken) =>
    Object.entries(token.labels).map(([key, value]) => `${key}=${value}`);

  const revoke = (token: EnrolmentToken) => (
    <Button
      variant="default"
      size="compact-xs"
      data-row-act
      aria-label={`${t.revoke} ${token.id}`}
      onClick={() => setRevoking(token)}
    >
      {t.revoke}
    </Button>
  );
  const columns: RowColumn<EnrolmentToken>[] = [
    {
      id: 'id',
      label: t.id,
      width: 'minmax(250px, 1fr)',
      cell: (token) => <span className="fl-mono">{token.id}</span>,
    },
    {
      id: 'uses',
      label: t.uses,
      width: '100px',
      cell: (token) => t.usedOf(token.used, token.uses),
    },
    {
      id: 'labels',
      label: t.labels,
      width: 'minmax(130px, 1fr)',
      cell: (token) => (
        <span className={filters.chips}>
          {labelsOf(token).map((label) => (
            <span key={label} className={filters.chip}>
              {label}
            </span>
          ))}
          {token.replace && t.replaces(token.replace)}
        </span>
      ),
    },
    { id: 'by', label: t.by, width: 'minmax(120px, 0.8fr)', cell: (token) => token.createdBy },
    {
      id: 'expires',
      label: t.expires,
      width: '178px',
      cell: (token) => <time dateTime={token.expires}>{time(token.expires)}</time>,
    },
    {
      id: 'acts',
      label: shell.acts,
      quiet: true,
      width: '110px',
      cell: (token) => <div className={css.inline}>{revoke(token)}</div>,
    },
  ];

  const add = (
    <Button
      component={Link}
      to="/t/$tenant/add"
      params={{ tenant } as never}
      size="xs"
      leftSection={<Icon name="add" size={14} />}
    >
      {t.addNode}
    </Button>
  );
  return (
    <>
      <div className={filters.tools}>
        <p className={filters.hint}>{t.tokensWhat}</p>
        <div className={filters.toolsEnd}>
          {add}
          <CopyMenu
            link
            cli={commandLine('fairlead', 'token', 'ls', '--tenant', tenant)}
            curl={curl(`/api/v1/tenants/${tenant}/enrolment-tokens`)}
          >
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              onClick={() =>
                saveFile(`${tenant}-enrolment-tokens.csv`, 'text/csv', [
                  csvLine(['id', 'used', 'uses', 'labels', 'createdBy', 'expires']),
                  ...(tokens ?? []).map((token) =>
                    csvLine([
                      token.id,
                      token.used,
                      token.uses,
                      labelsOf(token).join(' '),
                      token.createdBy,
                      token.expires,
                    ]),
                  ),
                ])
              }
            >
              {shell.exportCsv}
            </Menu.Item>
          </CopyMenu>
        </div>
      </div>
      <ErrorNotice error={error} />
      {tokens &&
        (tokens.length === 0 ? (
          <Nothing title={t.noTokens}>
            <p>{t.noTokensWhat}</p>
          </Nothing>
        ) : (
          <RowTable
            label={t.tabs.enrolment}
            rows={tokens}
            rowKey={(token) => token.id}
            columns={columns}
            narrow={narrow}
            narrowAct={(token) => <div className={css.inline}>{revoke(token)}</div>}
            narrowFacts={(token) => (
              <>
                <span>{t.usedOf(token.used, token.uses)}</span>
                <span>{time(token.expires)}</span>
              </>
            )}
          />
        ))}
      {revoking && (
        <ActDialog
          title={t.revokeToken}
          act={t.revoke}
          danger
          run={() =>
            answer(
              api.DELETE('/api/v1/tenants/{tenant}/enrolment-tokens/{enrolmentToken}', {
                params: { path: { tenant, enrolmentToken: revoking.id } },
              }),
            )
          }
          done={() => void client.invalidateQueries({ queryKey: ['enrolment-tokens', tenant] })}
          close={() => setRevoking(undefined)}
          cli={commandLine('fairlead', 'token', 'rm', revoking.id, '--tenant', tenant)}
          curl={curl(`/api/v1/tenants/${tenant}/enrolment-tokens/${revoking.id}`, {
            method: 'DELETE',
          })}
        >
          <p className="fl-mono">{revoking.id}</p>
          <p>{t.revokeTokenWhat}</p>
        </ActDialog>
      )}
    </>
  );
}
