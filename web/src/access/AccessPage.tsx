import { Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { type Me } from '../api/client';
import { may, useMe } from '../identity/me';
import { Page } from '../shell/Page';
import { useWords } from '../text/words';
import css from './access.module.css';
import { EnrolmentPanel } from './EnrolmentPanel';
import { GrantsPanel } from './GrantsPanel';
import { type AccessSearch, TABS, type Tab } from './search';
import { TenantsPanel } from './TenantsPanel';
import { accessWords } from './text';
import { UsersPanel } from './UsersPanel';
import { WhoPanel } from './WhoPanel';

/** Those that the hub would not refuse. */
function tabsOf(me: Me, tenant: string): Tab[] {
  return TABS.filter((tab) =>
    tab === 'tenants' ? may(me, 'system', 'admin', true) : may(me, tenant, 'admin', true),
  );
}

export type Change = (next: { [K in keyof AccessSearch]?: AccessSearch[K] | undefined }) => void;

export interface PanelProps {
  tenant: string;
  search: AccessSearch;
  change: Change;
}

/** Who may do what to which nodes. */
export function AccessPage() {
  const t = useWords(accessWords);
  const me = useMe();
  const { tenant } = useParams({ from: '/inside/t/$tenant/access' });
  const search = useSearch({ from: '/inside/t/$tenant/access' });
  const navigate = useNavigate({ from: '/t/$tenant/access' });
  const tabs = tabsOf(me, tenant);
  const tab = search.tab && tabs.includes(search.tab) ? search.tab : tabs[0];

  const change: Change = (next) =>
    void navigate({
      search: (all) =>
        Object.fromEntries(
          Object.entries({ ...all, ...next }).filter(([, value]) => value),
        ) as AccessSearch,
      replace: 'q' in next,
      resetScroll: false,
    });

  // Where they do not all fit, the one that is open is seen.
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each tab
  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected=true]')
      ?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [tab]);

  const panel = { tenant, search, change };
  return (
    <Page title={t.title}>
      <Tabs
        value={tab ?? null}
        onChange={(next) => void navigate({ search: { tab: next as Tab } })}
        keepMounted={false}
        className={css.tabs}
        classNames={{ panel: css.panel ?? '', list: css.list ?? '' }}
      >
        <Tabs.List ref={list}>
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="users">
          <UsersPanel {...panel} />
        </Tabs.Panel>
        <Tabs.Panel value="grants">
          <GrantsPanel {...panel} />
        </Tabs.Panel>
        <Tabs.Panel value="who">
          <WhoPanel {...panel} />
        </Tabs.Panel>
        <Tabs.Panel value="enrolment">
          <EnrolmentPanel tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="tenants">
          <TenantsPanel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
