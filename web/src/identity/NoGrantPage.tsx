import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { FullPage } from '../shell/FullPage';
import { shellWords } from '../shell/text';
import { useWords } from '../text/words';
import { signOut, useMe } from './me';
import { identityWords } from './text';

/** Signed in, with nothing to see. */
export function NoGrantPage() {
  const t = useWords(identityWords);
  const shell = useWords(shellWords);
  const { user } = useMe();
  return (
    <FullPage title={t.noTenant}>
      <p>{t.noTenantWhy}</p>
      <code className="fl-mono">fairlead grant add {user.name} operator</code>
      <p>
        <Button component={Link} to="/account" variant="light" mr="sm">
          {shell.account}
        </Button>
        <Button
          variant="default"
          onClick={() => void signOut().then(() => window.location.assign('/sign-in'))}
        >
          {shell.signOut}
        </Button>
      </p>
    </FullPage>
  );
}
