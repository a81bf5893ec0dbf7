import { Button, PasswordInput, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import access from '../access/access.module.css';
import { effectOf, nodesText } from '../access/effect';
import { accessWords } from '../access/text';
import { answer, api } from '../api/client';
import { useMe, whoIs } from '../identity/me';
import { CopyAs } from '../shell/Act';
import { commandLine } from '../shell/commands';
import { ErrorNotice } from '../shell/ErrorNotice';
import css from '../shell/filters.module.css';
import { Page } from '../shell/Page';
import { Segments } from '../shell/Segments';
import { shellWords } from '../shell/text';
import { time } from '../text/format';
import { LANGUAGES, type Language, setLanguage, useLanguage, useWords } from '../text/words';
import { ApiTokens } from './ApiTokens';
import { SignIns } from './SignIns';
import { accountWords } from './text';

/** Who I am, what I may do, my password and tokens, and how the console looks to me. */
export function AccountPage() {
  const t = useWords(accountWords);
  return (
    <Page title={t.title}>
      <div className={access.flow}>
        <Who />
        <SignIns />
        <Password />
        <ApiTokens />
        <Looks />
      </div>
    </Page>
  );
}

function Who() {
  const t = useWords(accountWords);
  const words = useWords(accessWords);
  const me = useMe();
  const tenants = me.tenants.filter(({ grants }) => grants.length > 0);
  return (
    <section className={`${css.panel} ${css.stack}`}>
      <h2>{t.me}</h2>
      <dl className={css.facts}>
        <dt>{t.user}</dt>
        <dd>{whoIs(me)}</dd>
        <dt>{t.signIn}</dt>
        <dd>{time(me.credential.expires)}</dd>
        <dt>{t.id}</dt>
        <dd className="fl-mono">{me.user.id}</dd>
      </dl>
      <h2>{t.where}</h2>
      {tenants.length === 0 && <p className={css.hint}>{t.nothing}</p>}
      {tenants.map(({ tenant, grants }) =>
        grants.map((grant) => (
          <div key={grant.id} className={access.effect}>
            <h3>
              {tenant} · {words.roles[grant.role] ?? grant.role}
            </h3>
            <p className={css.hint}>{nodesText(grant.labels, words)}</p>
            <ul>
              {effectOf(grant, words).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
        )),
      )}
    </section>
  );
}

function Password() {
  const t = useWords(accountWords);
  const shell = useWords(shellWords);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const changing = useMutation({
    mutationFn: () => answer(api.PUT('/api/v1/me/password', { body: { current, password } })),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      notifications.show({ message: t.changed });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!changing.isPending) changing.mutate();
  }
  return (
    <section className={css.panel}>
      <h2>{t.password}</h2>
      <form onSubmit={submit} className={css.stack}>
        <p className={css.hint}>{t.passwordWhat}</p>
        <PasswordInput
          label={t.current}
          autoComplete="current-password"
          maxLength={1024}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t.next}
          description={t.nextHint}
          autoComplete="new-password"
          maxLength={1024}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ErrorNotice error={changing.error} />
        <div className={css.row}>
          <Button
            type="submit"
            loading={changing.isPending}
            disabled={current === '' || password.length < 10}
          >
            {t.change}
          </Button>
          <CopyAs
            text={commandLine('fairlead', 'user', 'passwd')}
            label={shell.asCli}
            name={shell.copyCli}
          />
        </div>
      </form>
    </section>
  );
}

function Looks() {
  const t = useWords(accountWords);
  const shell = useWords(shellWords);
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <section className={`${css.panel} ${css.stack}`}>
      <h2>{t.looks}</h2>
      <p className={css.hint}>{t.looksWhat}</p>
      <div className={css.row}>
        <Segments
          aria-label={t.language}
          value={language}
          onChange={(next) => setLanguage(next as Language)}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Segments
          aria-label={t.appearance}
          value={colorScheme}
          onChange={(next) => setColorScheme(next as 'light' | 'dark' | 'auto')}
          data={[
            { value: 'light', label: shell.light },
            { value: 'dark', label: shell.dark },
            { value: 'auto', label: shell.system },
          ]}
        />
      </div>
    </section>
  );
}
