import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { hub } from '../api/hub';
import { HubAway } from '../api/problem';
import { Mark } from '../design';
import { useWords } from '../text/words';
import { AwayBanner } from './AwayBanner';
import { ErrorNotice } from './ErrorNotice';
import css from './notice.module.css';
import { shellWords } from './text';
import { useTitle } from './title';

/** A page that has nothing but a message. */
export function FullPage({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <main className={css.full}>
      <div>
        <Mark size={40} />
      </div>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

export function NotFoundPage() {
  const t = useWords(shellWords);
  return (
    <FullPage title={t.notFound}>
      <p>{t.notFoundWhat}</p>
      <p>
        <Button component={Link} to="/" variant="light">
          {t.home}
        </Button>
      </p>
    </FullPage>
  );
}

/** What stands in the place of a page that could not be shown; of an absent hub, until it is back. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useWords(shellWords);
  const away = error instanceof HubAway;
  useEffect(() => (away ? hub.whenBack(reset) : undefined), [away, reset]);
  if (away) {
    return (
      <FullPage title={t.awayPage}>
        <p>{t.awayWhat}</p>
        <AwayBanner />
      </FullPage>
    );
  }
  return (
    <FullPage title={t.failed}>
      <ErrorNotice error={error} />
      <p>
        <Button variant="light" onClick={() => window.location.reload()}>
          {t.reload}
        </Button>
      </p>
    </FullPage>
  );
}
