import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import { clock } from '../text/format';
import { useWords } from '../text/words';
import { area, ceiling, type Figure, path, peakOf, shown } from './figures';
import css from './observe.module.css';
import { healthWords } from './text';

export interface Line {
  label: string;
  figure: Figure | undefined;
}

/** How figures went: lines over the same time, the first one filled, with what they were where one points. */
export function Course({
  from,
  step,
  lines,
  top,
}: {
  /** When the first step begins. */
  from: string;
  /** Seconds. */
  step: number;
  lines: Line[];
  /** What the height means, where it is known. */
  top?: number | null;
}) {
  const t = useWords(healthWords);
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const known = lines.flatMap(({ label, figure }) => (figure ? [{ label, figure }] : []));
  const first = known[0]?.figure;
  if (!first) return null;
  const { unit, points } = first;
  const count = points.length;
  const height =
    top || ceiling(Math.max(0, ...known.map(({ figure }) => peakOf(figure) ?? 0)), unit);
  const moment = (point: number) => clock(new Date(Date.parse(from) + point * step * 1000));

  function move(event: PointerEvent<HTMLDivElement>) {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - left) / width;
    setAt(Math.min(count - 1, Math.max(0, Math.round(share * (count - 1)))));
  }

  function keys(event: KeyboardEvent) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === 'Escape') setAt(null);
    if (!steps) return;
    event.preventDefault();
    setAt(Math.min(count - 1, Math.max(0, (at ?? count) + steps)));
  }

  const said = known
    .map(({ label, figure }) =>
      t.figure(label, shown(figure.now, figure.unit), shown(peakOf(figure), figure.unit)),
    )
    .join('; ');
  return (
    <div className={css.course}>
      <div
        className={css.plot}
        role="img"
        aria-label={said}
        aria-describedby={at === null ? undefined : id}
        tabIndex={0}
        onPointerMove={move}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={keys}
      >
        <svg viewBox={`0 0 ${count - 1} 100`} preserveAspectRatio="none" aria-hidden="true">
          {[25, 50, 75].map((y) => (
            <path key={y} className={css.rule} d={`M0 ${y}H${count - 1}`} />
          ))}
          <path className={css.area} d={area(first.points, height)} />
          {known.map(({ label, figure }, i) => (
            <path key={label} className={css.line} data-line={i} d={path(figure.points, height)} />
          ))}
        </svg>
        {at !== null && (
          <span className={css.cross} style={{ left: `${(at / (count - 1)) * 100}%` }} />
        )}
        <span className={css.top}>{shown(height, unit)}</span>
      </div>
      <div className={css.times}>
        <span>{moment(0)}</span>
        <span>{t.now}</span>
      </div>
      <div className={css.legend} id={id} aria-live={at === null ? undefined : 'polite'}>
        {at !== null && <span className={css.when}>{moment(at)}</span>}
        {(known.length > 1 || at !== null) &&
          known.map(({ label, figure }, i) => (
            <span key={label} className={css.key} data-line={i}>
              {label}{' '}
              <b className="fl-number">
                {shown(at === null ? figure.now : figure.points[at], figure.unit)}
              </b>
              {at !== null &&
                figure.peaks[at] !== figure.points[at] &&
                figure.peaks[at] != null && (
                  <small> {t.peak(shown(figure.peaks[at], figure.unit))}</small>
                )}
            </span>
          ))}
      </div>
    </div>
  );
}
