import { Button, Drawer } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyButton } from '../shell/Copy';
import filters from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { shellWords } from '../shell/text';
import { time } from '../text/format';
import { useWords } from '../text/words';
import type { Change } from './AccessPage';
import css from './access.module.css';
import { effectOf, nodesText } from './effect';
import { GiveGrant, WithdrawGrant } from './GrantActs';
import { type Grant, type User, whoOf } from './lists';
import { accessWords } from './text';
import { type UserAct, UserActDialog } from './UserActs';

/** One user: what they hold, and what can be done. */
export function UserPanel({
  tenant,
  user,
  grants,
  change,
}: {
  tenant: string;
  user: User;
  grants: readonly Grant[];
  change: Change;
}) {
  const t = useWords(accessWords);
  const shell = useWords(shellWords);
  const [act, setAct] = useState<UserAct | 'grant'>();
  const [withdrawing, setWithdrawing] = useState<Grant>();
  const close = () => change({ user: undefined });
  return (
    <>
      <Drawer
        opened
        onClose={close}
        position="right"
        size="md"
        title={whoOf(user)}
        closeButtonProps={{ 'aria-label': shell.close }}
      >
        <div className={filters.stack}>
          <dl className={filters.facts}>
            <dt>{t.state}</dt>
            <dd>
              <span className={filters.dot} data-state={user.state} aria-hidden="true" />
              {user.state === 'enabled' ? t.enabled : t.disabled}
            </dd>
            <dt>{t.created}</dt>
            <dd>{time(user.created)}</dd>
            <dt>{t.id}</dt>
            <dd className="fl-mono">
              {user.id} <CopyButton text={user.id} />
            </dd>
          </dl>
          <section className={filters.stack}>
            <h2>{t.grantsOf}</h2>
            {grants.length === 0 && <p className={filters.hint}>{t.noGrants}</p>}
            {grants.map((grant) => (
              <div key={grant.id} className={css.effect}>
                <h3>
                  {t.roles[grant.role] ?? grant.role}: {nodesText(grant.labels, t)}
                </h3>
                <ul>
                  {effectOf(grant, t).map((sentence) => (
                    <li key={sentence}>{sentence}</li>
                  ))}
                </ul>
                <div>
                  <Button variant="default" size="compact-sm" onClick={() => setWithdrawing(grant)}>
                    {t.withdraw}
                  </Button>
                </div>
              </div>
            ))}
            <div className={filters.row}>
              <Button
                size="xs"
                leftSection={<Icon name="add" size={14} />}
                onClick={() => setAct('grant')}
              >
                {t.giveGrant}
              </Button>
              <Button
                variant="default"
                size="xs"
                onClick={() => change({ tab: 'who', user: user.name, q: undefined })}
              >
                {t.whatTheyReach}
              </Button>
              <Button
                component={Link}
                to="/t/$tenant/sessions"
                params={{ tenant } as never}
                search={{ user: whoOf(user) } as never}
                variant="default"
                size="xs"
              >
                {t.theirSessions}
              </Button>
            </div>
          </section>
          <div className={filters.row}>
            <Button variant="default" size="xs" onClick={() => setAct('password')}>
              {t.setPassword}
            </Button>
            {user.state === 'enabled' ? (
              <Button variant="default" size="xs" onClick={() => setAct('disable')}>
                {t.disable}
              </Button>
            ) : (
              <Button variant="default" size="xs" onClick={() => setAct('enable')}>
                {t.enable}
              </Button>
            )}
            <Button variant="outline" color="coral" size="xs" onClick={() => setAct('remove')}>
              {t.remove}
            </Button>
          </div>
        </div>
      </Drawer>
      {act === 'grant' ? (
        <GiveGrant tenant={tenant} to={user.name} close={() => setAct(undefined)} />
      ) : (
        act && (
          <UserActDialog
            tenant={tenant}
            user={user}
            act={act}
            close={() => setAct(undefined)}
            removed={close}
          />
        )
      )}
      {withdrawing && (
        <WithdrawGrant
          tenant={tenant}
          grant={withdrawing}
          close={() => setWithdrawing(undefined)}
          done={() => {}}
        />
      )}
    </>
  );
}
