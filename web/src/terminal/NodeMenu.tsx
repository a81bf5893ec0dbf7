import { Menu, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../api/client';
import { useMe } from '../identity/me';
import { useWords } from '../text/words';
import { desk } from './desk';
import { keepLogin, keptLogin, loginsOn } from './logins';
import { useOnlineNodes } from './nodes';
import css from './terminal.module.css';
import { terminalWords } from './text';

const MOST = 50;

/** Opens a terminal on the node that is chosen, as the account that is, where there are several. */
export function NodeMenu({ tenant, children }: { tenant: string; children: ReactNode }) {
  const t = useWords(terminalWords);
  const me = useMe();
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState('');
  const [choice, setChoice] = useState<{ node: string; logins: string[] }>();
  const nodes = useOnlineNodes().filter((name) => name.includes(wanted.trim().toLowerCase()));

  function change(now: boolean) {
    setOpened(now);
    if (now) {
      setWanted('');
      setChoice(undefined);
    }
  }

  function open(node: string, login: string | null) {
    change(false);
    desk.open(tenant, node, login);
  }

  /** At once where there is nothing to choose, or it was chosen before. */
  async function choose(node: string) {
    const logins = await answer(
      api.GET('/api/v1/tenants/{tenant}/nodes/{node}', { params: { path: { tenant, node } } }),
    ).then(
      (found) => loginsOn(me, tenant, found),
      // The terminal itself says what is wrong.
      () => [],
    );
    const kept = keptLogin(tenant, node, logins);
    if (logins.length > 0 && kept === null) setChoice({ node, logins });
    else open(node, kept);
  }

  return (
    <Menu position="bottom-start" opened={opened} onChange={change} trapFocus>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown className={css.nodes}>
        {choice ? (
          <>
            <Menu.Label>{t.asWhom(choice.node)}</Menu.Label>
            {choice.logins.map((login, at) => (
              <Menu.Item
                key={login}
                data-autofocus={at === 0 || undefined}
                onClick={() => {
                  keepLogin(tenant, choice.node, login);
                  open(choice.node, login);
                }}
              >
                {login}
              </Menu.Item>
            ))}
          </>
        ) : (
          <>
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
              <Menu.Item key={name} closeMenuOnClick={false} onClick={() => void choose(name)}>
                {name}
              </Menu.Item>
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
