import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Mark } from '../design';
import { useEvents } from '../fleet/TenantNodes';
import { useWords } from '../text/words';
import css from './enroll.module.css';
import { enrollWords } from './text';

interface Arrival {
  id: string;
  name: string;
  online: boolean;
}

/** Waits for machines to become nodes, and greets each. */
export function Arrivals({ tenant }: { tenant: string }) {
  const t = useWords(enrollWords);
  const [all, setAll] = useState<Arrival[]>([]);

  useEvents(({ kind, id, name }) => {
    if (!id || !name) return;
    if (kind === 'node.enrolled' || kind === 'node.replaced') {
      setAll((before) => [...before.filter((one) => one.id !== id), { id, name, online: false }]);
    } else if (kind === 'node.changed') {
      setAll((before) => before.map((one) => (one.id === id ? { ...one, name } : one)));
    } else if (kind === 'node.online') {
      setAll((before) => before.map((one) => (one.id === id ? { ...one, online: true } : one)));
    }
  });

  return (
    <div role="status" className={css.arrivals}>
      {all.map((one) => (
        <div key={one.id} className={css.arrival} data-online={one.online || undefined}>
          <Mark size={36} />
          <div>
            <strong>{one.online ? t.here(one.name) : t.coming(one.name)}</strong>
            {one.online && <p>{t.hereWhat}</p>}
          </div>
          {one.online && (
            <Button
              component={Link}
              to="/t/$tenant/nodes/$node"
              params={{ tenant, node: one.name } as never}
            >
              {t.open}
            </Button>
          )}
        </div>
      ))}
      {all.length === 0 && (
        <div className={css.arrival}>
          <span className={css.beacon} aria-hidden="true" />
          <div>
            <strong>{t.waiting}</strong>
            <p>{t.waitingWhat}</p>
          </div>
        </div>
      )}
    </div>
  );
}
