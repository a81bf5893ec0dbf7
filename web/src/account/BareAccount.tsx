import '@mantine/notifications/styles.css';
import { Button } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { signOut } from '../identity/me';
import { Wordmark } from '../design';
import { AwayBanner } from '../shell/AwayBanner';
import shell from '../shell/Shell.module.css';
import { shellWords } from '../shell/text';
import { useWords } from '../text/words';
import { AccountPage } from './AccountPage';

/** The account for whom there is no tenant to stand around it. */
export function BareAccount() {
  const t = useWords(shellWords);
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => window.location.assign('/sign-in'),
  });
  return (
    <>
      <header className={shell.bare}>
        <Wordmark />
        <Button variant="default" size="xs" onClick={() => leaving.mutate()}>
          {t.signOut}
        </Button>
      </header>
      <main>
        <AccountPage />
      </main>
      <Notifications position="bottom-right" containerWidth={360} />
      <AwayBanner />
    </>
  );
}
