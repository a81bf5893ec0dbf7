import { ActionIcon, Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../text/words';
import { useCopy } from './Copy';
import { Icon } from './Icon';
import { shellWords } from './text';

/** What is shown, as a link, a command line and `curl`; with more above where there is more. */
export function CopyMenu({
  link = false,
  cli,
  curl,
  children,
}: {
  link?: boolean;
  cli?: string;
  curl?: string;
  children?: ReactNode;
}) {
  const t = useWords(shellWords);
  const [copied, copy] = useCopy();
  return (
    <Menu width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={copied ? t.copied : t.more}>
          <Icon name={copied ? 'check' : 'more'} size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {children}
        {link && (
          <Menu.Item
            leftSection={<Icon name="link" size={16} />}
            onClick={() => copy(window.location.href)}
          >
            {t.copyLink}
          </Menu.Item>
        )}
        {cli && (
          <Menu.Item leftSection={<Icon name="terminal" size={16} />} onClick={() => copy(cli)}>
            {t.copyCli}
          </Menu.Item>
        )}
        {curl && (
          <Menu.Item leftSection={<Icon name="copy" size={16} />} onClick={() => copy(curl)}>
            {t.copyCurl}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
