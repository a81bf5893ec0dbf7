import { Checkbox, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schemas } from '../api/client';
import { useNow } from '../shell/useNow';
import { commandLine, curl } from '../shell/commands';
import { CopyButton } from '../shell/Copy';
import { CopyMenu } from '../shell/CopyMenu';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { Page } from '../shell/Page';
import { Fact, Facts, Panel, Panels } from '../shell/Panel';
import { shellWords } from '../shell/text';
import { ago, bytes, number, percent, span, time } from '../text/format';
import { useWords } from '../text/words';
import { blocks, lifeOf, shortName } from './life';
import css from './settings.module.css';
import { settingsWords } from './text';

type Settings = Schemas['HubSettings'];
type Certificate = Schemas['Certificate'];

/** How the hub is set up, for its administrators. */
export function SettingsPage() {
  const t = useWords(settingsWords);
  const { data, error } = useQuery({
    queryKey: ['hub-settings'],
    queryFn: () => answer(api.GET('/api/v1/hub/settings')),
    refetchInterval: 60_000,
  });
  return (
    <Page title={t.title} acts={data && <More settings={data} />}>
      <p className={css.what}>{t.what}</p>
      <ErrorNotice error={error} />
      {data && (
        <>
          <Panels>
            {data.tls.chains.map((chain) => (
              <Chain key={chain[0]?.fingerprint} chain={chain} tls={data.tls} />
            ))}
            <Hub settings={data} />
            <Identity identity={data.identity} />
            <Retention retention={data.retention} />
          </Panels>
          <Limits limits={data.limits} />
        </>
      )}
    </Page>
  );
}

function More({ settings }: { settings: Settings }) {
  const t = useWords(settingsWords);
  return (
    <CopyMenu cli={commandLine('fairlead', 'settings')} curl={curl('/api/v1/hub/settings')}>
      <Menu.Item
        leftSection={<Icon name="download" size={16} />}
        onClick={() =>
          saveFile('fairlead-limits.csv', 'text/csv', [
            csvLine(['key', 'value', 'default']),
            ...settings.limits.map((one) => csvLine([one.key, one.value, one.standard])),
          ])
        }
      >
        {t.exportLimits}
      </Menu.Item>
    </CopyMenu>
  );
}

function Hub({ settings }: { settings: Settings }) {
  const t = useWords(settingsWords);
  const now = useNow();
  return (
    <Panel title={t.hub}>
      <Facts>
        <Fact name={t.version}>{settings.version}</Fact>
        <Fact name={t.address}>{settings.url}</Fact>
        <Fact name={t.names}>{settings.names.join(', ')}</Fact>
        <Fact name={t.started}>
          <time dateTime={settings.started} title={time(settings.started)}>
            {ago(settings.started, now)}
          </time>
        </Fact>
        <Fact name={t.database}>{settings.ownDatabase ? t.ownDatabase : t.otherDatabase}</Fact>
      </Facts>
    </Panel>
  );
}

function Fingerprint({ of, label }: { of: string; label: string }) {
  return (
    <span className={css.fingerprint}>
      <span className="fl-mono">{blocks(of)}</span>
      <CopyButton text={of} label={label} />
    </span>
  );
}

function Chain({ chain, tls }: { chain: Certificate[]; tls: Settings['tls'] }) {
  const t = useWords(settingsWords);
  const shell = useWords(shellWords);
  const now = useNow(60_000);
  const [leaf, ...above] = chain;
  if (!leaf) return null;
  const life = lifeOf(leaf, tls.renewed, now);
  return (
    <Panel
      title={t.tls}
      acts={
        <span className={css.left} data-level={life.level}>
          {life.days < 0 ? t.over : t.days(life.days)}
        </span>
      }
    >
      <div
        className={css.life}
        data-level={life.level}
        role="img"
        aria-label={`${t.life}: ${percent(life.share)}`}
      >
        <span style={{ width: percentOf(life.share) }} />
        {tls.renewed && <i style={{ left: percentOf(shareAt(leaf, tls.renewed)) }} />}
      </div>
      {life.level !== 'fine' && (
        <p className={css.warning} role="status">
          {tls.renewed === null ? t.soon : t.soonOwn}
        </p>
      )}
      <Facts>
        <Fact name={t.origin}>{t.origins[tls.origin]}</Fact>
        <Fact name={t.goodFor}>{leaf.names.join(', ')}</Fact>
        <Fact name={t.issuer}>{shortName(leaf.issuer)}</Fact>
        <Fact name={t.from}>{time(leaf.notBefore)}</Fact>
        <Fact name={t.until}>{time(leaf.notAfter)}</Fact>
        <Fact name={t.renewed}>
          {tls.renewed ? `${t.renewedBy} ${time(tls.renewed)}` : t.notRenewed}
        </Fact>
        <Fact name={t.fingerprint}>
          <Fingerprint of={leaf.fingerprint} label={`${shell.copy}: ${t.fingerprint}`} />
        </Fact>
        <Fact name={t.algorithm}>{leaf.algorithm}</Fact>
      </Facts>
      {above.map((one) => (
        <div key={one.fingerprint} className={css.above}>
          <h3>
            {one.ca ? t.ca : t.intermediate}: {shortName(one.subject)}
          </h3>
          <Facts>
            <Fact name={t.until}>
              {time(one.notAfter)} ({t.days(lifeOf(one, null, now).days)})
            </Fact>
            <Fact name={t.fingerprint}>
              <Fingerprint of={one.fingerprint} label={`${shell.copy}: ${t.ca} ${t.fingerprint}`} />
            </Fact>
          </Facts>
        </div>
      ))}
      {tls.origin === 'own-ca' && <p className={css.hint}>{t.trust}</p>}
    </Panel>
  );
}

const percentOf = (share: number) => `${Math.round(share * 1000) / 10}%`;

function shareAt(certificate: Certificate, at: string): number {
  const from = Date.parse(certificate.notBefore);
  return (Date.parse(at) - from) / (Date.parse(certificate.notAfter) - from);
}

function Identity({ identity }: { identity: Settings['identity'] }) {
  const t = useWords(settingsWords);
  const shell = useWords(shellWords);
  return (
    <Panel title={t.identity}>
      <p>{t.identityWhat}</p>
      <Facts>
        <Fact name={t.anchor}>
          <Fingerprint of={identity.fingerprint} label={`${shell.copy}: ${t.anchor}`} />
        </Fact>
        <Fact name={t.bundle}>{t.bundleNumber(identity.bundle)}</Fact>
        {identity.keys.map((key) => (
          <Fact key={key.fingerprint} name={t.key}>
            <Fingerprint of={key.fingerprint} label={`${shell.copy}: ${t.key}`} />
            {key.own && <span className={css.own}>{t.own}</span>}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

function Retention({ retention }: { retention: Settings['retention'] }) {
  const t = useWords(settingsWords);
  return (
    <Panel title={t.retention}>
      <Facts>
        {retention.map((one) => (
          <Fact key={one.what} name={t.kinds[one.what] ?? one.what}>
            {one.seconds === null ? t.forever : span(one.seconds)}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

/** Bytes and times as people read them; what the keys end in says which they are. */
function amount(key: string, value: number): string {
  if (/(memory|window|bytes)$/.test(key)) return bytes(value);
  if (/(seconds|resume\.\w+)$/.test(key)) return span(value);
  return number(value);
}

function Limits({ limits }: { limits: Settings['limits'] }) {
  const t = useWords(settingsWords);
  const changed = limits.filter((limit) => limit.value !== limit.standard);
  const [only, setOnly] = useState(false);
  const shown = only ? changed : limits;
  return (
    <Panel
      title={t.limits}
      acts={
        changed.length > 0 && (
          <Checkbox
            size="xs"
            label={t.onlyChanged}
            checked={only}
            onChange={(event) => setOnly(event.currentTarget.checked)}
          />
        )
      }
    >
      <p>{changed.length > 0 ? t.limitsWhat : `${t.limitsWhat} ${t.noneChanged}`}</p>
      <div className={css.scroll} tabIndex={0} role="group" aria-label={t.limits}>
        <table className={css.table} aria-label={t.limits}>
          <thead>
            <tr>
              <th scope="col">{t.limit}</th>
              <th scope="col">{t.value}</th>
              <th scope="col">{t.standard}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((limit) => (
              <tr key={limit.key} data-changed={limit.value !== limit.standard || undefined}>
                <th scope="row" className="fl-mono">
                  {limit.key}
                </th>
                <td className="fl-number">
                  {amount(limit.key, limit.value)}
                  {limit.value !== limit.standard && <span className={css.own}>{t.changed}</span>}
                </td>
                <td className="fl-number">{amount(limit.key, limit.standard)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
