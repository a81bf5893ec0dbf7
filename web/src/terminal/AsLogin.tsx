import { ActionIcon, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Icon } from '../shell/Icon';
import { useWords } from '../text/words';
import { keepLogin, keptLogin } from './logins';
import { terminalWords } from './text';

/** Beside the button of a node's terminal, where one may work there as several accounts. */
export function AsLogin({
  tenant,
  node,
  logins,
}: {
  tenant: string;
  node: string;
  logins: readonly string[];
}) {
  const t = useWords(terminalWords);
  const navigate = useNavigate();
  if (logins.length === 0) return null;
  const last = keptLogin(tenant, node, logins);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={26} aria-label={t.asWhom(node)}>
          <Icon name="down" size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.asWhom(node)}</Menu.Label>
        {logins.map((login) => (
          <Menu.Item
            key={login}
            rightSection={login === last ? <Icon name="check" size={14} /> : undefined}
            onClick={() => {
              keepLogin(tenant, node, login);
              void navigate({
                to: '/t/$tenant/terminals',
                params: { tenant },
                search: { node, login },
              });
            }}
          >
            {login}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
