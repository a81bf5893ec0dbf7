import { Button, Drawer } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useNow } from '../shell/useNow';
import { ago, time } from '../text/format';
import { useWords } from '../text/words';
import css from './notify.module.css';
import type { Notice } from './notices';
import { notifyWords } from './text';

const SHOWN = 8;

/** What happened, newest first. */
export default function List({
  tenant,
  notices,
  open,
  clear,
  close,
}: {
  tenant: string;
  notices: readonly Notice[];
  open: boolean;
  clear: () => void;
  close: () => void;
}) {
  const t = useWords(notifyWords);
  const now = useNow();
  return (
    <Drawer
      opened={open}
      onClose={close}
      position="right"
      size="sm"
      title={t.title}
      closeButtonProps={{ 'aria-label': t.close }}
    >
      {notices.length === 0 ? (
        <div className={css.none}>
          <strong>{t.none}</strong>
          <p>{t.noneWhat}</p>
        </div>
      ) : (
        <>
          <ol className={css.list}>
            {notices.map((one) => {
              const at = new Date(one.at).toISOString();
              return (
                <li key={one.id} data-kind={one.kind}>
                  <span className={css.head}>
                    <strong>{t.kinds[one.kind](one.count)}</strong>
                    <time dateTime={at} title={time(at)}>
                      {ago(at, now)}
                    </time>
                  </span>
                  {one.names.length > 0 && (
                    <span className={css.names}>
                      {one.names.slice(0, SHOWN).map((name) =>
                        one.kind === 'pairing-waits' ? (
                          <span key={name}>{name}</span>
                        ) : (
                          <Link
                            key={name}
                            to="/t/$tenant/nodes/$node"
                            params={{ tenant, node: name }}
                            onClick={close}
                          >
                            {name}
                          </Link>
                        ),
                      )}
                      {one.names.length > SHOWN && <span>{t.more(one.names.length - SHOWN)}</span>}
                    </span>
                  )}
                  {one.kind === 'pairing-waits' && (
                    <Link
                      to="/t/$tenant/add"
                      params={{ tenant }}
                      search={{ by: 'code' }}
                      onClick={close}
                    >
                      {t.approve}
                    </Link>
                  )}
                  {one.cause && <span className={css.cause}>{t.cause(one.cause)}</span>}
                </li>
              );
            })}
          </ol>
          <Button variant="default" size="xs" onClick={clear}>
            {t.clear}
          </Button>
        </>
      )}
    </Drawer>
  );
}
