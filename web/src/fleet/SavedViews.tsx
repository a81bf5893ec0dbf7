import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useMe } from '../identity/me';
import { Icon } from '../shell/Icon';
import { shellWords } from '../shell/text';
import { useWords } from '../text/words';
import { bulkWords } from './bulkText';
import css from './bulk.module.css';
import { type FleetSearch, readFleetSearch } from './search';
import {
  isShown,
  keepViews,
  LONGEST_NAME,
  MOST_VIEWS,
  readViews,
  type View,
  withView,
} from './views';

/** Views by their names: to show one, to keep what is shown as one, to forget one. */
export function SavedViews({
  tenant,
  search,
  columns,
  show,
}: {
  tenant: string;
  search: FleetSearch;
  columns: string[];
  show: (view: View) => void;
}) {
  const t = useWords(bulkWords);
  const { user } = useMe();
  const who = `${user.name}@${user.tenant}`;
  const [views, setViews] = useState(() => readViews(who, tenant, readFleetSearch));
  const [naming, setNaming] = useState(false);
  const shown = views.find((view) => isShown(view, search, columns));

  function keep(next: View[]) {
    keepViews(who, tenant, next);
    setViews(next);
  }

  return (
    <>
      <Menu width={240} position="bottom-start">
        <Menu.Target>
          <Button variant="default" size="xs" leftSection={<Icon name="view" size={16} />}>
            <span className={css.viewName}>{shown ? shown.name : t.views}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={css.viewMenu}>
          {views.length === 0 && <Menu.Label>{t.noViews}</Menu.Label>}
          {views.map((view) => (
            <div key={view.name} className={css.view}>
              <Menu.Item
                data-shown={view === shown || undefined}
                leftSection={
                  view === shown ? (
                    <Icon name="check" size={14} />
                  ) : (
                    <span className={css.noCheck} />
                  )
                }
                onClick={() => show(view)}
              >
                {view.name}
              </Menu.Item>
              <Menu.Item
                className={css.forget ?? ''}
                aria-label={t.forgetView(view.name)}
                title={t.forgetView(view.name)}
                closeMenuOnClick={false}
                onClick={() => keep(views.filter((one) => one !== view))}
              >
                <Icon name="close" size={14} />
              </Menu.Item>
            </div>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<Icon name="add" size={14} />}
            disabled={views.length >= MOST_VIEWS}
            onClick={() => setNaming(true)}
          >
            {t.saveView}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {naming && (
        <NameView
          views={views}
          close={() => setNaming(false)}
          save={(name) => keep(withView(views, { name, search, columns }))}
        />
      )}
    </>
  );
}

function NameView({
  views,
  close,
  save,
}: {
  views: readonly View[];
  close: () => void;
  save: (name: string) => void;
}) {
  const t = useWords(bulkWords);
  const shell = useWords(shellWords);
  const [typed, setTyped] = useState('');
  const name = typed.trim();

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!name) return;
    save(name);
    close();
  }

  return (
    <Modal
      opened
      onClose={close}
      title={t.saveView}
      closeButtonProps={{ 'aria-label': shell.close }}
    >
      <form className={css.form} onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t.viewNameLabel}
          description={t.viewWhat}
          maxLength={LONGEST_NAME}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div className={css.formActs}>
          <Button type="submit" disabled={!name}>
            {views.some((view) => view.name === name) ? t.replaceView : t.keepView}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
