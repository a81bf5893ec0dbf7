import css from '../shell/filters.module.css';
import { useWords } from '../text/words';
import { auditWords } from './text';

const TONES: Record<string, string | undefined> = { denied: 'bad', failed: 'warning' };

export function Outcome({ outcome }: { outcome: string }) {
  const t = useWords(auditWords);
  // What is as it should be is not marked.
  if (outcome === 'done') return <span className={css.hint}>{t.outcomes.done}</span>;
  return (
    <span className={css.chip} data-tone={TONES[outcome]}>
      {t.outcomes[outcome] ?? outcome}
    </span>
  );
}
