import { useRef } from 'react';
import type { Node } from '../api/client';
import { useWords } from '../text/words';
import css from './bulk.module.css';
import { bulkWords } from './bulkText';

/** The box that chooses a row. */
export function Choose({
  label,
  on,
  set,
}: {
  label: string;
  on: boolean;
  /** @param range whether Shift was held: all from the one before */
  set: (on: boolean, range: boolean) => void;
}) {
  const t = useWords(bulkWords);
  const range = useRef(false);
  return (
    <label className={css.choose}>
      <input
        type="checkbox"
        aria-label={t.chooseNode(label)}
        checked={on}
        onClick={(event) => {
          range.current = event.shiftKey;
        }}
        onChange={(event) => set(event.currentTarget.checked, range.current)}
      />
    </label>
  );
}

export function ChooseAll({
  nodes,
  chosen,
  onChoose,
}: {
  nodes: readonly Node[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: Set<string>) => void;
}) {
  const t = useWords(bulkWords);
  const all =
    nodes.length > 0 && chosen.size >= nodes.length && nodes.every(({ id }) => chosen.has(id));
  return (
    <label className={css.choose}>
      <input
        type="checkbox"
        aria-label={t.chooseAll}
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = !all && chosen.size > 0;
        }}
        onChange={() => onChoose(new Set(all ? [] : nodes.map(({ id }) => id)))}
      />
    </label>
  );
}
