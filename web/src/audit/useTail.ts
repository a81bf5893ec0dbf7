import { useEffect, useState } from 'react';
import { follow } from '../api/events';
import { type AuditFilter, type AuditRecord, auditQuery } from './search';

/** More than these are not kept above a list: it is read anew. */
const MOST = 2_000;
const GATHER = 150;

export interface Tail {
  /** Newest first. */
  fresh: readonly AuditRecord[];
  open: boolean;
}

const NOTHING: Tail = { fresh: [], open: false };

/** What is recorded after a number, as it is recorded, for as long as somebody looks. */
export function useTail(
  tenant: string,
  filter: AuditFilter,
  after: number | undefined,
  full: () => void,
): Tail {
  const [tail, setTail] = useState<Tail>(NOTHING);
  const { act, who, outcome } = auditQuery(filter);
  useEffect(() => {
    setTail(NOTHING);
    if (after === undefined) return;
    const query = new URLSearchParams({
      ...(act ? { act } : {}),
      ...(who ? { who } : {}),
      ...(outcome ? { outcome } : {}),
    });
    const path = `/api/v1/tenants/${tenant}/audit/stream${query.size ? `?${query}` : ''}`;
    const place = { last: String(after), seen: 0 };
    // The log is kept: it is taken up after the last number, whatever the pause was.
    const kept = () => {
      place.seen = Number.POSITIVE_INFINITY;
    };
    kept();
    const closed = new AbortController();
    let heard: AuditRecord[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      const now = heard;
      heard = [];
      setTail(({ fresh }) => {
        if (fresh.length + now.length > MOST) full();
        return { fresh: [...now.reverse(), ...fresh].slice(0, MOST), open: true };
      });
    };
    void follow<AuditRecord>(
      path,
      place,
      {
        open: () => {
          kept();
          setTail(({ fresh }) => ({ fresh, open: true }));
        },
        event: (record) => {
          kept();
          place.last = String(record.seq);
          heard.push(record);
          timer ??= setTimeout(tell, GATHER);
        },
      },
      closed.signal,
    );
    return () => {
      closed.abort();
      clearTimeout(timer);
    };
  }, [tenant, act, who, outcome, after, full]);
  return tail;
}

/** The fresh ones above those of the list, each once. */
export function newer(
  fresh: readonly AuditRecord[],
  listed: readonly AuditRecord[],
): readonly AuditRecord[] {
  const top = listed[0]?.seq ?? 0;
  const above = fresh.filter(({ seq }) => seq > top);
  return above.length === 0 ? listed : [...above, ...listed];
}
