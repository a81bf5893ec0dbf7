import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, memo, useState } from 'react';
import { useMe } from '../identity/me';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { shellWords } from '../shell/text';
import { useWords } from '../text/words';
import { bulkWords } from './bulkText';
import css from './bulk.module.css';
import type { FleetSearch } from './search';
import {
  forgetView,
  isShown,
  keepView,
  LONGEST_NAME,
  MOST_VIEWS,
  type View,
  viewsQuery,
} from './views';

/** Views by their names: to show one, to keep what is shown as one, to forget one. */
export const SavedViews = memo(function SavedViews({
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
  const me = useMe();
  const client = useQueryClient();
  const query = viewsQuery(me, tenant);
  const { data: views = [], error } = useQuery(query);
  const [naming, setNaming] = useState(false);
  const shown = views.find((view) => isShown(view, search, columns));
  const changed = () => client.invalidateQueries({ queryKey: query.queryKey });
  const forgetting = useMutation({
    mutationFn: (view: View) => forgetView(tenant, view),
    onSettled: changed,
  });

  return (
    <>
      <Menu width={240} position="bottom-start">
        <Menu.Target>
          <Button variant="default" size="xs" leftSection={<Icon name="view" size={16} />}>
            <span className={css.viewName}>{shown ? shown.name : t.views}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={css.viewMenu}>
          <ErrorNotice error={error ?? forgetting.error} />
          {!error && views.length === 0 && <Menu.Label>{t.noViews}</Menu.Label>}
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
                onClick={() => forgetting.mutate(view)}
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
          save={async (name) => {
            await keepView(tenant, { name, search, columns });
            await changed();
          }}
        />
      )}
    </>
  );
});

function NameView({
  views,
  close,
  save,
}: {
  views: readonly View[];
  close: () => void;
  save: (name: string) => Promise<void>;
}) {
  const t = useWords(bulkWords);
  const shell = useWords(shellWords);
  const [typed, setTyped] = useState('');
  const name = typed.trim();
  const saving = useMutation({ mutationFn: () => save(name), onSuccess: close });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name && !saving.isPending) saving.mutate();
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
        <ErrorNotice error={saving.error} />
        <div className={css.formActs}>
          <Button type="submit" disabled={!name} loading={saving.isPending}>
            {views.some((view) => view.name === name) ? t.replaceView : t.keepView}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
