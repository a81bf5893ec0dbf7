import { TextInput } from '@mantine/core';
import css from './filters.module.css';
import { Icon } from './Icon';

/** What a list is searched for, as somebody types. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <TextInput
      className={css.search ?? ''}
      size="xs"
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={14} />}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
