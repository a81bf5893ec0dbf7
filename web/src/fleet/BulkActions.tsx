import { Button, Modal, Progress as Bar, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { answer, api, type Node } from '../api/client';
import { may, useMe } from '../identity/me';
import { commandLine, curl } from '../shell/commands';
import { useCopy } from '../shell/Copy';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { shellWords } from '../shell/text';
import { useWords } from '../text/words';
import { forEach, parseLabel, type Progress } from './bulk';
import css from './bulk.module.css';
import { bulkWords } from './bulkText';

/** Terminals that are opened at once. */
const MOST_TERMINALS = 8;
const MOST_FAILED = 5;

type Act = 'label' | 'unlabel' | 'remove';

/** What can be done with the nodes that are chosen. */
export default function BulkActions({
  tenant,
  nodes,
  clear,
}: {
  tenant: string;
  nodes: readonly Node[];
  clear: () => void;
}) {
  const t = useWords(bulkWords);
  const shell = useWords(shellWords);
  const me = useMe();
  const navigate = useNavigate();
  const [act, setAct] = useState<Act | null>(null);
  const [copied, copy] = useCopy();
  const online = nodes.filter((node) => node.link.state === 'online');
  const labels = may(me, tenant, 'admin', true);

  async function terminals() {
    const { desk } = await import('../terminal/desk');
    for (const node of online) desk.open(tenant, node.name);
    await navigate({ to: '/t/$tenant/terminals', params: { tenant } });
  }

  return (
    <div className={css.bar} role="toolbar" aria-label={t.chosen(nodes.length)}>
      <strong role="status">{t.chosen(nodes.length)}</strong>
      {labels && (
        <>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<Icon name="label" size={14} />}
            onClick={() => setAct('label')}
          >
            {t.addLabel}
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => setAct('unlabel')}>
            {t.removeLabel}
          </Button>
        </>
      )}
      {may(me, tenant, 'operator') && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Icon name="terminal" size={14} />}
          disabled={online.length === 0 || online.length > MOST_TERMINALS}
          onClick={() => void terminals()}
        >
          {t.terminals}
        </Button>
      )}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
        onClick={() => copy(nodes.map((node) => node.name).join('\n'))}
      >
        {copied ? shell.copied : t.copyNames}
      </Button>
      {may(me, tenant, 'admin') && (
        <Button variant="light" color="coral" size="compact-sm" onClick={() => setAct('remove')}>
          {t.remove}
        </Button>
      )}
      <Button
        className={css.clear ?? ''}
        variant="subtle"
        color="gray"
        size="compact-sm"
        onClick={clear}
      >
        {t.clear}
      </Button>
      {act === 'label' && <SetLabel tenant={tenant} nodes={nodes} close={() => setAct(null)} />}
      {act === 'unlabel' && (
        <RemoveLabel tenant={tenant} nodes={nodes} close={() => setAct(null)} />
      )}
      {act === 'remove' && (
        <Remove
          tenant={tenant}
          nodes={nodes}
          close={(done) => {
            setAct(null);
            if (done) clear();
          }}
        />
      )}
    </div>
  );
}

function patchLabels(tenant: string, node: Node, labels: Record<string, string | null>) {
  return answer(
    api.PATCH('/api/v1/tenants/{tenant}/nodes/{node}', {
      params: { path: { tenant, node: node.id } },
      body: { labels },
    }),
  );
}

function SetLabel({ tenant, nodes, close }: ActProps) {
  const t = useWords(bulkWords);
  const [typed, setTyped] = useState('');
  const label = parseLabel(typed);
  return (
    <ActOnAll
      title={`${t.addLabel}: ${t.chosen(nodes.length)}`}
      what={t.labelWhat}
      act={t.set}
      ready={label !== null}
      tenant={tenant}
      nodes={nodes}
      run={(node) => patchLabels(tenant, node, { [label?.[0] ?? '']: label?.[1] ?? '' })}
      cli={(node) => commandLine('fairlead', 'node', 'label', node.name, label?.join('='))}
      ask={{ method: 'PATCH', body: { labels: { [label?.[0] ?? '']: label?.[1] ?? '' } } }}
      close={() => close(false)}
    >
      <TextInput
        data-autofocus
        label={t.label}
        placeholder={t.labelHint}
        maxLength={127}
        value={typed}
        error={typed.includes('=') && !label ? t.badLabel : null}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ActOnAll>
  );
}

function RemoveLabel({ tenant, nodes, close }: ActProps) {
  const t = useWords(bulkWords);
  const [typed, setTyped] = useState('');
  const key = typed.trim();
  const having = nodes.filter((node) => key in node.labels);
  return (
    <ActOnAll
      title={`${t.removeLabel}: ${t.chosen(nodes.length)}`}
      what={t.labelWhat}
      act={t.unset}
      ready={having.length > 0}
      tenant={tenant}
      nodes={having}
      run={(node) => patchLabels(tenant, node, { [key]: null })}
      cli={(node) => commandLine('fairlead', 'node', 'label', node.name, `${key}-`)}
      ask={{ method: 'PATCH', body: { labels: { [key]: null } } }}
      close={() => close(false)}
    >
      <TextInput
        data-autofocus
        label={t.key}
        description={t.keyHint}
        maxLength={63}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ActOnAll>
  );
}

function Remove({ tenant, nodes, close }: ActProps) {
  const t = useWords(bulkWords);
  const [typed, setTyped] = useState('');
  // What has to be typed says how much it is.
  const wanted = nodes.length === 1 ? (nodes[0]?.name ?? '') : `remove ${nodes.length}`;
  return (
    <ActOnAll
      title={t.removeTitle(nodes.length)}
      what={t.removeWhat}
      act={t.removeNow}
      danger
      ready={typed.trim() === wanted}
      tenant={tenant}
      nodes={nodes}
      run={(node) =>
        answer(
          api.DELETE('/api/v1/tenants/{tenant}/nodes/{node}', {
            params: { path: { tenant, node: node.id } },
          }),
        )
      }
      cli={(node) => commandLine('fairlead', 'node', 'rm', node.name, '--yes')}
      ask={{ method: 'DELETE' }}
      close={close}
    >
      <ul className={css.names}>
        {nodes.slice(0, 12).map((node) => (
          <li key={node.id}>{node.name}</li>
        ))}
        {nodes.length > 12 && <li>{t.andMore(nodes.length - 12)}</li>}
      </ul>
      <TextInput
        data-autofocus
        label={t.typeToRemove(wanted)}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ActOnAll>
  );
}

interface ActProps {
  tenant: string;
  nodes: readonly Node[];
  /** @param done whether it was done for all */
  close: (done: boolean) => void;
}

/** An act on each of many nodes: said before, watched while it goes on, and what failed after. */
function ActOnAll({
  title,
  what,
  act,
  danger = false,
  ready,
  tenant,
  nodes,
  run,
  cli,
  ask,
  close,
  children,
}: {
  title: string;
  what: string;
  act: string;
  danger?: boolean;
  ready: boolean;
  tenant: string;
  nodes: readonly Node[];
  run: (node: Node) => Promise<unknown>;
  cli: (node: Node) => string;
  /** The same of the API, for each node. */
  ask: { method: string; body?: unknown };
  close: (done: boolean) => void;
  children: ReactNode;
}) {
  const t = useWords(bulkWords);
  const shell = useWords(shellWords);
  const [progress, setProgress] = useState<Progress<Node> | null>(null);
  const [over, setOver] = useState(false);
  const stop = useRef(false);
  const [copied, copy] = useCopy();

  async function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation();
    if (!ready || progress) return;
    // Those that were chosen when it began: acts change what is chosen.
    const all = [...nodes];
    setProgress({ all: all.length, done: 0, failed: [] });
    const result = await forEach(all, run, (now) => {
      setProgress(now);
      return stop.current;
    });
    setOver(true);
    if (result.done === result.all) close(true);
  }

  return (
    <Modal
      opened
      onClose={() => {
        stop.current = true;
        close(over && progress?.failed.length === 0);
      }}
      title={title}
      closeButtonProps={{ 'aria-label': t.close }}
    >
      <form className={css.form} onSubmit={(event) => void submit(event)}>
        <p className={css.what}>{what}</p>
        {progress === null ? (
          children
        ) : (
          <>
            <Bar
              value={((progress.done + progress.failed.length) / progress.all) * 100}
              aria-label={t.doing(progress.done, progress.all)}
              animated={!over}
            />
            <p className={css.what} role="status">
              {over ? t.done(progress.done) : t.doing(progress.done, progress.all)}
            </p>
            {progress.failed.length > 0 && (
              <div className={css.failed}>
                <strong>{t.failed(progress.failed.length)}</strong>
                {progress.failed.slice(0, MOST_FAILED).map(({ what: node, error }) => (
                  <div key={node.id}>
                    <span>{node.name}</span>
                    <ErrorNotice error={error} />
                  </div>
                ))}
                {progress.failed.length > MOST_FAILED && (
                  <span>{t.andMore(progress.failed.length - MOST_FAILED)}</span>
                )}
              </div>
            )}
          </>
        )}
        <div className={css.formActs}>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            disabled={!ready}
            leftSection={<Icon name={copied ? 'check' : 'terminal'} size={14} />}
            onClick={() => copy(`${nodes.map(cli).join('\n')}\n`)}
          >
            {copied ? shell.copied : shell.copyCli}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            disabled={!ready}
            aria-label={shell.copyCurl}
            onClick={() =>
              copy(
                `${nodes
                  .map((node) => curl(`/api/v1/tenants/${tenant}/nodes/${node.name}`, ask))
                  .join('\n')}\n`,
              )
            }
          >
            curl
          </Button>
          {progress === null ? (
            <Button type="submit" {...(danger ? { color: 'coral' } : {})} disabled={!ready}>
              {act}
            </Button>
          ) : over ? (
            <Button onClick={() => close(progress.failed.length === 0)}>{t.close}</Button>
          ) : (
            <Button
              variant="default"
              onClick={() => {
                stop.current = true;
              }}
            >
              {t.stop}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
