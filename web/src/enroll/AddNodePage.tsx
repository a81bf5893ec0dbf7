import { Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { may, useMe } from '../identity/me';
import { Page } from '../shell/Page';
import { useWords } from '../text/words';
import { ByCode } from './ByCode';
import { ByLine } from './ByLine';
import css from './enroll.module.css';
import { enrollWords } from './text';

export function AddNodePage() {
  const t = useWords(enrollWords);
  const me = useMe();
  const { tenant } = useParams({ from: '/inside/t/$tenant/add' });
  const { by } = useSearch({ from: '/inside/t/$tenant/add' });
  const navigate = useNavigate();
  const mayLine = may(me, tenant, 'admin', true);
  return (
    <Page title={t.title}>
      <p className={css.intro}>{t.intro}</p>
      <Tabs
        value={by ?? (mayLine ? 'line' : 'code')}
        onChange={(next) =>
          void navigate({
            to: '.',
            search: { by: next === 'code' ? 'code' : 'line' },
            replace: true,
          })
        }
        keepMounted
        className={css.tabs}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="line">{t.byLine}</Tabs.Tab>
          <Tabs.Tab value="code">{t.byCode}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="line">
          {mayLine ? <ByLine tenant={tenant} /> : <p>{t.noRight}</p>}
        </Tabs.Panel>
        <Tabs.Panel value="code">
          <ByCode tenant={tenant} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
