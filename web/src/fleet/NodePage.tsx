import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { answer, api, type Node } from '../api/client';
import { isProblem } from '../api/problem';
import { may, useMe } from '../identity/me';
import { commandLine, curl } from '../shell/commands';
import { CommandLine, CopyButton } from '../shell/Copy';
import { CopyMenu } from '../shell/CopyMenu';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { Page } from '../shell/Page';
import { Fact, Facts, Panel, Panels } from '../shell/Panel';
import { ago, bytes, millis, number, percent, span, time } from '../text/format';
import { AsLogin } from '../terminal/AsLogin';
import { keptLogin, loginsOn } from '../terminal/logins';
import { useWords } from '../text/words';
import { fullest, State } from './columns';
import { useNow } from '../shell/useNow';
import css from './fleet.module.css';
import { NodeSessions } from './NodeSessions';
import nodeCss from './node/node.module.css';
import { NodeLinks } from './node/NodeLinks';
import { NodeSettings } from './node/NodeSettings';
import { nodeWords } from './node/text';
import { useEvents } from './TenantNodes';
import { fleetWords } from './text';

// What draws is a file of its own, after the page.
const NodeCharts = lazy(() =>
  import('./node/NodeCharts').then((module) => ({ default: module.NodeCharts })),
);

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
  const logins = loginsOn(me, tenant, node);
  const login = keptLogin(tenant, node.name, logins);
  return (
    <Page
      title={node.name}
      heading={
        <div className={css.titleRow}>
          <h1>{node.name}</h1>
          <State node={node} t={t} dot />
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
              search={{ node: node.name, ...(login === null ? {} : { login }) } as never}
              size="compact-sm"
              leftSection={<Icon name="terminal" size={16} />}
            >
              {login === null ? t.terminal : t.terminalAs(login)}
            </Button>
          )}
          {node.link.state === 'online' && (
            <AsLogin tenant={tenant} node={node.name} logins={logins} />
          )}
          <CopyMenu
            link
            cli={commandLine('fairlead', 'node', 'show', node.name, '--tenant', tenant)}
            curl={curl(`/api/v1/tenants/${tenant}/nodes/${node.name}`)}
          />
        </>
      }
    >
      <Problems node={node} />
      <Tiles node={node} />
      <Suspense fallback={<div className={nodeCss.chartsWait} />}>
        <NodeCharts tenant={tenant} node={node} />
      </Suspense>
      <Panels>
        <About node={node} />
        <Policy node={node} />
        <Reach node={node} tenant={tenant} />
      </Panels>
      <NodeLinks tenant={tenant} node={node} />
      <NodeSessions tenant={tenant} node={node} />
      {may(me, tenant, 'admin') && (
        <NodeSettings
          key={node.id}
          tenant={tenant}
          node={node}
          relabel={may(me, tenant, 'admin', true)}
        />
      )}
    </Page>
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

function About({ node }: { node: Node }) {
  const t = useWords(fleetWords);
  const words = useWords(nodeWords);
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
      <Facts>
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
        {link.state === 'offline' && link.end && (
          <Fact name={t.ended}>{words.ends[link.end] ?? link.end}</Fact>
        )}
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
      </Facts>
    </Panel>
  );
}

/** What it is now. */
function Tiles({ node }: { node: Node }) {
  const t = useWords(fleetWords);
  const words = useWords(nodeWords);
  const online = node.link.state === 'online';
  const s = online ? node.statistics : null;
  if (!s) {
    return online ? <p className={css.quiet}>{t.noStatistics}</p> : null;
  }
  const disk = fullest(node);
  const memory = s.memoryUsed != null && s.memoryTotal ? s.memoryUsed / s.memoryTotal : null;
  return (
    <section aria-label={t.now}>
      <dl className={nodeCss.tiles}>
        <Tile
          name={t.cpu}
          share={s.cpu ?? null}
          value={s.cpu == null ? null : percent(s.cpu)}
          more={[
            s.cores != null && t.cores(s.cores),
            s.load?.[0] != null && `${t.load} ${number(s.load[0])}`,
          ]}
        />
        <Tile
          name={t.memory}
          share={memory}
          value={memory === null ? null : percent(memory)}
          more={[memory !== null && t.of(bytes(s.memoryUsed ?? 0), bytes(s.memoryTotal ?? 0))]}
        />
        <Tile
          name={disk ? `${t.disk} ${disk.mount}` : t.disk}
          share={disk && disk.used / disk.total}
          value={disk && percent(disk.used / disk.total)}
          more={[disk && t.of(bytes(disk.used), bytes(disk.total))]}
        />
        <Tile
          name={t.network}
          value={s.networkIn == null ? null : t.perSecond(bytes(s.networkIn + (s.networkOut ?? 0)))}
          more={[
            s.networkIn != null && `${bytes(s.networkIn)} ${t.in}`,
            s.networkOut != null && `${bytes(s.networkOut)} ${t.out}`,
          ]}
        />
        <Tile
          name={words.latency}
          title={words.latencyWhat}
          value={node.link.rttMillis == null ? null : millis(node.link.rttMillis)}
          more={[node.link.address]}
        />
        <Tile
          name={t.uptime}
          value={s.uptime == null ? null : span(s.uptime)}
          more={[node.agentVersion && `${t.agent} ${node.agentVersion}`]}
        />
      </dl>
    </section>
  );
}

function Tile({
  name,
  title,
  value,
  share,
  more,
}: {
  name: string;
  title?: string;
  value: string | null;
  share?: number | null;
  more: (string | false | null | undefined)[];
}) {
  const level = share == null ? 'fine' : share > 0.92 ? 'bad' : share > 0.8 ? 'warning' : 'fine';
  return (
    <div className={nodeCss.tile} title={title}>
      <dt>{name}</dt>
      <dd>
        {value ?? '–'}
        {share !== undefined && (
          <span className={nodeCss.bar} data-level={level} aria-hidden="true">
            <i style={{ width: `${Math.round(100 * (share ?? 0))}%` }} />
          </span>
        )}
        <small>{more.filter(Boolean).join(' · ') || '\u00a0'}</small>
      </dd>
    </div>
  );
}

function Policy({ node }: { node: Node }) {
  const t = useWords(fleetWords);
  const words = useWords(nodeWords);
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
          <ul className={nodeCss.policyList}>
            {policy.allow.map((rule) => (
              <li key={rule}>
                <Icon name="check" size={16} />
                <span>
                  {words.policyRules[rule] ? (
                    <>
                      {words.policyRules[rule]} <code className="fl-mono">{rule}</code>
                    </>
                  ) : (
                    words.policyTarget(rule)
                  )}
                </span>
              </li>
            ))}
          </ul>
          <Facts>
            <Fact name={t.profile}>{policy.profile}</Fact>
            <Fact name={t.logins}>{chips(policy.logins)}</Fact>
            {policy.defaultLogin && (
              <Fact name={t.defaultLogin}>{chips([policy.defaultLogin])}</Fact>
            )}
          </Facts>
        </>
      ) : (
        <p>{t.policyNone}</p>
      )}
    </Panel>
  );
}

function Reach({ node, tenant }: { node: Node; tenant: string }) {
  const t = useWords(fleetWords);
  const words = useWords(nodeWords);
  const me = useMe();
  return (
    <Panel title={t.reach}>
      <div className={css.stack}>
        <CommandLine line={`fairlead ssh ${node.name}`} label={t.reachSsh} />
        <CommandLine line={`fairlead exec ${node.name} -- uname -a`} label={t.reachExec} />
        <CommandLine line={`ssh ${node.name}.${tenant}.fairlead`} label="OpenSSH" />
        {may(me, tenant, 'admin', true) && (
          <div>
            <Button
              component={Link}
              to="/t/$tenant/access"
              params={{ tenant } as never}
              search={{ tab: 'who', node: node.name } as never}
              variant="subtle"
              size="compact-sm"
              leftSection={<Icon name="access" size={16} />}
            >
              {words.whoReaches}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}
