import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import classes from './StackedBars.module.css';
import { labelStep, ticks } from './scale';

export interface Series {
  key: string;
  label: string;
  color: string;
}

interface Row {
  /** On the axis. */
  label: string;
  /** In full, for the tip and for those who listen. */
  name: string;
  values: Readonly<Record<string, number>>;
}

interface Props {
  label: string;
  series: readonly Series[];
  rows: readonly Row[];
  /** For the eye, on the axis and in the tip. */
  format: (value: number) => string;
  /** What the columns sum to is called. */
  total: string;
  height?: number;
}

const LEFT = 44;
const BOTTOM = 26;
const TOP = 8;

/**
 * A stacked bar chart in plain SVG. Mouse and touch point at a column; with the keyboard the chart is one
 * stop and the arrow keys walk the columns, spoken through the slider role. The page adds a data table.
 */
export function StackedBars({ label, series, rows, format, total, height = 300 }: Props) {
  const { ref, width } = useElementSize();
  const [active, setActive] = useState<number | null>(null);
  const totals = rows.map((r) => series.reduce((a, s) => a + (r.values[s.key] ?? 0), 0));
  const axis = ticks(Math.max(...totals, 0));
  const top = axis.at(-1) ?? 1;
  const inner = Math.max(0, width - LEFT);
  const plot = height - BOTTOM - TOP;
  const band = rows.length > 0 ? inner / rows.length : 0;
  const bar = Math.min(24, Math.max(2, band * 0.66));
  const every = labelStep(rows.length, inner);
  const y = (v: number) => TOP + plot - (v / top) * plot;
  const at = active === null ? undefined : rows[active];
  const text = (i: number) => {
    const r = rows[i];
    if (!r) return '';
    const parts = series.filter((s) => (r.values[s.key] ?? 0) > 0);
    return [
      `${r.name}: ${total} ${format(totals[i] ?? 0)}`,
      ...parts.map((s) => `${s.label} ${format(r.values[s.key] ?? 0)}`),
    ].join(', ');
  };
  const point = (clientX: number, box: DOMRect) => {
    const i = Math.floor((clientX - box.left - LEFT) / band);
    setActive(i >= 0 && i < rows.length ? i : null);
  };

  return (
    <div
      ref={ref}
      className={classes.root}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={rows.length}
      aria-valuenow={(active ?? rows.length - 1) + 1}
      aria-valuetext={text(active ?? rows.length - 1)}
      onPointerMove={(e) => point(e.clientX, e.currentTarget.getBoundingClientRect())}
      onPointerLeave={() => setActive(null)}
      onBlur={() => setActive(null)}
      onKeyDown={(e) => {
        const last = rows.length - 1;
        const from = active ?? last;
        const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last, Escape: -1 }[e.key];
        if (to === undefined) return;
        e.preventDefault();
        setActive(e.key === 'Escape' ? null : Math.min(last, Math.max(0, to)));
      }}
    >
      <svg width={width} height={height} aria-hidden>
        {axis.map((v) => (
          <g key={v} className={classes.axis}>
            <line x1={LEFT} x2={width} y1={y(v)} y2={y(v)} />
            <text x={LEFT - 10} y={y(v)} dy="0.32em" textAnchor="end">
              {format(v)}
            </text>
          </g>
        ))}
        {rows.map((r, i) => {
          const x = LEFT + i * band + (band - bar) / 2;
          let base = 0;
          return (
            <g
              key={r.name}
              className={classes.column}
              data-dim={(active !== null && active !== i) || undefined}
            >
              {series.map((s) => {
                const v = r.values[s.key] ?? 0;
                const from = base;
                base += v;
                return v > 0 ? (
                  <rect
                    key={s.key}
                    x={x}
                    width={bar}
                    y={y(base)}
                    height={Math.max(0, y(from) - y(base) - 1)}
                    rx="2"
                    fill={s.color}
                  />
                ) : null;
              })}
              {(rows.length - 1 - i) % every === 0 ? (
                <text
                  x={x + bar / 2}
                  y={height - 6}
                  textAnchor={i === rows.length - 1 ? 'end' : 'middle'}
                  dx={i === rows.length - 1 ? bar / 2 : 0}
                >
                  {r.label}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
      {at && active !== null ? (
        <div
          className={classes.tip}
          aria-hidden
          style={{ left: Math.min(Math.max(LEFT + (active + 0.5) * band, 90), Math.max(90, width - 90)) }}
        >
          <strong>{at.name}</strong>
          {series
            .filter((s) => (at.values[s.key] ?? 0) > 0)
            .map((s) => (
              <span key={s.key}>
                <i style={{ background: s.color }} />
                {s.label}
                <b className="tnum">{format(at.values[s.key] ?? 0)}</b>
              </span>
            ))}
          <span data-total>
            {total}
            <b className="tnum">{format(totals[active] ?? 0)}</b>
          </span>
        </div>
      ) : null}
    </div>
  );
}
