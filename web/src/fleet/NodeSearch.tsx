import { TextInput } from '@mantine/core';
import { memo, startTransition, useEffect, useRef, useState } from 'react';
import { Icon } from '../shell/Icon';
import { useWords } from '../text/words';
import css from './fleet.module.css';
import { fleetWords } from './text';

/** What is typed stands at once, and only this is drawn for it; the list follows when there is time. */
export const NodeSearch = memo(function NodeSearch({
  value,
  onSearch,
}: {
  value: string;
  onSearch: (value: string) => void;
}) {
  const t = useWords(fleetWords);
  const [typed, setTyped] = useState(value);
  const send = useEcho(value, setTyped);
  return (
    <TextInput
      className={css.search ?? ''}
      type="search"
      aria-label={t.search}
      placeholder={t.searchHint}
      leftSection={<Icon name="search" size={16} />}
      value={typed}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        send(text);
        startTransition(() => onSearch(text));
      }}
    />
  );
});

/**
 * For what is sent and comes back later, perhaps after more was sent. What comes without having been sent
 * is somebody else's (of a view, of a link, of the browser's way back), and is taken.
 */
export function useEcho(value: string, take: (value: string) => void): (sent: string) => void {
  const sent = useRef([value]);
  useEffect(() => {
    const own = sent.current.includes(value);
    if (!own) take(value);
    if (!own || value === sent.current.at(-1)) sent.current = [value];
  }, [value]);
  return (next) => sent.current.push(next);
}
