import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { answer, api, type Node } from '../../api/client';
import { readLabels } from '../../enroll/labels';
import { CopyAs } from '../../shell/Act';
import { curl } from '../../shell/commands';
import { CommandLine } from '../../shell/Copy';
import { shellWords } from '../../shell/text';
import { ErrorNotice } from '../../shell/ErrorNotice';
import { Icon } from '../../shell/Icon';
import { useWords } from '../../text/words';
import css from './node.module.css';
import { nodeWords } from './text';
import { Panel } from '../../shell/Panel';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const labelText = (labels: Record<string, string>) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** What changed, as the API takes it: a value sets a label, null takes it away. */
export function labelChange(
  before: Record<string, string>,
  after: Record<string, string>,
): Record<string, string | null> {
  const change: Record<string, string | null> = {};
  for (const key of Object.keys(before)) if (!(key in after)) change[key] = null;
  for (const [key, value] of Object.entries(after)) if (before[key] !== value) change[key] = value;
  return change;
}

/** Name and labels, and the end of the node. */
export function NodeSettings({
  tenant,
  node,
  relabel,
}: {
  tenant: string;
  node: Node;
  /** Labels are for administrators of all nodes. */
  relabel: boolean;
}) {
  const t = useWords(nodeWords);
  return (
    <Panel title={t.settings}>
      <div className={css.settings}>
        <Change tenant={tenant} node={node} relabel={relabel} />
        <Removal tenant={tenant} node={node} />
      </div>
    </Panel>
  );
}

function Change({ tenant, node, relabel }: { tenant: string; node: Node; relabel: boolean }) {
  const t = useWords(nodeWords);
  const shell = useWords(shellWords);
  const client = useQueryClient();
  const navigate = useNavigate();
  // Null until somebody types: then what others change does not take it away.
  const [name, setName] = useState<string | null>(null);
  const [labels, setLabels] = useState<string | null>(null);
  const read = readLabels(labels ?? '');
  const newName = name?.trim() ?? node.name;
  const change = labels === null ? {} : labelChange(node.labels, read.labels);
  const changesLabels = Object.keys(change).length > 0;
  const wrongName = !NAME.test(newName);
  const nothing = newName === node.name && !changesLabels;

  const body = {
    ...(newName === node.name ? {} : { name: newName }),
    ...(changesLabels ? { labels: change } : {}),
  };
  const address = `/api/v1/tenants/${tenant}/nodes/${node.name}`;

  const save = useMutation({
    mutationFn: () =>
      answer(
        api.PATCH('/api/v1/tenants/{tenant}/nodes/{node}', {
          params: { path: { tenant, node: node.id } },
          body,
        }),
      ),
    onSuccess: async (changed) => {
      client.setQueryData(['node', tenant, changed.name], changed);
      setName(null);
      setLabels(null);
      if (changed.name !== node.name) {
        await navigate({
          to: '/t/$tenant/nodes/$node',
          params: { tenant, node: changed.name },
          search: true,
          replace: true,
        } as never);
      }
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!nothing && !wrongName && !read.wrong && !save.isPending) save.mutate();
  }

  return (
    <form onSubmit={submit} className={css.form}>
      <TextInput
        label={t.name}
        description={t.nameHint}
        value={name ?? node.name}
        maxLength={63}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        error={wrongName && t.nameWrong}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {relabel && (
        <TextInput
          label={t.labels}
          description={t.labelsHint}
          value={labels ?? labelText(node.labels)}
          maxLength={2000}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          error={read.wrong && t.labelsWrong(read.wrong)}
          onChange={(event) => setLabels(event.currentTarget.value)}
        />
      )}
      <ErrorNotice error={save.error} />
      <div className={css.saveRow}>
        <Button type="submit" disabled={nothing} loading={save.isPending}>
          {t.save}
        </Button>
        <span role="status">{save.isSuccess && nothing && t.saved}</span>
        {!nothing && !wrongName && !read.wrong && (
          <CopyAs
            text={curl(address, { method: 'PATCH', body })}
            label="curl"
            name={shell.copyCurl}
          />
        )}
      </div>
      {!nothing && !wrongName && !read.wrong && (
        <CommandLine line={commands(node, newName, change)} label={t.asCommand} />
      )}
    </form>
  );
}

function commands(node: Node, name: string, change: Record<string, string | null>): string {
  const lines = [];
  const labels = Object.entries(change).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${value}`,
  );
  if (labels.length > 0) lines.push(`fairlead node label ${node.name} ${labels.join(' ')}`);
  if (name !== node.name) lines.push(`fairlead node rename ${node.name} ${name}`);
  return lines.join('\n');
}

function Removal({ tenant, node }: { tenant: string; node: Node }) {
  const t = useWords(nodeWords);
  const shell = useWords(shellWords);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const remove = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/api/v1/tenants/{tenant}/nodes/{node}', {
          params: { path: { tenant, node: node.id } },
        }),
      ),
    onSuccess: async () => {
      await navigate({ to: '/t/$tenant/nodes', params: { tenant }, replace: true } as never);
      client.removeQueries({ queryKey: ['node', tenant, node.name] });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (typed === node.name && !remove.isPending) remove.mutate();
  }
  return (
    <div className={css.removal}>
      <p>{t.removeWhat}</p>
      <Button
        variant="light"
        color="coral"
        leftSection={<Icon name="remove" size={16} />}
        onClick={() => {
          setTyped('');
          remove.reset();
          setAsking(true);
        }}
      >
        {t.remove}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t.remove}
        closeButtonProps={{ 'aria-label': t.cancel }}
      >
        <form onSubmit={submit} className={css.form}>
          <p className={css.removeWhat}>{t.removeWhat}</p>
          <TextInput
            label={t.removeAsk(node.name)}
            value={typed}
            data-autofocus
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <CommandLine line={`fairlead node rm ${node.name}`} label={t.asCommand} />
          <ErrorNotice error={remove.error} />
          <div className={css.saveRow}>
            <Button
              type="submit"
              color="coral"
              disabled={typed !== node.name}
              loading={remove.isPending}
            >
              {t.remove}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t.cancel}
            </Button>
            <CopyAs
              text={curl(`/api/v1/tenants/${tenant}/nodes/${node.name}`, { method: 'DELETE' })}
              label="curl"
              name={shell.copyCurl}
            />
          </div>
        </form>
      </Modal>
    </div>
  );
}
