import { Button, Popover, TextInput } from '@mantine/core';
import { useState } from 'react';
import { time } from '../text/format';
import { useWords } from '../text/words';
import css from './filters.module.css';
import { Icon } from './Icon';
import { fromLocal, type Last, LASTS, type Range, toLocal } from './range';
import { shellWords } from './text';

/** Chooses a span of time; nothing chosen is all of it. */
export function TimeRange({ range, set }: { range: Range; set: (range: Range) => void }) {
  const t = useWords(shellWords);
  const [open, setOpen] = useState(false);
  const { last, since, until } = range;
  const label = last
    ? t.last(last)
    : since && until
      ? `${time(since)} – ${time(until)}`
      : since
        ? t.sinceTime(time(since))
        : until
          ? t.untilTime(time(until))
          : t.anyTime;
  const choose = (next: Range) => {
    set(next);
    setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant={last || since || until ? 'light' : 'default'}
          size="xs"
          rightSection={<Icon name="down" size={14} />}
          onClick={() => setOpen(!open)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={css.range} aria-label={t.timeRange}>
        <div className={css.lasts}>
          <Button size="compact-sm" variant="default" onClick={() => choose({})}>
            {t.anyTime}
          </Button>
          {(Object.keys(LASTS) as Last[]).map((one) => (
            <Button
              key={one}
              size="compact-sm"
              variant={one === last ? 'filled' : 'default'}
              onClick={() => choose({ last: one })}
            >
              {t.last(one)}
            </Button>
          ))}
        </div>
        <TextInput
          type="datetime-local"
          label={t.since}
          value={toLocal(since)}
          onChange={(event) => {
            const from = fromLocal(event.currentTarget.value);
            set({ ...(from ? { since: from } : {}), ...(until ? { until } : {}) });
          }}
        />
        <TextInput
          type="datetime-local"
          label={t.until}
          value={toLocal(until)}
          onChange={(event) => {
            const to = fromLocal(event.currentTarget.value);
            set({ ...(since ? { since } : {}), ...(to ? { until: to } : {}) });
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
