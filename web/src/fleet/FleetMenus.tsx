import { Button, Menu } from '@mantine/core';
import { memo, useCallback, useMemo, useState } from 'react';
import type { Node } from '../api/client';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { saveFile } from '../shell/csv';
import { Icon } from '../shell/Icon';
import { number } from '../text/format';
import { useWords } from '../text/words';
import { COLUMNS, type Column, csvOf } from './columns';
import css from './fleet.module.css';
import { type FleetSearch, type LabelFilter, parseLabels } from './search';
import { useFleet } from './TenantNodes';
import { fleetWords } from './text';

const KEPT = 'fairlead.fleet.columns';
const MOST_LABELS = 100;

/** The columns that the reader has chosen, in this browser. */
export function useColumns(): [string[], (ids: string[]) => void] {
  const [ids, setIds] = useState(() => {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? 'null');
      if (Array.isArray(kept)) return kept.filter((id) => typeof id === 'string');
    } catch {
      // Nobody's choice that can be read.
    }
    return COLUMNS.filter((column) => column.usual).map((column) => column.id);
  });
  const choose = useCallback((next: string[]) => {
    localStorage.setItem(KEPT, JSON.stringify(next));
    setIds(next);
  }, []);
  return [ids, choose];
}

export const ColumnMenu = memo(function ColumnMenu({
  shown,
  set,
}: {
  shown: string[];
  set: (ids: string[]) => void;
}) {
  const t = useWords(fleetWords);
  return (
    <Menu width={200}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<Icon name="columns" size={16} />}>
          {t.columns}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COLUMNS.map((column) => {
          const on = shown.includes(column.id);
          return (
            <Menu.CheckboxItem
              key={column.id}
              checked={on}
              onChange={() =>
                set(on ? shown.filter((id) => id !== column.id) : [...shown, column.id])
              }
            >
              {column.label(t)}
            </Menu.CheckboxItem>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
});

/** The labels that there are, with how many nodes have them. */
export const LabelMenu = memo(function LabelMenu({
  filter,
  toggle,
}: {
  filter: LabelFilter;
  toggle: (key: string, value: string) => void;
}) {
  const t = useWords(fleetWords);
  const [opened, setOpened] = useState(false);
  return (
    <Menu opened={opened} onChange={setOpened} width={240} position="bottom-start">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<Icon name="label" size={16} />}>
          {t.labels}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={css.labelMenu}>
        {opened && <LabelItems filter={filter} toggle={toggle} />}
      </Menu.Dropdown>
    </Menu>
  );
});

function LabelItems({
  filter,
  toggle,
}: {
  filter: LabelFilter;
  toggle: (key: string, value: string) => void;
}) {
  const t = useWords(fleetWords);
  const { nodes } = useFleet();
  const labels = useMemo(() => {
    const counts = new Map<string, number>();
    for (const node of nodes) {
      for (const [key, value] of Object.entries(node.labels)) {
        const label = `${key}=${value}`;
        counts.set(label, (counts.get(label) ?? 0) + 1);
      }
    }
    return [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_LABELS);
  }, [nodes]);
  if (labels.length === 0) return <Menu.Label>{t.noLabels}</Menu.Label>;
  return labels.map(([label, n]) => {
    const at = label.indexOf('=');
    const key = label.slice(0, at);
    const value = label.slice(at + 1);
    const on = filter.some(([k, v]) => k === key && v === value);
    return (
      <Menu.CheckboxItem
        key={label}
        checked={on}
        closeMenuOnClick
        rightSection={<span className={css.count}>{number(n)}</span>}
        onChange={() => toggle(key, value)}
      >
        {label}
      </Menu.CheckboxItem>
    );
  });
}

export const MoreMenu = memo(function MoreMenu({
  tenant,
  nodes,
  columns,
  search,
}: {
  tenant: string;
  /** Asked when they are saved. */
  nodes: () => readonly Node[];
  columns: readonly Column[];
  search: FleetSearch;
}) {
  const t = useWords(fleetWords);
  const labels = parseLabels(search.labels);
  const link = search.state === 'attention' ? undefined : search.state;
  return (
    <CopyMenu
      cli={commandLine(
        ...['fairlead', 'nodes'],
        ...labels.flatMap(([key, value]) => ['-l', `${key}=${value}`]),
        link === 'online' && '--online',
      )}
      curl={curl(`/api/v1/tenants/${tenant}/nodes`, { query: { labels: search.labels, link } })}
    >
      <Menu.Item
        leftSection={<Icon name="download" size={16} />}
        onClick={() => saveFile(`${tenant}-nodes.csv`, 'text/csv', [csvOf(nodes(), columns)])}
      >
        {t.exportCsv}
      </Menu.Item>
    </CopyMenu>
  );
});
