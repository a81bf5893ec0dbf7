import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api, type Node } from '../api/client';
import { isProblem } from '../api/problem';
import { may, useMe } from '../identity/me';
import { CommandLine, CopyButton } from '../shell/Copy';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { Page } from '../shell/Page';
import { ago, bytes, number, span, time } from '../text/format';
import { useWords } from '../text/words';
import { Meter, StateDot } from './columns';
import { useNow } from './FleetTable';
import css from './fleet.module.css';
import { NodeSessions } from './NodeSessions';
import { useEvents } from './TenantNodes';
import { fleetWords } from './text';

/** A node by its name, kept as of now by the tenant's events. */
export function useNode(tenant: string, name: string) {
  const client = useQueryClient();
  const queryKey = ['node', tenant, name];
  useEvents((event) => {
    const node = client.getQueryData<Node>(queryKey);
    if (event.kind.startsWith('node.') && (event.id === node?.id || event.name === name)) {
      void client.invalidateQueries({ queryKey });
    }
  });
  return useQuery({
    queryKey,
    queryFn: () =>
      answer(
        api.GET('/api/v1/tenants/{tenant}/nodes/{node}', {
          params: { path: { tenant, node: name } },
        }),
      ),
    refetchInterval: 10_000,
  });
}

export function NodePage() {
  const t = useWords(fleetWords);
  const me = useMe();
  const { tenant, node: name } = useParams({ from: '/inside/t/$tenant/nodes/$node' });
  const { data: node, error } = useNode(tenant, name);

  const back = (
    <Button
      component={Link}
      to="/t/$tenant/nodes"
      params={{ tenant } as never}
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={<Icon name="back" size={16} />}
    >
      {t.title}
    </Button>
  );
  if (isProblem(error, 'not-found') || isProblem(error, 'denied')) {
    return (
      <Page title={t.gone} acts={back}>
        <p>{t.goneWhat}</p>
      </Page>
    );
  }
  if (!node) {
    return (
      <Page title={name} acts={back}>
        <ErrorNotice error={error} />
      </Page>
    );
  }
  return (
    <Page
      title={node.name}
      heading={
        <div className={css.titleRow}>
          <h1>{node.name}</h1>
          <StateDot node={node} t={t} />
        </div>
      }
      acts={
        <>
          {back}
          {node.link.state === 'online' && may(me, tenant, 'operator') && (
            <Button
              component={Link}
              to="/t/$tenant/terminals"
              params={{ tenant } as never}
              search={{ node: node.name } as never}
              size="compact-sm"
              leftSection={<Icon name="terminal" size={16} />}
            >
              {t.terminal}
            </Button>
          )}
        </>
      }
    >
      <Problems node={node} />
      <div className={css.grid}>
        <Facts node={node} />
        <Figures node={node} />
        <Policy node={node} />
        <Reach node={node} tenant={tenant} />
      </div>
      <NodeSessions tenant={tenant} node={node} />
    </Page>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.panel}>
      <h2>{title}</h2>
      <div className={css.panelBody}>{children}</div>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Problems({ node }: { node: Node }) {
  const t = useWords(fleetWords);
  const problems = node.link.state === 'online' ? (node.statistics?.problems ?? []) : [];
  const copies = node.copies ?? [];
  if (problems.length === 0 && copies.length === 0) return null;
  return (
    <div className={css.problems} role="status">
      {problems.map((problem) => (
        <p key={problem}>{problem}</p>
      ))}
      {copies.length > 0 && (
        <>
          <p>{t.copies}</p>
          {copies.map((copy) => (
            <p key={copy.address + copy.hostname}>
              {copy.hostname} <span className="fl-mono">{copy.address}</span>
            </p>
          ))}
          <p>{t.copiesWhat}</p>
        </>
      )}
    </div>
  );
}

function Facts({ node }: { node: Node }) {
  const t = useWords(fleetWords);
  const now = useNow();
  const { link } = node;
  const moment = (at: string | null | undefined) =>
    at && (
      <time dateTime={at} title={time(at)}>
        {ago(at, now)}
      </time>
    );
  return (
    <Panel title={t.facts}>
      <dl className={css.facts}>
        <Fact name={t.labels}>
          <span className={css.chips}>
            {Object.entries(node.labels).map(([key, value]) => (
              <Link
                key={key}
                to="/t/$tenant/nodes"
                from="/t/$tenant/nodes/$node"
                search={{ labels: `${key}=${value}` }}
                className={css.label}
                title={t.filterBy(`${key}=${value}`)}
              >
                <span>{key}</span>={value}
              </Link>
            ))}
            {Object.keys(node.labels).length === 0 && '–'}
          </span>
        </Fact>
        {node.hostname && <Fact name={t.hostname}>{node.hostname}</Fact>}
        {node.os && (
          <Fact name={t.system}>
            {node.os} {node.arch}
          </Fact>
        )}
        {node.agentVersion && <Fact name={t.agent}>{node.agentVersion}</Fact>}
        {link.address && (
          <Fact name={t.address}>
            <span className="fl-mono">{link.address}</span>
          </Fact>
        )}
        <Fact name={t.since}>{moment(link.since) ?? t.never}</Fact>
        {link.state === 'offline' && link.end && <Fact name={t.ended}>{link.end}</Fact>}
        {link.state === 'offline' && node.lastSeen && (
          <Fact name={t.lastSeen}>{moment(node.lastSeen)}</Fact>
        )}
        {link.innerTls != null && (
          <Fact name={t.link}>
            {link.between ? t.between(link.between) : link.innerTls ? t.inner : t.direct}
          </Fact>
        )}
        <Fact name={t.created}>{moment(node.created)}</Fact>
        <Fact name={t.id}>
          <span className="fl-mono">{node.id}</span> <CopyButton text={node.id} />
        </Fact>
        {node.keyFingerprint && (
          <Fact name={t.key}>
            <span className="fl-mono">{node.keyFingerprint.slice(0, 16)}…</span>{' '}
            <CopyButton text={node.keyFingerprint} />
          </Fact>
        )}
      </dl>
    </Panel>
  );
}

function Figures({ node }: { node: Node }) {
  const t = useWords(fleetWords);
  const s = node.link.state === 'online' ? node.statistics : null;
  if (!s) {
    return (
      <Panel title={t.now}>
        <p>{t.noStatistics}</p>
      </Panel>
    );
  }
  return (
    <Panel title={t.now}>
      <dl className={css.facts}>
        <Fact name={t.cpu}>
          <Meter value={s.cpu ?? null} /> {s.cores != null && t.cores(s.cores)}
        </Fact>
        {s.memoryUsed != null && !!s.memoryTotal && (
          <Fact name={t.memory}>
            <Meter value={s.memoryUsed / s.memoryTotal} />{' '}
            {t.of(bytes(s.memoryUsed), bytes(s.memoryTotal))}
          </Fact>
        )}
        {(s.disks ?? []).map((disk) => (
          <Fact key={disk.mount} name={`${t.disk} ${disk.mount}`}>
            <Meter value={disk.total ? disk.used / disk.total : null} />{' '}
            {t.of(bytes(disk.used), bytes(disk.total))}
          </Fact>
        ))}
        {s.networkIn != null && s.networkOut != null && (
          <Fact name={t.network}>
            <span className="fl-number">
              {t.perSecond(bytes(s.networkIn))} {t.in}, {t.perSecond(bytes(s.networkOut))} {t.out}
            </span>
          </Fact>
        )}
        {s.load && s.load.length > 0 && (
          <Fact name={t.load}>
            <span className="fl-number">{s.load.map((one) => number(one)).join(' · ')}</span>
          </Fact>
        )}
        {s.uptime != null && (
          <Fact name={t.uptime}>
            <span className="fl-number">{span(s.uptime)}</span>
          </Fact>
        )}
      </dl>
    </Panel>
  );
}

function Policy({ node }: { node: Node }) {
  const t = useWords(fleetWords);
  const { policy } = node;
  const chips = (texts: string[]) => (
    <span className={css.chips}>
      {texts.map((text) => (
        <span key={text} className={`${css.chip} fl-mono`}>
          {text}
        </span>
      ))}
      {texts.length === 0 && '–'}
    </span>
  );
  return (
    <Panel title={t.policy}>
      {policy ? (
        <>
          <p>{t.policyWhat}</p>
          <dl className={css.facts}>
            <Fact name={t.profile}>{policy.profile}</Fact>
            <Fact name={t.allow}>{chips(policy.allow)}</Fact>
            <Fact name={t.logins}>{chips(policy.logins)}</Fact>
            {policy.defaultLogin && (
              <Fact name={t.defaultLogin}>{chips([policy.defaultLogin])}</Fact>
            )}
          </dl>
        </>
      ) : (
        <p>{t.policyNone}</p>
      )}
    </Panel>
  );
}

function Reach({ node, tenant }: { node: Node; tenant: string }) {
  const t = useWords(fleetWords);
  return (
    <Panel title={t.reach}>
      <div className={css.stack}>
        <CommandLine line={`fairlead ssh ${node.name}`} label={t.reachSsh} />
        <CommandLine line={`fairlead exec ${node.name} -- uname -a`} label={t.reachExec} />
        <CommandLine line={`ssh ${node.name}.${tenant}.fairlead`} label="OpenSSH" />
      </div>
    </Panel>
  );
}
