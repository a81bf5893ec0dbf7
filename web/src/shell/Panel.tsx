import type { ReactNode } from 'react';
import css from './Panel.module.css';

/** A part of a page, with its heading. */
export function Panel({
  title,
  acts,
  className,
  children,
}: {
  title: ReactNode;
  acts?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section className={`${css.panel} ${className ?? ''}`}>
      <div className={css.head}>
        <h2>{title}</h2>
        {acts}
      </div>
      <div className={css.body}>{children}</div>
    </section>
  );
}

/** Names and what they are, one below the other. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={css.facts}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Panels side by side, in as many columns as fit. */
export function Panels({ children }: { children: ReactNode }) {
  return <div className={css.panels}>{children}</div>;
}
