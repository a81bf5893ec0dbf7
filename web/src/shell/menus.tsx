import { Menu, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Me } from '../api/client';
import { myTenants, signOut } from '../identity/me';
import { LANGUAGES, type Language, setLanguage, useLanguage, useWords } from '../text/words';
import { Icon } from './Icon';
import css from './Shell.module.css';
import { shellWords } from './text';

export function TenantMenu({ me, tenant }: { me: Me; tenant: string }) {
  const t = useWords(shellWords);
  const navigate = useNavigate();
  const mine = myTenants(me);
  const name = (
    <>
      <Icon name="tenant" size={16} />
      <span className={css.tenantName}>{tenant}</span>
    </>
  );
  if (mine.length < 2) return <div className={css.tenant}>{name}</div>;
  return (
    <Menu position="bottom-start" width="target">
      <Menu.Target>
        <button type="button" className={css.tenant} aria-label={`${t.tenant}: ${tenant}`}>
          {name}
          <Icon name="down" size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.tenant}</Menu.Label>
        <Menu.RadioGroup
          value={tenant}
          onChange={(one) => void navigate({ to: '/t/$tenant/nodes', params: { tenant: one } })}
        >
          {mine.map((one) => (
            <Menu.RadioItem key={one} value={one} closeMenuOnClick>
              {one}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

const SCHEMES = ['light', 'dark', 'auto'] as const;

export function UserMenu({ me, tenant }: { me: Me; tenant: string }) {
  const t = useWords(shellWords);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const language = useLanguage();
  const leaving = useMutation({
    mutationFn: signOut,
    // A new page: nothing of this sign-in stays in memory.
    onSuccess: () => window.location.assign('/sign-in'),
  });
  return (
    <Menu position="top-start" width={200}>
      <Menu.Target>
        <button
          type="button"
          className={css.user}
          aria-label={t.signedInAs(`${me.user.name}@${me.user.tenant}`)}
        >
          <Icon name="user" />
          <span className={css.userName}>
            {me.user.name}
            <small>@{me.user.tenant}</small>
          </span>
          <Icon name="up" size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          to="/t/$tenant/account"
          params={{ tenant } as never}
          leftSection={<Icon name="user" size={14} />}
        >
          {t.account}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t.appearance}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as (typeof SCHEMES)[number])}
        >
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {scheme === 'auto' ? t.system : t[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{t.language}</Menu.Label>
        <Menu.RadioGroup value={language} onChange={(key) => setLanguage(key as Language)}>
          {Object.entries(LANGUAGES).map(([key, label]) => (
            <Menu.RadioItem key={key} value={key} lang={key}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size={14} />} onClick={() => leaving.mutate()}>
          {t.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
