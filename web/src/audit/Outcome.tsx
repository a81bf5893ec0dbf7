import css from '../shell/filters.module.css';
import { useWords } from '../text/words';
import { auditWords } from './text';

const TONES: Record<string, string | undefined> = { denied: 'bad', failed: 'warning' };

export function Outcome({ outcome }: { outcome: string }) {
  const t = useWords(auditWords);
  return (
    <span className={css.chip} data-tone={TONES[outcome]}>
      {t.outcomes[outcome] ?? outcome}
    </span>
  );
}
