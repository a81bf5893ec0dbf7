import { Select, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Node } from '../api/client';
import { bytes, millis, number } from '../text/format';
import { useWords } from '../text/words';
import { type Group, groupsOf, keysOf, layOut, MOST_GROUPS, nodeAt, rttOf, seed } from './groups';
import css from './picture.module.css';
import { needsAttention } from './search';
import { pictureWords } from './pictureText';

const NARROW = 600;
const NARROW_GROUPS = 8;

/** Hub and spokes: each group of nodes around the hub, with how far it is and how much passes. */
export default function FleetPicture({
  tenant,
  nodes,
  by,
  onBy,
  onLabel,
}: {
  tenant: string;
  nodes: readonly Node[];
  /** The key of the label that makes the groups. */
  by: string | undefined;
  onBy: (key: string | undefined) => void;
  onLabel: (key: string, value: string) => void;
}) {
  const t = useWords(pictureWords);
  const navigate = useNavigate();
  const scheme = useComputedColorScheme();
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState<{ node: Node; x: number; y: number } | null>(null);

  const keys = useMemo(() => keysOf(nodes), [nodes]);
  const key = by ?? keys[0] ?? '';
  const groups = useMemo(
    () => groupsOf(nodes, key, width < NARROW ? NARROW_GROUPS : MOST_GROUPS),
    [nodes, key, width],
  );
  const sizes = groups.map((group) => group.nodes.length).join();
  const picture = useMemo(
    () =>
      width > 0 && height > 0
        ? layOut(sizes === '' ? [] : sizes.split(',').map(Number), width, height)
        : null,
    [sizes, width, height],
  );

  useEffect(() => {
    const place = canvas.current;
    const pen = place?.getContext('2d');
    if (!place || !pen || !picture) return;
    // Once for each frame, however many events came.
    const frame = requestAnimationFrame(() => {
      const style = getComputedStyle(place);
      const colour = (name: string) => style.getPropertyValue(`--fl-${name}`).trim();
      const dense = window.devicePixelRatio || 1;
      place.width = width * dense;
      place.height = height * dense;
      pen.setTransform(dense, 0, 0, dense, 0, 0);
      pen.clearRect(0, 0, width, height);
      const { hub, spacing } = picture;
      for (const [i, group] of groups.entries()) {
        const at = picture.groups[i];
        if (!at) continue;
        pen.beginPath();
        pen.moveTo(hub.x, hub.y);
        const length = Math.hypot(at.x - hub.x, at.y - hub.y) || 1;
        pen.lineTo(
          at.x - ((at.x - hub.x) / length) * at.r,
          at.y - ((at.y - hub.y) / length) * at.r,
        );
        pen.lineWidth = 1.2 + Math.min(7, Math.log10(1 + group.traffic / 1000) * 1.4);
        pen.setLineDash(group.online === 0 ? [3, 5] : []);
        pen.strokeStyle = group.online === 0 ? colour('line') : colour(far(group.rtt));
        pen.globalAlpha = group.online === 0 ? 1 : 0.55;
        pen.stroke();
        pen.globalAlpha = 1;
      }
      pen.setLineDash([]);
      const dot = Math.max(0.7, Math.min(7, spacing * 0.36));
      const paint = {
        online: colour('online'),
        offline: colour('offline'),
        warning: colour('warning'),
      };
      for (const [i, group] of groups.entries()) {
        const at = picture.groups[i];
        if (!at) continue;
        pen.beginPath();
        pen.arc(at.x, at.y, at.r, 0, 2 * Math.PI);
        pen.fillStyle = colour('surface');
        pen.fill();
        pen.lineWidth = 1;
        pen.strokeStyle = group.attention > 0 ? colour('warning') : colour('line');
        pen.stroke();
        group.nodes.forEach((node, n) => {
          const [dx, dy] = seed(n, spacing, group.nodes.length);
          pen.fillStyle =
            node.link.state !== 'online'
              ? paint.offline
              : needsAttention(node)
                ? paint.warning
                : paint.online;
          pen.globalAlpha = node.link.state === 'online' ? 1 : 0.55;
          if (dot < 1.2) pen.fillRect(at.x + dx - dot, at.y + dy - dot, dot * 2, dot * 2);
          else {
            pen.beginPath();
            pen.arc(at.x + dx, at.y + dy, dot, 0, 2 * Math.PI);
            pen.fill();
          }
        });
        pen.globalAlpha = 1;
      }
      // The hub: the ring of the mark.
      pen.beginPath();
      pen.arc(hub.x, hub.y, hub.r, 0, 2 * Math.PI);
      pen.fillStyle = style.getPropertyValue('--mantine-color-body').trim();
      pen.fill();
      pen.lineWidth = hub.r / 2.2;
      pen.strokeStyle = colour('brass');
      pen.stroke();
    });
    return () => cancelAnimationFrame(frame);
  }, [groups, picture, width, height, scheme]);

  function find(event: PointerEvent<HTMLElement>) {
    if (!picture) return null;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const node = nodeAt(picture, groups, x, y);
    return node && { node, x, y };
  }

  const online = groups.reduce((sum, group) => sum + group.online, 0);
  return (
    <div className={css.picture}>
      <div className={css.head}>
        <Select
          size="xs"
          aria-label={t.by}
          className={css.by ?? ''}
          data={keys.map((one) => ({ value: one, label: t.byLabel(one) }))}
          value={keys.includes(key) ? key : null}
          placeholder={t.noLabels}
          allowDeselect={false}
          onChange={(next) => onBy(next === keys[0] ? undefined : (next ?? undefined))}
        />
        <Legend />
      </div>
      <div ref={ref} className={css.space}>
        <canvas
          ref={canvas}
          className={css.canvas}
          role="img"
          aria-label={t.said(nodes.length, online, groups.length)}
          data-over={over !== null || undefined}
          onPointerMove={(event) => setOver(find(event))}
          onPointerLeave={() => setOver(null)}
          onClick={() => {
            if (over) {
              void navigate({
                to: '/t/$tenant/nodes/$node',
                params: { tenant, node: over.node.name },
              });
            }
          }}
        />
        {picture && (
          <span
            className={css.hub}
            style={{ left: picture.hub.x, top: picture.hub.y + picture.hub.r }}
          >
            {t.hub}
          </span>
        )}
        <ul className={css.names}>
          {picture?.groups.map((at, i) => {
            const group = groups[i];
            return (
              group && (
                <li key={`${group.others}${group.value}`} style={{ left: at.x, top: at.y + at.r }}>
                  <Name
                    tenant={tenant}
                    group={group}
                    onClick={
                      group.value === null ? undefined : () => onLabel(key, group.value as string)
                    }
                  />
                </li>
              )
            );
          })}
        </ul>
        {over && (
          <div
            className={css.over}
            style={{
              left: Math.min(over.x + 14, width - 190),
              top: Math.min(over.y + 14, height - 70),
            }}
          >
            <strong>{over.node.name}</strong>
            <span>{factsOf(over.node, t)}</span>
          </div>
        )}
      </div>
    </div>
  );
}

function far(rtt: number | null): string {
  return rtt === null || rtt < 50 ? 'sea' : rtt < 200 ? 'brass' : 'bad';
}

function factsOf(node: Node, t: (typeof pictureWords)['all']['en']): string {
  if (node.link.state !== 'online') return t.offline;
  const traffic = (node.statistics?.networkIn ?? 0) + (node.statistics?.networkOut ?? 0);
  const rtt = rttOf(node);
  return [t.online, ...(rtt === null ? [] : [millis(rtt)]), `${bytes(traffic)}/s`].join(' · ');
}

/** What a group is; a click shows only that one. */
function Name({
  tenant,
  group,
  onClick,
}: {
  tenant: string;
  group: Group;
  onClick: (() => void) | undefined;
}) {
  const t = useWords(pictureWords);
  const [only] = group.nodes;
  const name = group.others ? t.others : (group.value ?? t.without);
  const facts = [
    group.online === group.nodes.length
      ? number(group.nodes.length)
      : t.of(group.online, group.nodes.length),
    ...(group.rtt === null ? [] : [millis(group.rtt)]),
    ...(group.traffic > 0 ? [`${bytes(group.traffic)}/s`] : []),
  ].join(' · ');
  if (group.nodes.length === 1 && only && !group.others) {
    return (
      <Link to="/t/$tenant/nodes/$node" params={{ tenant, node: only.name }} className={css.name}>
        <b>{only.name}</b>
        <small>{facts}</small>
      </Link>
    );
  }
  return onClick ? (
    <button type="button" className={css.name} title={t.only(name)} onClick={onClick}>
      <b>{name}</b>
      <small>{facts}</small>
    </button>
  ) : (
    <span className={css.name}>
      <b>{name}</b>
      <small>{facts}</small>
    </span>
  );
}

function Legend() {
  const t = useWords(pictureWords);
  return (
    <ul className={css.legend}>
      <li data-of="online">{t.online}</li>
      <li data-of="attention">{t.attention}</li>
      <li data-of="offline">{t.offline}</li>
      <li data-of="thick">{t.thick}</li>
    </ul>
  );
}
