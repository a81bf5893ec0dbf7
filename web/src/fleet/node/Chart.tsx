import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { axisTime } from '../../text/format';
import css from './node.module.css';
import type { Lines } from './range';

const HEIGHT = 148;
const BINARY = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** One chart: of each line the mean, and the least to the greatest as a band around it. */
export function Chart({
  data,
  span: [from, to],
  top,
  binary = false,
  format,
  onZoom,
  onPoint,
}: {
  data: Lines;
  span: [from: number, to: number];
  /** The greatest value that the axis has, whatever is shown; null where that decides. */
  top: number | null;
  /** The axis has steps that are round in binary units. */
  binary?: boolean;
  format: (value: number) => string;
  onZoom: (from: number, to: number) => void;
  /** The point under the pointer, of this chart or of one beside it. */
  onPoint: (index: number | null) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme();
  const latest = useRef({ onZoom, onPoint, format, span: [from, to] as [number, number] });
  latest.current = { onZoom, onPoint, format, span: [from, to] };
  const count = data.lines.length;

  useEffect(() => {
    const place = box.current;
    if (!place) return;
    const style = getComputedStyle(place);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const strokes = [colour('--fl-sea'), colour('--fl-brass')];
    const dim = colour('--mantine-color-dimmed');
    const grid = { stroke: colour('--fl-line-soft'), width: 1 };
    const font = `11px ${style.fontFamily}`;
    const hidden = { show: false };
    const made = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        legend: hidden,
        padding: [8, 8, 0, 0],
        cursor: {
          // The others follow the pointer; what is dragged is this one's.
          sync: { key: 'node', filters: { pub: (type) => /^mouse(move|leave)$/.test(type) } },
          drag: { x: true, y: false, setScale: false },
          points: { size: 7, width: 2 },
          y: false,
        },
        scales: {
          x: { time: true, range: () => latest.current.span },
          y: { range: (_, __, max) => [0, top ?? (max > 0 ? max * 1.15 : 1)] },
        },
        axes: [
          {
            stroke: dim,
            font,
            grid: hidden,
            ticks: { stroke: grid.stroke, width: 1, size: 4 },
            size: 28,
            space: 64,
            values: (_, ticks) =>
              ticks.map((at) => axisTime(at, latest.current.span[1] - latest.current.span[0])),
          },
          {
            stroke: dim,
            font,
            grid,
            ticks: hidden,
            size: 58,
            gap: 6,
            space: 32,
            ...(binary ? { incrs: BINARY } : {}),
            values: (_, ticks) => ticks.map((value) => latest.current.format(value)),
          },
        ],
        series: [
          {},
          ...Array.from({ length: count }, (_, i) => [
            { stroke: 'transparent', points: hidden },
            { stroke: 'transparent', points: hidden },
            {
              stroke: strokes[i] ?? dim,
              width: 1.75,
              // A time that stands alone makes no line.
              points: { size: 5, fill: strokes[i] ?? dim, width: 0, filter: alone },
            },
          ]).flat(),
        ],
        bands: Array.from({ length: count }, (_, i) => ({
          series: [3 * i + 2, 3 * i + 1] as [number, number],
          fill: `${strokes[i]}2e`,
        })),
        hooks: {
          setSelect: [
            (u) => {
              if (u.select.width > 6) {
                const begin = u.posToVal(u.select.left, 'x');
                const end = u.posToVal(u.select.left + u.select.width, 'x');
                latest.current.onZoom(begin, end);
              }
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
          setCursor: [(u) => latest.current.onPoint(u.cursor.idx ?? null)],
        },
      },
      Array.from({ length: 1 + 3 * count }, () => []) as unknown as uPlot.AlignedData,
      place,
    );
    plot.current = made;
    const sizes = new ResizeObserver(() =>
      made.setSize({ width: place.clientWidth, height: HEIGHT }),
    );
    sizes.observe(place);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [scheme, count, top, binary]);

  useEffect(() => {
    plot.current?.setData([
      data.at,
      ...data.lines.flatMap(([min, mean, max]) => [min, max, mean]),
    ] as uPlot.AlignedData);
  }, [data, from, to, scheme, count, top, binary]);

  return <div ref={box} className={css.chart} style={{ height: HEIGHT }} />;
}

function alone(u: uPlot, series: number): number[] {
  const values = u.data[series] ?? [];
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  }
  return found;
}
