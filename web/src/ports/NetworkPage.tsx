import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answer, api, type Schemas } from '../api/client';
import { useHubInfo } from '../api/info';
import { curl } from '../shell/commands';
import { CommandLine, useCopy } from '../shell/Copy';
import { saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { Page } from '../shell/Page';
import { Panel } from '../shell/Panel';
import { Segments } from '../shell/Segments';
import { shellWords } from '../shell/text';
import { time } from '../text/format';
import { useWords } from '../text/words';
import { FILES, FORMS, type Form, stays } from './form';
import css from './ports.module.css';
import { portWords } from './text';

type Port = Schemas['Port'];
const ROLES = ['agent', 'client', 'hub'] as const;

function usePorts(as: Form) {
  return useQuery({
    queryKey: ['ports', as],
    queryFn: () => answer(api.GET('/api/v1/ports', { params: { query: { as } } })),
  });
}

/** What the network must let through, for people who run firewalls. */
export function NetworkPage() {
  const t = useWords(portWords);
  const { as = 'table' } = useSearch({ from: '/inside/t/$tenant/network' });
  const info = useHubInfo();
  const { data, error } = usePorts(as);
  const items = data?.items ?? [];
  const allStay = items.every((row) => stays(row.address));
  return (
    <Page
      title={t.title}
      acts={
        <Button variant="default" size="xs" className="fl-no-print" onClick={() => window.print()}>
          {t.print}
        </Button>
      }
    >
      <p className={css.what}>{t.what}</p>
      {info && <p className={css.printed}>{t.of(info.url, time(new Date()))}</p>}
      <ErrorNotice error={error} />
      {items.length > 0 && allStay && (
        <p className={css.only} role="status">
          {t.onlyHere}
        </p>
      )}
      {items.length > 0 &&
        ROLES.map((role) => (
          <Group
            key={role}
            role={role}
            rows={items.filter((row) => row.role === role)}
            tagged={!allStay}
          />
        ))}
      <Forms as={as} text={data?.text} />
    </Page>
  );
}

function Group({
  role,
  rows,
  tagged,
}: {
  role: Port['role'];
  rows: Port[];
  /** Whether what stays on its machine is told apart. */
  tagged: boolean;
}) {
  const t = useWords(portWords);
  return (
    <Panel title={t.groups[role]}>
      <p>{t.groupWhat[role]}</p>
      <div className={css.scroll} tabIndex={0} role="group" aria-label={t.groups[role]}>
        <table className={css.table} aria-label={t.groups[role]}>
          <thead>
            <tr>
              <th scope="col">{t.direction}</th>
              <th scope="col">{t.to}</th>
              <th scope="col">{t.port}</th>
              <th scope="col">{t.peer}</th>
              <th scope="col">{t.purpose}</th>
              <th scope="col">{t.phase}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={JSON.stringify(row)}
                data-stays={(tagged && stays(row.address)) || undefined}
              >
                <td>
                  <span className={css.direction} data-direction={row.direction}>
                    {row.direction === 'in' ? t.in : t.out}
                  </span>
                </td>
                <td className="fl-mono">
                  {row.address === '::' || row.address === '0.0.0.0' ? (
                    <>
                      {row.address} <span className={css.note}>({t.anyAddress})</span>
                    </>
                  ) : (
                    row.address
                  )}
                </td>
                <td className="fl-mono">
                  {row.protocol}/{row.port || t.anyPort}
                </td>
                <td>{row.peer}</td>
                <td>
                  {row.purpose}
                  {tagged && stays(row.address) && (
                    <span className={css.stays} title={t.staysWhat}>
                      {t.stays}
                    </span>
                  )}
                </td>
                <td>{t.phases[row.phase]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Forms({ as, text }: { as: Form; text: string | undefined }) {
  const t = useWords(portWords);
  const shell = useWords(shellWords);
  const navigate = useNavigate({ from: '/t/$tenant/network' });
  const [copied, copy] = useCopy();
  const query = as === 'json' ? {} : { as };
  return (
    <Panel title={t.forms} className="fl-no-print">
      <p>{t.formsWhat}</p>
      <div className={css.bar}>
        <Segments
          aria-label={t.form}
          size="xs"
          value={as}
          onChange={(form) =>
            void navigate({
              search: form === 'table' ? {} : { as: form as Form },
              replace: true,
              resetScroll: false,
            })
          }
          data={FORMS.map((form) => ({ value: form, label: t.formNames[form] }))}
        />
        <Button
          variant="default"
          size="xs"
          disabled={text === undefined}
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
          onClick={() => copy(text ?? '')}
        >
          {copied ? shell.copied : t.copyForm}
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={text === undefined}
          leftSection={<Icon name="download" size={14} />}
          onClick={() => {
            const [ending, type] = FILES[as];
            saveFile(`fairlead-ports.${ending}`, type, [text ?? '']);
          }}
        >
          {t.save}
        </Button>
      </div>
      {as === 'nft' && <p>{t.nftWhat}</p>}
      <pre className={css.text} tabIndex={0} role="group" aria-label={t.formNames[as]}>
        {as === 'json' && text ? JSON.stringify(JSON.parse(text), null, 2) : text}
      </pre>
      <div className={css.commands}>
        <CommandLine line={`fairlead ports${as === 'table' ? '' : ` --as ${as}`}`} label={t.cli} />
        <CommandLine line={curl('/api/v1/ports', { query })} label={t.curl} />
      </div>
    </Panel>
  );
}
