import { useEffect } from 'react';
import { NAME } from '../design';

/** The page's title in the browser's tab, most particular first. */
export function useTitle(...parts: (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), NAME].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
