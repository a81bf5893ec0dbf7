import { useSyncExternalStore } from 'react';

/*
 * Text in the reader's language. Each capability has its words beside it, in all languages; a word
 * that one of them lacks is an error of the compiler.
 */

export type Language = 'en' | 'de';
export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };

const KEPT = 'fairlead.language';
const listeners = new Set<() => void>();
let current: Language = first();

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  const wanted = kept ? [kept] : navigator.languages;
  for (const tag of wanted) {
    const language = tag.slice(0, 2);
    if (language in LANGUAGES) return language as Language;
  }
  return 'en';
}

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

document.documentElement.lang = current;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}

/** The words of a capability; `useWords` gives those of now. */
export interface Words<T> {
  all: Record<Language, T>;
}

export function words<T>(all: { en: T; de: NoInfer<T> }): Words<T> {
  return { all };
}

export function useWords<T>(of: Words<T>): T {
  return of.all[useLanguage()];
}

/** The same outside of components. */
export function wordsNow<T>(of: Words<T>): T {
  return of.all[current];
}
