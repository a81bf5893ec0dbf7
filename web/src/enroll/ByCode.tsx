import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '../api/client';
import { CopyAs } from '../shell/Act';
import { commandLine, curl } from '../shell/commands';
import { ErrorNotice } from '../shell/ErrorNotice';
import { shellWords } from '../shell/text';
import { useWords } from '../text/words';
import { Arrivals } from './Arrivals';
import css from './enroll.module.css';
import { readLabels } from './labels';
import { enrollWords } from './text';

/** Looks up what waits behind a code, has its fingerprint compared, and approves it. */
export function ByCode({ tenant }: { tenant: string }) {
  const t = useWords(enrollWords);
  const shell = useWords(shellWords);
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [labels, setLabels] = useState('');
  const path = { params: { path: { tenant } } };
  const read = readLabels(labels);

  const lookUp = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/tenants/{tenant}/pairings/lookups', {
          ...path,
          body: { code: code.trim() },
        }),
      ),
    onSuccess: (found) => {
      setName(found.name);
      approve.reset();
      deny.reset();
    },
  });
  const approval = (fingerprint: string) => ({
    code: code.trim(),
    fingerprint,
    name: name.trim(),
    labels: read.labels,
  });
  const approve = useMutation({
    mutationFn: (fingerprint: string) =>
      answer(
        api.POST('/api/v1/tenants/{tenant}/pairings/approvals', {
          ...path,
          body: approval(fingerprint),
        }),
      ),
  });
  const deny = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/tenants/{tenant}/pairings/denials', {
          ...path,
          body: { code: code.trim() },
        }),
      ),
    onSuccess: () => lookUp.reset(),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (code.trim()) lookUp.mutate();
  }

  const found = lookUp.data;
  return (
    <div className={css.made}>
      <form onSubmit={submit} className={css.form}>
        <TextInput
          label={t.code}
          description={t.codeWhat(window.location.origin)}
          value={code}
          maxLength={32}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: css.code ?? '' }}
          onChange={(event) => {
            setCode(event.currentTarget.value);
            lookUp.reset();
          }}
        />
        <ErrorNotice error={lookUp.error} />
        {!found && (
          <div>
            <Button type="submit" loading={lookUp.isPending} disabled={code.trim().length < 8}>
              {t.lookUp}
            </Button>
          </div>
        )}
      </form>
      {deny.isSuccess && !found && <p role="status">{t.denied}</p>}
      {found && !approve.data && (
        <div className={css.form}>
          <dl className={css.facts}>
            <dt>{t.machine}</dt>
            <dd>
              {found.hostname} · {found.os} {found.arch}
            </dd>
            <dt>{t.from}</dt>
            <dd className="fl-mono">{found.address}</dd>
          </dl>
          <div className={css.fingerprint}>
            <span>{t.fingerprint}</span>
            <code>{found.fingerprint}</code>
          </div>
          <p className={css.hint}>{t.compare}</p>
          <div className={css.pair}>
            <TextInput
              label={t.name}
              value={name}
              maxLength={63}
              spellCheck={false}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label={t.labels}
              value={labels}
              maxLength={2000}
              spellCheck={false}
              error={read.wrong && t.labelsWrong(read.wrong)}
              onChange={(event) => setLabels(event.currentTarget.value)}
            />
          </div>
          <ErrorNotice error={approve.error ?? deny.error} />
          <div className={css.acts}>
            <Button
              loading={approve.isPending}
              disabled={!!read.wrong}
              onClick={() => approve.mutate(found.fingerprint)}
            >
              {t.approve}
            </Button>
            <Button variant="default" loading={deny.isPending} onClick={() => deny.mutate()}>
              {t.deny}
            </Button>
            <CopyAs
              text={commandLine(
                ...['fairlead', 'agent', 'approve', '--tenant', tenant],
                ...['--fingerprint', found.fingerprint, '--name', name.trim()],
                ...Object.entries(read.labels).flatMap(([key, value]) => ['-l', `${key}=${value}`]),
                code.trim(),
              )}
              label={shell.asCli}
              name={shell.copyCli}
            />
            <CopyAs
              text={curl(`/api/v1/tenants/${tenant}/pairings/approvals`, {
                method: 'POST',
                body: approval(found.fingerprint),
              })}
              label="curl"
              name={shell.copyCurl}
            />
          </div>
        </div>
      )}
      {approve.data && (
        <>
          <p role="status">{t.approved(approve.data.name)}</p>
          <Arrivals tenant={tenant} />
        </>
      )}
    </div>
  );
}
