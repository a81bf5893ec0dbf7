import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answer, api } from '../api/client';
import { CopyMenu } from '../shell/CopyMenu';
import { curl } from '../shell/commands';
import { CommandLine } from '../shell/Copy';
import { ErrorNotice } from '../shell/ErrorNotice';
import css from '../shell/filters.module.css';
import { shellWords } from '../shell/text';
import { number, time } from '../text/format';
import { useWords } from '../text/words';
import { Outcome } from './Outcome';
import { shown } from './facts';
import type { AuditRecord, AuditSearch } from './search';
import { auditWords } from './text';

/** One record whole, beside the list; also one that the list has not. */
export function RecordPanel({
  tenant,
  seq,
  listed,
  change,
  close,
}: {
  tenant: string;
  seq: number;
  listed: AuditRecord | undefined;
  change: (next: AuditSearch) => void;
  close: () => void;
}) {
  const t = useWords(auditWords);
  const shell = useWords(shellWords);
  const { data, error } = useQuery({
    queryKey: ['audit', tenant, seq],
    queryFn: () =>
      answer(
        api.GET('/api/v1/tenants/{tenant}/audit/records/{seq}', {
          params: { path: { tenant, seq } },
        }),
      ),
    enabled: !listed,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const record = listed ?? data;
  const details = Object.entries(record?.details ?? {});
  const session = record?.subjectId?.startsWith('sess_')
    ? record.subjectId
    : typeof record?.details?.session === 'string'
      ? record.details.session
      : undefined;
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="md"
      title={record ? record.act : t.record(seq)}
      closeButtonProps={{ 'aria-label': shell.close }}
    >
      {!record && <ErrorNotice error={error} />}
      {record && (
        <div className={css.stack}>
          <dl className={css.facts}>
            <dt>{t.at}</dt>
            <dd>{time(record.at)}</dd>
            <dt>{t.outcome}</dt>
            <dd>
              <Outcome outcome={record.outcome} />
            </dd>
            <dt>{t.who}</dt>
            <dd>{record.who}</dd>
            <dt>{t.from}</dt>
            <dd className="fl-mono">{record.address ?? '–'}</dd>
            {record.by && (
              <>
                <dt>{t.by}</dt>
                <dd className="fl-mono">{record.by}</dd>
              </>
            )}
            <dt>{t.subject}</dt>
            <dd>
              {record.subject ?? '–'}
              {record.subjectId && (
                <>
                  <br />
                  <span className="fl-mono">{record.subjectId}</span>
                </>
              )}
            </dd>
            {(record.count ?? 1) > 1 && (
              <>
                <dt>{t.counted}</dt>
                <dd>{t.times(number(record.count ?? 1))}</dd>
              </>
            )}
            {details.map(([key, value]) => (
              <Detail key={key} name={key} value={value} />
            ))}
            <dt>{t.number}</dt>
            <dd className="fl-number">{record.seq}</dd>
          </dl>
          <div className={css.row}>
            {session && (
              <Button
                component={Link}
                to="/t/$tenant/sessions"
                params={{ tenant } as never}
                search={{ session } as never}
                variant="default"
                size="xs"
              >
                {t.openSession}
              </Button>
            )}
            {record.subjectId?.startsWith('node_') && record.act !== 'node.remove' && (
              <Button
                component={Link}
                to="/t/$tenant/nodes/$node"
                params={{ tenant, node: record.subject ?? record.subjectId } as never}
                variant="default"
                size="xs"
              >
                {t.openNode}
              </Button>
            )}
            <Button variant="default" size="xs" onClick={() => change({ act: record.act })}>
              {t.onlyAct}
            </Button>
            <Button variant="default" size="xs" onClick={() => change({ who: record.who })}>
              {t.onlyWho}
            </Button>
            <CopyMenu link curl={curl(`/api/v1/tenants/${tenant}/audit/records/${record.seq}`)} />
          </div>
          <CommandLine line={JSON.stringify(record, null, 2)} label={t.asJson} read />
        </div>
      )}
    </Drawer>
  );
}

function Detail({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="fl-mono">{shown(value)}</dd>
    </>
  );
}
