import { type ReactNode, useId } from 'react';
import css from './Segments.module.css';

interface Props<T extends string> {
  'aria-label': string;
  /** None of them where it is another. */
  value: T | '';
  onChange: (value: T) => void;
  data: readonly { value: T; label: ReactNode }[];
  size?: 'xs' | 'sm';
}

/**
 * One of a few, all to be seen. Mantine's own measures itself each time that it is drawn, which
 * cost more than all else of a page; radio buttons and a style sheet do the same.
 */
export function Segments<T extends string>({
  'aria-label': label,
  value,
  onChange,
  data,
  size = 'sm',
}: Props<T>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={css.all} data-size={size}>
      {data.map((one) => (
        <label key={one.value} className={css.one}>
          <input
            type="radio"
            className="fl-hidden"
            name={name}
            value={one.value}
            checked={one.value === value}
            onChange={() => onChange(one.value)}
          />
          {one.label}
        </label>
      ))}
    </div>
  );
}
