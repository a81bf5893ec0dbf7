import { useHub } from '../api/hub';
import { useWords } from '../text/words';
import css from './notice.module.css';
import { shellWords } from './text';

/** Says so while the hub is away, over whatever the page shows. */
export function AwayBanner() {
  const t = useWords(shellWords);
  const { awaySince } = useHub();
  return (
    <div className={css.bannerPlace} role="status">
      {awaySince !== null && (
        <div className={css.banner}>
          <span className={css.pulse} aria-hidden="true" />
          <span>
            <strong>{t.away}</strong> {t.awayWhat}
          </span>
        </div>
      )}
    </div>
  );
}
