import filters from '../shell/filters.module.css';
import { useWords } from '../text/words';
import { loginsText, type Given } from './effect';
import { accessWords } from './text';

/** A grant in a few words. */
export function GrantChip({ grant }: { grant: Given }) {
  const t = useWords(accessWords);
  const nodes = grant.labels === '' ? '*' : grant.labels;
  return (
    <span
      className={filters.chip}
      title={`${t.roles[grant.role] ?? grant.role}: ${nodes}${grant.role === 'viewer' ? '' : `, ${loginsText(grant.logins, t)}`}`}
    >
      {t.roles[grant.role] ?? grant.role}
      <span className="fl-mono">{nodes}</span>
    </span>
  );
}
