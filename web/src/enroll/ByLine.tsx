import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '../api/client';
import { CopyAs } from '../shell/Act';
import { commandLine, curl } from '../shell/commands';
import { CommandLine } from '../shell/Copy';
import { ErrorNotice } from '../shell/ErrorNotice';
import { shellWords } from '../shell/text';
import { time } from '../text/format';
import { useWords } from '../text/words';
import { Arrivals } from './Arrivals';
import css from './enroll.module.css';
import { readLabels } from './labels';
import { enrollWords } from './text';

const HOUR = 3600;

/** The hub's address as the reader has it is the one that the line names, at a quickstart. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

/** Makes an enrolment token, shows the line to paste, and waits. */
export function ByLine({ tenant }: { tenant: string }) {
  const t = useWords(enrollWords);
  const shell = useWords(shellWords);
  const [labels, setLabels] = useState('');
  const [uses, setUses] = useState<number>(1);
  const [expiresIn, setExpiresIn] = useState(HOUR);
  const read = readLabels(labels);
  const body = { uses, expiresIn, labels: read.labels };
  const make = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/tenants/{tenant}/enrolment-tokens', {
          params: { path: { tenant } },
          body,
        }),
      ),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!read.wrong && !make.isPending) make.mutate();
  }

  const made = make.data;
  if (made) {
    return (
      <div className={css.made}>
        {made.installLine && (
          <section>
            <h2>{t.installTitle}</h2>
            <CommandLine line={made.installLine} label={t.installTitle} />
          </section>
        )}
        <section>
          <h2>{t.joinTitle}</h2>
          <CommandLine line={made.joinLine} label={t.joinTitle} />
        </section>
        {isLoopback(window.location.hostname) && <p className={css.warning}>{t.loopback}</p>}
        <p className={css.hint}>
          {t.paste} {t.goodUntil(time(made.expires))}.
        </p>
        <Arrivals key={made.id} tenant={tenant} />
        <div>
          <Button variant="default" onClick={() => make.reset()}>
            {t.another}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={submit} className={css.form}>
      <TextInput
        label={t.labels}
        description={t.labelsHint}
        value={labels}
        maxLength={2000}
        spellCheck={false}
        autoCapitalize="none"
        error={read.wrong && t.labelsWrong(read.wrong)}
        onChange={(event) => setLabels(event.currentTarget.value)}
      />
      <div className={css.pair}>
        <NumberInput
          label={t.uses}
          min={1}
          max={10000}
          clampBehavior="strict"
          allowDecimal={false}
          value={uses}
          onChange={(value) => setUses(Number(value) || 1)}
        />
        <NativeSelect
          label={t.expires}
          value={String(expiresIn)}
          onChange={(event) => setExpiresIn(Number(event.currentTarget.value))}
          data={[
            { value: String(HOUR), label: t.hours(1) },
            { value: String(8 * HOUR), label: t.hours(8) },
            { value: String(24 * HOUR), label: t.days(1) },
            { value: String(7 * 24 * HOUR), label: t.days(7) },
            { value: String(30 * 24 * HOUR), label: t.days(30) },
          ]}
        />
      </div>
      <ErrorNotice error={make.error} />
      <div className={css.acts}>
        <Button type="submit" loading={make.isPending}>
          {t.make}
        </Button>
        <CopyAs
          text={commandLine(
            ...['fairlead', 'token', 'create', '--tenant', tenant, '--uses', uses],
            ...['--expires', `${expiresIn / HOUR}h`],
            ...Object.entries(read.labels).flatMap(([key, value]) => ['-l', `${key}=${value}`]),
          )}
          label={shell.asCli}
          name={shell.copyCli}
        />
        <CopyAs
          text={curl(`/api/v1/tenants/${tenant}/enrolment-tokens`, { method: 'POST', body })}
          label="curl"
          name={shell.copyCurl}
        />
      </div>
    </form>
  );
}
