import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../text/words';
import css from './access.module.css';
import { randomPassword } from './effect';
import { accessWords } from './text';

export const LEAST_PASSWORD = 10;

/** A password for somebody else; a suggested one is shown, for it must be told. */
export function NewPassword({ value, set }: { value: string; set: (value: string) => void }) {
  const t = useWords(accessWords);
  const [shown, setShown] = useState(false);
  return (
    <div className={css.pass}>
      <PasswordInput
        label={t.password}
        description={t.passwordHint}
        autoComplete="new-password"
        maxLength={1024}
        visible={shown}
        onVisibilityChange={setShown}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <Button
        variant="default"
        onClick={() => {
          set(randomPassword());
          setShown(true);
        }}
      >
        {t.suggest}
      </Button>
    </div>
  );
}
