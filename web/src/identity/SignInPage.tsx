import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { answer, api } from '../api/client';
import { Wordmark } from '../design';
import { AwayBanner } from '../shell/AwayBanner';
import { useTitle } from '../shell/title';
import { LanguageSwitch } from '../text/LanguageSwitch';
import { useWords } from '../text/words';
import { SignInForm } from './SignInForm';
import css from './SignInPage.module.css';
import { identityWords } from './text';

/** What anybody may see: what this is, and how to come in. */
export function SignInPage() {
  const t = useWords(identityWords);
  const { next } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const navigate = useNavigate();
  const { data: hub } = useQuery({
    queryKey: ['hub'],
    queryFn: () => answer(api.GET('/api/v1/hub')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useTitle(t.title);

  function done() {
    // Only a path of this console, whatever the address says.
    if (next?.startsWith('/') && !next.startsWith('//')) router.history.push(next);
    else void navigate({ to: '/' });
  }

  return (
    <div className={css.page}>
      <AwayBanner />
      <Lines />
      <main className={css.card}>
        <Wordmark />
        <h1 className={css.title}>{hub ? t.to(hub.name) : t.title}</h1>
        <p className={css.about}>{t.about}</p>
        <SignInForm done={done} />
        <details className={css.first}>
          <summary>{t.firstTime}</summary>
          <p>{t.firstTimeWhere}</p>
          <code className="fl-mono">fairlead hub reset-password</code>
        </details>
      </main>
      <footer className={css.foot}>
        {hub && (
          <details>
            <summary>
              {t.version} <span className="fl-number">{hub.version}</span> · {t.fingerprint}{' '}
              <span className="fl-mono">{hub.fingerprint.slice(0, 8)}…</span>
            </summary>
            <p>{t.fingerprintWhy}</p>
            <code className="fl-mono">{hub.fingerprint}</code>
          </details>
        )}
        <LanguageSwitch />
      </footer>
    </div>
  );
}

/** Lines from far away that meet in one ring: what a hub is. */
function Lines() {
  return (
    <svg
      className={css.lines}
      viewBox="0 0 1200 800"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      {[40, 150, 255, 350, 450, 545, 650, 760].map((y, i) => (
        <path
          key={y}
          d={`M-20 ${y} C 260 ${y}, 330 400, 600 400 S 960 ${800 - y * 0.9 - 40}, 1220 ${760 - y + ((i * 37) % 60)}`}
        />
      ))}
      <circle cx="600" cy="400" r="330" />
    </svg>
  );
}
