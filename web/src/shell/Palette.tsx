import '@mantine/spotlight/styles.css';
import { Modal, useMantineColorScheme } from '@mantine/core';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { accessWords } from '../access/text';
import type { Node } from '../api/client';
import { filterNodes } from '../fleet/search';
import { useFleet } from '../fleet/TenantNodes';
import { viewsQuery } from '../fleet/views';
import { enrollWords } from '../enroll/text';
import { may, myTenants, signOut, useMe } from '../identity/me';
import { LANGUAGES, type Language, setLanguage, useWords } from '../text/words';
import { Icon, type IconName } from './Icon';
import { PLACES } from './nav';
import css from './Palette.module.css';
import { shellWords } from './text';

const [store, palette] = createSpotlight();
const MOST_NODES = 8;
const LIST = 'palette-list';

/** Everything reachable by typing. */
export default function Palette({
  tenant,
  open,
  onClose,
  acts,
}: {
  tenant: string;
  open: boolean;
  onClose: () => void;
  /** What can be done that is no page. */
  acts: { label: string; icon: IconName; run: () => void }[];
}) {
  const t = useWords(shellWords);
  const access = useWords(accessWords);
  const enrol = useWords(enrollWords);
  const { setColorScheme } = useMantineColorScheme();
  const me = useMe();
  const { nodes } = useFleet();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');

  useEffect(() => {
    if (open) palette.open();
  }, [open]);

  const matches = (label: string) => label.toLowerCase().includes(query.trim().toLowerCase());
  const places = PLACES.filter((place) => place.shown?.(me, tenant) ?? true).filter((place) =>
    matches(place.label(t)),
  );
  const { data: saved = [] } = useQuery({ ...viewsQuery(me, tenant), enabled: open });
  const views = saved.filter((view) => matches(view.name));
  const tenants = myTenants(me).filter((one) => one !== tenant && matches(one));
  const mayGrant = may(me, tenant, 'admin', true);
  const doable = [
    ...acts,
    ...(mayGrant
      ? (['users', 'grants', 'who', 'enrolment'] as const).map((tab) => ({
          label: `${t.access}: ${access.tabs[tab]}`,
          icon: 'access' as const,
          run: () =>
            void navigate({ to: '/t/$tenant/access', params: { tenant }, search: { tab } }),
        }))
      : []),
    ...(may(me, tenant, 'operator', true)
      ? [
          {
            label: enrol.byCode,
            icon: 'add' as const,
            run: () =>
              void navigate({ to: '/t/$tenant/add', params: { tenant }, search: { by: 'code' } }),
          },
        ]
      : []),
    ...(['light', 'dark', 'auto'] as const).map((scheme) => ({
      label: `${t.appearance}: ${scheme === 'auto' ? t.system : t[scheme]}`,
      icon: 'settings' as const,
      run: () => setColorScheme(scheme),
    })),
    ...Object.entries(LANGUAGES).map(([key, label]) => ({
      label: `${t.language}: ${label}`,
      icon: 'settings' as const,
      run: () => setLanguage(key as Language),
    })),
    {
      label: t.signOut,
      icon: 'out' as const,
      run: () => void signOut().then(() => window.location.assign('/sign-in')),
    },
  ].filter((act) => matches(act.label));
  const found = useMemo(
    () => byName(filterNodes(nodes, { q: query }), query).slice(0, MOST_NODES),
    [nodes, query],
  );

  return (
    <Spotlight.Root
      store={store}
      classNames={{ action: css.action ?? '' }}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      maxHeight={420}
    >
      <Modal.Title className="fl-hidden">{t.find}</Modal.Title>
      <Spotlight.Search
        placeholder={t.findPlaceholder}
        aria-label={t.find}
        leftSection={<Icon name="search" />}
      />
      <Spotlight.ActionsList id={LIST}>
        {found.length > 0 && (
          <Spotlight.ActionsGroup label={t.nodes}>
            {found.map((node) => (
              <Spotlight.Action
                key={node.id}
                label={node.name}
                description={[node.os, node.hostname].filter(Boolean).join(' · ')}
                leftSection={<Icon name="nodes" />}
                onClick={() =>
                  void navigate({
                    to: '/t/$tenant/nodes/$node',
                    params: { tenant, node: node.name },
                  })
                }
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {places.length > 0 && (
          <Spotlight.ActionsGroup label={t.pages}>
            {places.map((place) => (
              <Spotlight.Action
                key={place.to}
                label={place.label(t)}
                leftSection={<Icon name={place.icon} />}
                onClick={() => void navigate({ to: place.to, params: { tenant } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {tenants.length > 0 && (
          <Spotlight.ActionsGroup label={t.tenant}>
            {tenants.map((one) => (
              <Spotlight.Action
                key={one}
                label={one}
                leftSection={<Icon name="tenant" />}
                onClick={() => void navigate({ to: '/t/$tenant/nodes', params: { tenant: one } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {views.length > 0 && (
          <Spotlight.ActionsGroup label={t.views}>
            {views.map((view) => (
              <Spotlight.Action
                key={view.name}
                label={view.name}
                leftSection={<Icon name="view" />}
                onClick={() =>
                  void navigate({
                    to: '/t/$tenant/nodes',
                    params: { tenant },
                    search: view.search,
                  })
                }
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {doable.length > 0 && (
          <Spotlight.ActionsGroup label={t.acts}>
            {doable.map((act) => (
              <Spotlight.Action
                key={act.label}
                label={act.label}
                leftSection={<Icon name={act.icon} />}
                onClick={act.run}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.length + places.length + tenants.length + views.length + doable.length === 0 && (
          <Spotlight.Empty>{t.nothingFound}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <FirstIsChosen of={[found, places, tenants, views, doable]} />
    </Spotlight.Root>
  );
}

/** Who types a name means that node, and not one of the same host or system that stands before it. */
function byName(nodes: readonly Node[], query: string): readonly Node[] {
  const typed = query.trim().toLowerCase();
  const far = ({ name }: Node) => (name === typed ? 0 : name.startsWith(typed) ? 1 : 2);
  return nodes.toSorted((a, b) => far(a) - far(b));
}

/**
 * Mantine chooses only when a key is pressed: where what is found comes later than the last key, or
 * what was chosen is gone, Enter would do nothing. After each drawing of the list, so it is given
 * what the list shows.
 */
function FirstIsChosen(_: { of: unknown[] }) {
  useEffect(() => {
    const shown = [...(document.getElementById(LIST)?.querySelectorAll('[data-action]') ?? [])];
    let chosen = shown.findIndex((one) => one.hasAttribute('data-selected'));
    if (chosen < 0 && shown.length > 0) {
      chosen = 0;
      shown[0]?.setAttribute('data-selected', 'true');
    }
    // The arrows count from it, also where others came before it.
    if (store.getState().selected !== chosen) {
      store.updateState((state) => ({ ...state, selected: chosen }));
    }
  });
  return null;
}
