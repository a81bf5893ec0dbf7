import { Button, Menu } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Node } from '../../api/client';
import { CopyMenu } from '../../shell/CopyMenu';
import { commandLine, curl } from '../../shell/commands';
import { csvLine } from '../../shell/csv';
import { ErrorNotice } from '../../shell/ErrorNotice';
import { Icon } from '../../shell/Icon';
import { shellWords } from '../../shell/text';
import { useExport } from '../../shell/useExport';
import { ago, span, time } from '../../text/format';
import { useWords } from '../../text/words';
import { useNow } from '../../shell/useNow';
import fleet from '../fleet.module.css';
import { useEvents } from '../TenantNodes';
import { fleetWords } from '../text';
import css from './node.module.css';
import { nodeWords } from './text';
import { Panel } from '../../shell/Panel';

const PAGE = 8;
const FIELDS = [
  'number',
  'state',
  'began',
  'ended',
  'end',
  'why',
  'address',
  'hub',
  'innerTls',
  'between',
] as const;

function cell(value: string | number | boolean | null): string | number | null {
  return typeof value === 'boolean' ? String(value) : value;
}

/** The links that the node had, and why each of them ended. */
export function NodeLinks({ tenant, node }: { tenant: string; node: Node }) {
  const t = useWords(nodeWords);
  const words = useWords(fleetWords);
  const shell = useWords(shellWords);
  const now = useNow();
  const client = useQueryClient();
  const queryKey = ['links', tenant, node.id];
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      answer(
        api.GET('/api/v1/tenants/{tenant}/nodes/{node}/links', {
          params: {
            path: { tenant, node: node.id },
            query: cursor ? { limit: 5 * PAGE, cursor } : { limit: PAGE },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  useEvents((event) => {
    if (event.id === node.id && event.kind.startsWith('node.o')) {
      void client.invalidateQueries({ queryKey });
    }
  });
  const path = `/api/v1/tenants/${tenant}/nodes/${node.name}/links`;
  const exportLinks = useExport();
  function exportAll() {
    void exportLinks(
      { name: `${node.name}-links.csv`, type: 'text/csv', head: csvLine(FIELDS) },
      (cursor, signal) =>
        answer(
          api.GET('/api/v1/tenants/{tenant}/nodes/{node}/links', {
            params: {
              path: { tenant, node: node.id },
              query: cursor ? { limit: 100, cursor } : { limit: 100 },
            },
            signal,
          }),
        ),
      (link) => csvLine(FIELDS.map((field) => cell(link[field]))),
    );
  }
  const links = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title={t.links}
      acts={
        <CopyMenu
          cli={commandLine('fairlead', 'node', 'links', node.name, '--tenant', tenant)}
          curl={curl(path)}
        >
          <Menu.Item leftSection={<Icon name="download" size={16} />} onClick={exportAll}>
            {shell.exportCsv}
          </Menu.Item>
        </CopyMenu>
      }
    >
      <ErrorNotice error={error} />
      {data && links.length === 0 && <p>{t.noLinks}</p>}
      {links.length > 0 && (
        <section className={fleet.scrollX} tabIndex={0} aria-label={t.links}>
          <table className={css.links}>
            <thead>
              <tr>
                <th scope="col">{words.began}</th>
                <th scope="col">{t.for}</th>
                <th scope="col">{words.address}</th>
                <th scope="col">{t.why}</th>
              </tr>
            </thead>
            <tbody>
              {links.map((link) => (
                <tr key={link.number}>
                  <td>
                    <time dateTime={link.began} title={time(link.began)}>
                      {ago(link.began, now)}
                    </time>
                  </td>
                  <td className="fl-number" title={link.ended ? time(link.ended) : undefined}>
                    {span(
                      Math.max(
                        0,
                        ((link.ended ? Date.parse(link.ended) : now) - Date.parse(link.began)) /
                          1000,
                      ),
                    )}
                  </td>
                  <td className="fl-mono">{link.address}</td>
                  <td className={css.why}>
                    {link.state === 'open' ? (
                      <span className={fleet.state} data-state="online">
                        <span className={fleet.dot} aria-hidden="true" />
                        {t.open}
                      </span>
                    ) : (
                      (t.ends[link.end ?? ''] ?? t.unknown)
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {hasNextPage && (
        <Button
          className={css.more ?? ''}
          size="compact-sm"
          variant="subtle"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t.moreLinks}
        </Button>
      )}
    </Panel>
  );
}
