import { NativeSelect } from '@mantine/core';
import { LANGUAGES, type Language, setLanguage, useLanguage } from './words';

export function LanguageSwitch() {
  const language = useLanguage();
  return (
    <NativeSelect
      aria-label="Language / Sprache"
      size="xs"
      variant="unstyled"
      value={language}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      onChange={(event) => setLanguage(event.currentTarget.value as Language)}
    />
  );
}
