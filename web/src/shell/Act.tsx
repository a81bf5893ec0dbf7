import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useWords } from '../text/words';
import css from './Act.module.css';
import { useCopy } from './Copy';
import { ErrorNotice } from './ErrorNotice';
import { Icon } from './Icon';
import { shellWords } from './text';

/** A dialog for one act: what it does, the act, and the same as a command line and as `curl`. */
export function ActDialog<T>({
  title,
  act,
  danger = false,
  ready = true,
  run,
  done,
  close,
  cli,
  curl,
  children,
}: {
  title: string;
  /** What the button says. */
  act: string;
  danger?: boolean;
  /** Whether what is typed suffices. */
  ready?: boolean;
  run: () => Promise<T>;
  /** After the act; the dialog closes unless this says otherwise by returning false. */
  done?: (result: T) => boolean | void;
  close: () => void;
  cli?: string;
  curl?: string;
  children?: ReactNode;
}) {
  const t = useWords(shellWords);
  const acting = useMutation({
    mutationFn: run,
    onSuccess: (result) => {
      if (done?.(result) !== false) close();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation();
    if (ready && !acting.isPending) acting.mutate();
  }

  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': t.close }}>
      <form className={css.form} onSubmit={submit}>
        {children}
        <ErrorNotice error={acting.error} />
        <div className={css.foot}>
          {cli && <CopyAs text={cli} label={t.asCli} name={t.copyCli} />}
          {curl && <CopyAs text={curl} label="curl" name={t.copyCurl} />}
          <span className={css.space} />
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <Button
            type="submit"
            {...(danger ? { color: 'coral' } : {})}
            disabled={!ready}
            loading={acting.isPending}
          >
            {act}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** An act as text to copy: `fairlead ...`, or `curl`. */
export function CopyAs({ text, label, name }: { text: string; label: string; name: string }) {
  const t = useWords(shellWords);
  const [copied, copy] = useCopy();
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      title={text}
      aria-label={`${label}: ${copied ? t.copied : name}`}
      leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
      onClick={() => copy(text)}
    >
      {label}
    </Button>
  );
}
