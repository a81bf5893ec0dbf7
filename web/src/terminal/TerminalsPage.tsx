import '@xterm/xterm/css/xterm.css';
import '@fontsource-variable/geist-mono/index.css';
import {
  ActionIcon,
  Button,
  Menu,
  Modal,
  TextInput,
  useComputedColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Icon } from '../shell/Icon';
import { useTitle } from '../shell/title';
import { useWords } from '../text/words';
import { Copies } from './Copies';
import { copying } from './copies';
import { Detached } from './Detached';
import { desk, type Tab } from './desk';
import { panes } from './layout';
import { placeOf } from './logins';
import { NodeMenu } from './NodeMenu';
import { OtherLogins } from './OtherLogins';
import type { Pane } from './Pane';
import { SplitView } from './SplitView';
import css from './terminal.module.css';
import { terminalWords } from './text';

/** Terminals in tabs, which may be split; and those of the reader that are shown nowhere. */
export function TerminalsPage() {
  const t = useWords(terminalWords);
  const { tenant } = useParams({ from: '/inside/t/$tenant' });
  const { node, login } = useSearch({ from: '/inside/t/$tenant/terminals' });
  const navigate = useNavigate();
  const { tabs, active } = useSyncExternalStore(desk.subscribe, desk.state);
  // As it is shown, for the system may change it while the choice is the same.
  const colorScheme = useComputedColorScheme();
  const [downloads, setDownloads] = useState(false);
  const here = tabs.filter((tab) => tab.tenant === tenant);
  const shown = here.find((tab) => tab.id === active) ?? here.at(-1);
  useTitle(shown ? t.one(titleOf(shown)) : t.title);

  // The address asks for one, once: a page that is loaded anew must not open another.
  useEffect(() => {
    if (node) {
      desk.open(tenant, node, login ?? null);
      void navigate({ to: '.', search: {}, replace: true });
    }
  }, [node, login, tenant, navigate]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: on each change of the colours
  useEffect(() => {
    // Once the page has them.
    const soon = requestAnimationFrame(() => {
      for (const tab of here) for (const pane of panes(tab.layout)) pane.themed();
    });
    return () => cancelAnimationFrame(soon);
  }, [colorScheme]);

  if (!shown) {
    return (
      <div className={css.empty}>
        <h1>{t.emptyTitle}</h1>
        <p>{t.emptyWhat}</p>
        <NodeMenu tenant={tenant}>
          <Button leftSection={<Icon name="terminal" />}>{t.open}</Button>
        </NodeMenu>
        <Detached tenant={tenant} />
      </div>
    );
  }
  return (
    <div className={css.desk}>
      <div className={css.tabs}>
        <VisuallyHidden component="h1">{t.one(titleOf(shown))}</VisuallyHidden>
        <ul aria-label={t.tabs} className={css.tabList}>
          {here.map((tab) => (
            <TabHead key={tab.id} tab={tab} active={tab === shown} />
          ))}
        </ul>
        <NodeMenu tenant={tenant}>
          <ActionIcon aria-label={t.open}>
            <Icon name="add" />
          </ActionIcon>
        </NodeMenu>
        <PaneActs tab={shown} onDownload={() => setDownloads(true)} />
      </div>
      <div className={css.body} key={shown.id}>
        <SplitView split={shown.layout} tab={shown} />
      </div>
      <Copies />
      <Detached tenant={tenant} brief />
      {downloads && <Download pane={shown.active} onClose={() => setDownloads(false)} />}
    </div>
  );
}

function titleOf(tab: Tab): string {
  return tab.active.title || placeOf(tab.active.node, tab.active.login);
}

function TabHead({ tab, active }: { tab: Tab; active: boolean }) {
  const t = useWords(terminalWords);
  const title = titleOf(tab);
  const state = tab.active.stream.state.at;
  return (
    <li className={css.tab} data-active={active || undefined}>
      <button
        type="button"
        aria-current={active}
        className={css.tabName}
        onClick={() => desk.show(tab.id)}
      >
        <span className={css.dot} data-state={state} />
        {title}
      </button>
      <button
        type="button"
        className={css.tabClose}
        aria-label={t.closeTab(title)}
        onClick={() => desk.closeTab(tab)}
      >
        <Icon name="close" size={12} />
      </button>
    </li>
  );
}

/** Files to copy to the node of a terminal. */
async function chooseFiles(pane: Pane): Promise<void> {
  const chooser = document.createElement('input');
  chooser.type = 'file';
  chooser.multiple = true;
  const chosen = new Promise<File[]>((done) => {
    chooser.onchange = () => done([...(chooser.files ?? [])]);
  });
  chooser.click();
  for (const file of await chosen) copying.upload(pane, file);
}

function Download({ pane, onClose }: { pane: Pane; onClose: () => void }) {
  const t = useWords(terminalWords);
  const [path, setPath] = useState(() => pane.xterm.getSelection().trim().split('\n')[0] ?? '');
  return (
    <Modal opened onClose={onClose} title={t.download}>
      <form
        className={css.download}
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim()) copying.download(pane, path.trim());
          onClose();
        }}
      >
        <TextInput
          data-autofocus
          label={t.downloadPath}
          value={path}
          maxLength={1024}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Button type="submit">{t.downloadIt}</Button>
      </form>
    </Modal>
  );
}

function PaneActs({ tab, onDownload }: { tab: Tab; onDownload: () => void }) {
  const t = useWords(terminalWords);
  const pane = tab.active;
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t.acts(pane.node)} className={css.acts} data-acts>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="columns" />} onClick={() => desk.split(pane, 'row')}>
          {t.splitRight}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="nodes" />} onClick={() => desk.split(pane, 'column')}>
          {t.splitDown}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="search" />} onClick={() => pane.find()}>
          {t.find}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="copy" />} onClick={() => pane.copy()}>
          {t.copy}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="copy" />} onClick={() => void pane.paste()}>
          {t.paste}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="up" />} onClick={() => void chooseFiles(pane)}>
          {t.upload}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="download" />} onClick={onDownload}>
          {t.download}
        </Menu.Item>
        <OtherLogins pane={pane} />
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="close" />} onClick={() => desk.close(pane)}>
          {t.close}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
