import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ErrorNotice } from '../shell/ErrorNotice';
import { useWords } from '../text/words';
import { lastUser, signIn } from './me';
import { identityWords } from './text';

export function SignInForm({ done, user: given }: { done: () => void; user?: string }) {
  const t = useWords(identityWords);
  const [user, setUser] = useState(given ?? lastUser());
  const [password, setPassword] = useState('');
  const attempt = useMutation({
    mutationFn: () => signIn(user.trim(), password),
    onSuccess: done,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (user.trim() && password && !attempt.isPending) attempt.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t.user}
          description={t.userHint}
          name="user"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={127}
          required
          withAsterisk={false}
          autoFocus={!user}
          size="md"
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label={t.password}
          name="password"
          autoComplete="current-password"
          maxLength={1024}
          required
          withAsterisk={false}
          autoFocus={!!user}
          size="md"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ErrorNotice error={attempt.error} />
        <Button type="submit" size="md" loading={attempt.isPending} fullWidth mt="xs">
          {t.signIn}
        </Button>
      </Stack>
    </form>
  );
}
