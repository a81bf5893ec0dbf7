import { Autocomplete } from '@mantine/core';
import { useEffect, useState } from 'react';
import css from './filters.module.css';

/** A text that filters: typed or chosen, in force by Enter, by choosing, or when it is left. */
export function FilterField({
  label,
  placeholder,
  value,
  data,
  set,
}: {
  label: string;
  placeholder: string;
  value: string | undefined;
  data: string[];
  set: (value: string | undefined) => void;
}) {
  const [typed, setTyped] = useState(value ?? '');
  useEffect(() => setTyped(value ?? ''), [value]);
  const settle = (text: string) => {
    const next = text.trim() || undefined;
    if (next !== value) set(next);
  };
  return (
    <Autocomplete
      className={css.field ?? ''}
      size="xs"
      aria-label={label}
      placeholder={placeholder}
      data={data}
      limit={50}
      maxLength={190}
      spellCheck={false}
      autoCapitalize="none"
      clearable
      value={typed}
      onChange={(text) => {
        setTyped(text);
        if (text === '') settle('');
      }}
      onOptionSubmit={settle}
      onBlur={() => settle(typed)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle(event.currentTarget.value);
      }}
    />
  );
}
