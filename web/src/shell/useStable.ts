import { useCallback, useLayoutEffect, useRef } from 'react';

/** The same function at each drawing, which does what the latest one would: what is memoised below is not drawn anew for it. */
export function useStable<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
