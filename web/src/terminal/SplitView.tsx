import { Fragment, type KeyboardEvent, type PointerEvent, useState } from 'react';
import { useWords } from '../text/words';
import { desk, type Tab } from './desk';
import { LEAST_SHARE, type Parts, panes, type Split } from './layout';
import { PaneView } from './PaneView';
import css from './terminal.module.css';
import { terminalWords } from './text';

/** How far a key moves a line. */
const STEP = 0.05;

/** The terminals of a tab, with lines between them that can be moved. */
export function SplitView({ split, tab }: { split: Split; tab: Tab }) {
  if (split.kind === 'pane') {
    const all = panes(tab.layout);
    return (
      <PaneView
        pane={split.pane}
        number={all.indexOf(split.pane) + 1}
        active={split.pane === tab.active}
        alone={all.length === 1}
      />
    );
  }
  return (
    <div className={css.split} data-direction={split.kind}>
      {split.parts.map((part, at) => (
        <Fragment key={panes(part)[0]?.key}>
          {at > 0 && <Divider split={split} at={at - 1} tab={tab} />}
          <div className={css.part} style={{ flexGrow: 100 * (split.shares[at] ?? 0) }}>
            <SplitView split={part} tab={tab} />
          </div>
        </Fragment>
      ))}
    </div>
  );
}

/** The line behind the part `at`: drag it, or move it by arrow keys; Enter makes halves. */
function Divider({ split, at, tab }: { split: Parts; at: number; tab: Tab }) {
  const t = useWords(terminalWords);
  const [moves, setMoves] = useState(false);
  const row = split.kind === 'row';
  const before = split.shares[at] ?? 0;
  const share = before / (before + (split.shares[at + 1] ?? 0));

  function drag(event: PointerEvent<HTMLElement>) {
    const line = event.currentTarget;
    const from = line.previousElementSibling?.getBoundingClientRect();
    const to = line.nextElementSibling?.getBoundingClientRect();
    if (!moves || !from || !to) return;
    desk.divide(
      tab,
      split,
      at,
      row
        ? (event.clientX - from.left) / (to.right - from.left)
        : (event.clientY - from.top) / (to.bottom - from.top),
    );
  }

  function key(event: KeyboardEvent) {
    const [less, more] = row ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    const next = {
      [less]: share - STEP,
      [more]: share + STEP,
      Home: LEAST_SHARE,
      End: 1 - LEAST_SHARE,
      Enter: 0.5,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    desk.divide(tab, split, at, next);
  }

  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={t.divider}
      aria-orientation={row ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(100 * share)}
      aria-valuemin={100 * LEAST_SHARE}
      aria-valuemax={100 * (1 - LEAST_SHARE)}
      className={css.divider}
      data-moves={moves || undefined}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setMoves(true);
      }}
      onPointerMove={drag}
      onLostPointerCapture={() => {
        setMoves(false);
        // Whoever dragged it goes on typing.
        tab.active.focus();
      }}
      onDoubleClick={() => desk.divide(tab, split, at, 0.5)}
      onKeyDown={key}
    />
  );
}
