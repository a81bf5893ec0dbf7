import '@mantine/notifications/styles.css';
import { AppShell, Burger, Modal } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { Fragment, lazy, Suspense, useEffect, useState } from 'react';
import { useHub } from '../api/hub';
import { Wordmark } from '../design';
import { TenantNodes } from '../fleet/TenantNodes';
import { keepTenant, useMe } from '../identity/me';
import { SignInForm } from '../identity/SignInForm';
import { identityWords } from '../identity/text';
import { Bell, type ListState } from '../notify/Bell';
import { notifyWords } from '../notify/text';
import { useWords } from '../text/words';
import { AwayBanner } from './AwayBanner';
import { Icon } from './Icon';
import { TenantMenu, UserMenu } from './menus';
import { PLACES } from './nav';
import css from './Shell.module.css';
import { shellWords } from './text';

const Palette = lazy(() => import('./Palette'));

/** What stands around every page of a tenant. */
export function Shell() {
  const t = useWords(shellWords);
  const me = useMe();
  const { tenant } = useParams({ from: '/inside/t/$tenant' });
  const [menu, { toggle, close }] = useDisclosure(false);
  const [palette, setPalette] = useState<'never' | 'open' | 'closed'>('never');
  const [notices, setNotices] = useState<ListState>('never');
  const notify = useWords(notifyWords);
  const path = useRouterState({ select: (state) => state.location.pathname });

  useEffect(() => keepTenant(tenant), [tenant]);
  useEffect(close, [path]);
  useHotkeys([['mod+K', () => setPalette('open')]], []);

  return (
    <TenantNodes key={tenant} tenant={tenant}>
      <AppShell
        header={{ height: { base: 52, sm: 0 } }}
        navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !menu } }}
        padding={0}
        transitionDuration={140}
      >
        <a className="fl-skip" href="#content">
          {t.skip}
        </a>
        <AppShell.Header hiddenFrom="sm" className={css.header}>
          <Burger
            opened={menu}
            onClick={toggle}
            size="sm"
            aria-label={t.menu}
            aria-expanded={menu}
          />
          <Wordmark />
          <button
            type="button"
            className={css.headerFind}
            aria-label={t.find}
            onClick={() => setPalette('open')}
          >
            <Icon name="search" />
          </button>
        </AppShell.Header>
        <AppShell.Navbar className={css.rail} aria-label={t.navigation}>
          <Link to="/t/$tenant/nodes" params={{ tenant }} className={css.home}>
            <Wordmark />
          </Link>
          <TenantMenu me={me} tenant={tenant} />
          <button type="button" className={css.find} onClick={() => setPalette('open')}>
            <Icon name="search" size={15} />
            <span>{t.find}</span>
            <kbd>{/Mac/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>
          </button>
          <div className={css.places}>
            {PLACES.filter((place) => !place.notInRail && (place.shown?.(me, tenant) ?? true)).map(
              (place, i, all) => (
                <Fragment key={place.to}>
                  {place.hub && !all[i - 1]?.hub && <span className={css.group}>{t.hub}</span>}
                  <Link
                    to={place.to}
                    params={{ tenant }}
                    className={css.place}
                    activeProps={{ 'data-active': true }}
                  >
                    <Icon name={place.icon} />
                    {place.label(t)}
                  </Link>
                </Fragment>
              ),
            )}
          </div>
          <Bell tenant={tenant} list={notices} setList={setNotices} />
          <UserMenu me={me} tenant={tenant} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={css.main}>
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <Notifications position="bottom-right" containerWidth={360} />
      <AwayBanner />
      <SignInAgain />
      {palette !== 'never' && (
        <Suspense>
          <Palette
            tenant={tenant}
            open={palette === 'open'}
            onClose={() => setPalette('closed')}
            acts={[{ label: notify.title, icon: 'bell', run: () => setNotices('open') }]}
          />
        </Suspense>
      )}
    </TenantNodes>
  );
}

/** Over the page, which keeps what was typed in it. */
function SignInAgain() {
  const t = useWords(identityWords);
  const me = useMe();
  const { signedOut } = useHub();
  const { name, tenant } = me.user;
  return (
    <Modal opened={signedOut} onClose={() => {}} withCloseButton={false} title={t.again}>
      <p className={css.again}>{t.againWhy}</p>
      <SignInForm done={() => {}} user={tenant === 'system' ? name : `${name}@${tenant}`} />
    </Modal>
  );
}
