import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useRef, useState } from 'react';
import { useWords } from '../text/words';
import css from './Copy.module.css';
import { Icon } from './Icon';
import { shellWords } from './text';

/** Whether something was copied in the last moment, and the act. */
export function useCopy(): [boolean, (text: string) => void] {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return [
    copied,
    (text) => {
      void navigator.clipboard.writeText(text).then(() => {
        setCopied(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setCopied(false), 1600);
      });
    },
  ];
}

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useWords(shellWords);
  const [copied, copy] = useCopy();
  const name = copied ? t.copied : (label ?? t.copy);
  return (
    <Tooltip label={name} openDelay={copied ? 0 : 400}>
      <ActionIcon size={26} aria-label={name} onClick={() => copy(text)}>
        <Icon name={copied ? 'check' : 'copy'} size={15} />
      </ActionIcon>
    </Tooltip>
  );
}

/** A line to paste into a terminal; a long one is cut off, for it is copied and not read. */
export function CommandLine({
  line,
  label,
  read = false,
}: {
  line: string;
  label: string;
  /** It is to be read, however long it is. */
  read?: boolean;
}) {
  const t = useWords(shellWords);
  const [copied, copy] = useCopy();
  const long = !read && line.length > 160;
  return (
    <div className={css.line} data-long={long || undefined} data-read={read || undefined}>
      <pre tabIndex={0} role="group" aria-label={label}>
        <code>{line}</code>
      </pre>
      {long ? (
        <Button
          className={css.copy ?? ''}
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}
          onClick={() => copy(line)}
        >
          {copied ? t.copied : t.copy}
        </Button>
      ) : (
        <CopyButton text={line} label={`${t.copy}: ${label}`} />
      )}
    </div>
  );
}
