import { HubAway, HubProblem } from '../api/problem';
import { useWords } from '../text/words';
import css from './notice.module.css';
import { shellWords } from './text';

/** What did not work, why, and what to do: the hub's own words. Nothing where there is no error. */
export function ErrorNotice({ error }: { error: unknown }) {
  const t = useWords(shellWords);
  if (!error) return null;
  if (error instanceof HubProblem) {
    const { detail, hint, errors, incident } = error.problem;
    return (
      <div className={css.notice} role="alert">
        <strong>{detail}</strong>
        {hint && <span>{hint}</span>}
        {errors && errors.length > 1 && (
          <ul>
            {errors.map((one) => (
              <li key={one.field + one.detail}>
                <span className="fl-mono">{one.field}</span> {one.detail}
              </li>
            ))}
          </ul>
        )}
        {incident && <span className="fl-mono">{t.incident(incident)}</span>}
      </div>
    );
  }
  return (
    <div className={css.notice} role="alert">
      <strong>{error instanceof HubAway ? t.away : t.failed}</strong>
      <span>{error instanceof HubAway ? t.awayWhat : t.failedWhat}</span>
    </div>
  );
}
