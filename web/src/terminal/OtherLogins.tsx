import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { useMe } from '../identity/me';
import { Icon } from '../shell/Icon';
import { useWords } from '../text/words';
import { desk } from './desk';
import { keepLogin, loginsOn } from './logins';
import type { Pane } from './Pane';
import { terminalWords } from './text';

/** In a terminal's menu: another one on its node, as another account. */
export function OtherLogins({ pane }: { pane: Pane }) {
  const t = useWords(terminalWords);
  const me = useMe();
  const { tenant, node } = pane;
  const { data } = useQuery({
    queryKey: ['node', tenant, node],
    queryFn: () =>
      answer(
        api.GET('/api/v1/tenants/{tenant}/nodes/{node}', { params: { path: { tenant, node } } }),
      ),
  });
  const logins = data ? loginsOn(me, tenant, data) : [];
  // Without one that was chosen it is the default, which is first.
  const others = logins.filter((login) => login !== (pane.login ?? logins[0]));
  return others.map((login) => (
    <Menu.Item
      key={login}
      leftSection={<Icon name="user" />}
      onClick={() => {
        keepLogin(tenant, node, login);
        desk.open(tenant, node, login);
      }}
    >
      {t.another(login)}
    </Menu.Item>
  ));
}
