import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import { number } from '../text/format';
import { wordsNow } from '../text/words';
import { saveFile } from './csv';
import { shellWords } from './text';

/** A list of the API, page after page. */
export type Pages<T> = (
  cursor: string | undefined,
  signal: AbortSignal,
) => Promise<{ items: T[]; next: string | null }>;

/**
 * Saves all that there is as a file, also what the page has not read yet; says how far it is, and
 * stops when the notice is closed or the page is left.
 */
export function useExport() {
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  return async <T,>(
    file: { name: string; type: string; head?: string },
    pages: Pages<T>,
    line: (item: T) => string,
  ): Promise<void> => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    const t = wordsNow(shellWords);
    const id = notifications.show({
      message: t.exporting(number(0)),
      loading: true,
      autoClose: false,
      onClose: () => stop.abort(),
    });
    const parts: string[] = file.head ? [file.head] : [];
    let count = 0;
    let cursor: string | undefined;
    try {
      do {
        const { items, next } = await pages(cursor, stop.signal);
        parts.push(items.map(line).join(''));
        count += items.length;
        notifications.update({ id, message: t.exporting(number(count)), loading: true });
        cursor = next ?? undefined;
      } while (cursor && !stop.signal.aborted);
      if (stop.signal.aborted) return;
      saveFile(file.name, file.type, parts);
      notifications.update({
        id,
        message: t.exported(number(count)),
        loading: false,
        autoClose: 4_000,
      });
    } catch (error) {
      if (stop.signal.aborted) return;
      notifications.update({
        id,
        color: 'coral',
        title: t.refused,
        message: error instanceof Error ? error.message : String(error),
        loading: false,
        autoClose: false,
      });
    } finally {
      if (stop.signal.aborted) notifications.hide(id);
    }
  };
}
