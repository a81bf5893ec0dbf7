import { TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { useMe } from '../identity/me';
import { ActDialog } from '../shell/Act';
import { commandLine, curl } from '../shell/commands';
import { useWords } from '../text/words';
import { type User, whoOf } from './lists';
import { LEAST_PASSWORD, NewPassword } from './NewPassword';
import { accessWords } from './text';

export const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function MakeUser({
  tenant,
  close,
  done,
}: {
  tenant: string;
  close: () => void;
  done: (user: User) => void;
}) {
  const t = useWords(accessWords);
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const wrong = name !== '' && !NAME.test(name);
  return (
    <ActDialog
      title={t.makeUser}
      act={t.make}
      ready={name !== '' && !wrong && password.length >= LEAST_PASSWORD}
      run={() =>
        answer(
          api.POST('/api/v1/tenants/{tenant}/users', {
            params: { path: { tenant } },
            body: { name, password },
          }),
        )
      }
      done={(user) => {
        void client.invalidateQueries({ queryKey: ['users', tenant] });
        notifications.show({ message: t.userMade(whoOf(user)) });
        done(user);
      }}
      close={close}
      cli={commandLine('fairlead', 'user', 'create', name || 'NAME', '--tenant', tenant)}
    >
      <p>{t.makeUserWhat}</p>
      <TextInput
        label={t.userName}
        description={tenant === 'system' ? t.userNameSystem : t.userNameHint(tenant)}
        error={wrong && t.userNameWrong}
        maxLength={63}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value.trim().toLowerCase())}
      />
      <NewPassword value={password} set={setPassword} />
    </ActDialog>
  );
}

export type UserAct = 'password' | 'disable' | 'enable' | 'remove';

/** What is done to a user who is there. */
export function UserActDialog({
  tenant,
  user,
  act,
  close,
  removed,
}: {
  tenant: string;
  user: User;
  act: UserAct;
  close: () => void;
  removed: () => void;
}) {
  const t = useWords(accessWords);
  const me = useMe();
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const path = { tenant, user: user.id };
  const base = `/api/v1/tenants/${tenant}/users/${user.name}`;
  const done = () => {
    void client.invalidateQueries({ queryKey: ['users', tenant] });
    void client.invalidateQueries({ queryKey: ['grants', tenant] });
  };
  const own = me.user.id === user.id && <p>{t.yourself}</p>;

  if (act === 'password') {
    return (
      <ActDialog
        title={t.setPasswordOf(whoOf(user))}
        act={t.setPassword}
        ready={password.length >= LEAST_PASSWORD}
        run={() =>
          answer(
            api.PUT('/api/v1/tenants/{tenant}/users/{user}/password', {
              params: { path },
              body: { password },
            }),
          )
        }
        done={() => {
          notifications.show({ message: t.passwordSet });
          done();
        }}
        close={close}
        cli={commandLine('fairlead', 'user', 'passwd', user.name, '--tenant', tenant)}
      >
        {own}
        <p>{t.setPasswordWhat}</p>
        <NewPassword value={password} set={setPassword} />
      </ActDialog>
    );
  }
  if (act === 'remove') {
    return (
      <ActDialog
        title={t.removeOf(whoOf(user))}
        act={t.remove}
        danger
        run={() =>
          answer(api.DELETE('/api/v1/tenants/{tenant}/users/{user}', { params: { path } }))
        }
        done={() => {
          done();
          removed();
        }}
        close={close}
        cli={commandLine('fairlead', 'user', 'rm', user.name, '--tenant', tenant)}
        curl={curl(base, { method: 'DELETE' })}
      >
        {own}
        <p>{t.removeWhat}</p>
      </ActDialog>
    );
  }
  const disable = act === 'disable';
  return (
    <ActDialog
      title={disable ? t.disableOf(whoOf(user)) : t.enableOf(whoOf(user))}
      act={disable ? t.disable : t.enable}
      danger={disable}
      run={() =>
        disable
          ? answer(api.POST('/api/v1/tenants/{tenant}/users/{user}/disable', { params: { path } }))
          : answer(api.POST('/api/v1/tenants/{tenant}/users/{user}/enable', { params: { path } }))
      }
      done={done}
      close={close}
      cli={commandLine(
        'fairlead',
        'user',
        'disable',
        user.name,
        !disable && '--undo',
        '--tenant',
        tenant,
      )}
      curl={curl(`${base}/${act}`, { method: 'POST' })}
    >
      {own}
      <p>{disable ? t.disableWhat : t.enableWhat}</p>
    </ActDialog>
  );
}
