import type { ReactNode } from 'react';
import css from './Shell.module.css';
import { useTitle } from './title';

/** A page: its title, what can be done with all of it, and its content. */
export function Page({
  title,
  heading,
  acts,
  children,
}: {
  title: string;
  /** In the place of the title, with more than its text. */
  heading?: ReactNode;
  acts?: ReactNode;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        {heading ?? <h1>{title}</h1>}
        {acts && <div className={css.pageActs}>{acts}</div>}
      </div>
      {children}
    </div>
  );
}
