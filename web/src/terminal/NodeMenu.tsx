import { Menu, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useWords } from '../text/words';
import { desk } from './desk';
import { useOnlineNodes } from './nodes';
import css from './terminal.module.css';
import { terminalWords } from './text';

const MOST = 50;

/** Opens a terminal on the node that is chosen. */
export function NodeMenu({ tenant, children }: { tenant: string; children: ReactNode }) {
  const t = useWords(terminalWords);
  const [wanted, setWanted] = useState('');
  const nodes = useOnlineNodes().filter((name) => name.includes(wanted.trim().toLowerCase()));
  return (
    <Menu position="bottom-start" onClose={() => setWanted('')} trapFocus>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown className={css.nodes}>
        <TextInput
          size="xs"
          data-autofocus
          aria-label={t.chooseNode}
          placeholder={t.chooseNode}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {nodes.length === 0 && <Menu.Label>{t.noNode}</Menu.Label>}
        {nodes.slice(0, MOST).map((name) => (
          <Menu.Item key={name} onClick={() => desk.open(tenant, name)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
