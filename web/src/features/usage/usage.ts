import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, open, unwrap } from '@/api/client';
import type { PeriodUsage } from '@/api/types';
import type { UsageSearch } from '@/app/search';
import { usd } from '@/shared/lib/format';

export const RANGES = [7, 30, 90, 365] as const;
export const KINDS = ['speech', 'chat', 'image', 'video', 'transcription', 'embedding'] as const;
export type Kind = (typeof KINDS)[number];

/** One colour for each kind of work, the same in every chart. */
export const COLORS: Record<Kind, string> = {
  speech: '#10866c',
  chat: '#5a93bf',
  image: '#d5b25c',
  video: '#ec8a70',
  transcription: '#8f70a8',
  embedding: '#8a8f98',
};

const DAY = 86_400_000;
/** Longer spans are drawn by month. */
const MOST_BARS = 100;

/** The first and last day asked for, both included. The server counts days in UTC, and so does this page. */
export interface Span {
  from: string;
  to: string;
}

const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const time = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** What the address asks for; a half-open pair of dates is completed, a crossed one is turned round. */
export function spanOf({ days, from, to }: UsageSearch, now = Date.now()): Span {
  const today = iso(now);
  if (!from && !to) return { from: iso(time(today) - ((days ?? 30) - 1) * DAY), to: today };
  const last = to ?? (from && from > today ? from : today);
  const first = from ?? iso(time(last) - 29 * DAY);
  return first <= last ? { from: first, to: last } : { from: last, to: first };
}

export const lengthOf = ({ from, to }: Span) => Math.round((time(to) - time(from)) / DAY) + 1;
export const byMonth = (span: Span) => lengthOf(span) > MOST_BARS;

/** Every day or month of a span, those without use too. */
export function periodsOf(span: Span): string[] {
  if (!byMonth(span)) return Array.from({ length: lengthOf(span) }, (_, i) => iso(time(span.from) + i * DAY));
  const [year = 0, month = 0] = span.from.split('-').map(Number);
  const [lastYear = 0, lastMonth = 0] = span.to.split('-').map(Number);
  const count = (lastYear - year) * 12 + lastMonth - month + 1;
  return Array.from({ length: count }, (_, i) => iso(Date.UTC(year, month - 1 + i, 1)).slice(0, 7));
}

export type Measure = 'credits' | 'calls';

/** A column of the chart for each period, by kind. Kinds this page does not know yet are left to the table. */
export function columns(periods: readonly string[], items: readonly PeriodUsage[], measure: Measure) {
  const found = new Map(items.map((i) => [i.period, i]));
  return periods.map((period) => ({
    period,
    values: Object.fromEntries(
      (found.get(period)?.services ?? []).map((s) => [
        s.service,
        measure === 'credits' ? s.credits : s.count,
      ]),
    ),
  }));
}

const query = (search: UsageSearch) => {
  const { service, model, everyone } = search;
  return {
    ...spanOf(search),
    ...(service ? { service } : {}),
    ...(model ? { model } : {}),
    ...(everyone ? { everyone } : {}),
  };
};

export const totalsQuery = (search: UsageSearch) =>
  queryOptions({
    queryKey: ['usage', 'total', query(search)],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/stats/usage', { params: { query: query(search) }, signal })),
    placeholderData: keepPreviousData,
  });

export const seriesQuery = (search: UsageSearch) =>
  queryOptions({
    queryKey: ['usage', 'series', query(search)],
    queryFn: ({ signal }) =>
      unwrap(
        byMonth(spanOf(search))
          ? api.GET('/api/stats/usage/monthly', { params: { query: query(search) }, signal })
          : api.GET('/api/stats/usage/daily', { params: { query: query(search) }, signal }),
      ),
    placeholderData: keepPreviousData,
  });

/** Every day by model, for a spreadsheet. */
export async function usageCsv(search: UsageSearch): Promise<Blob> {
  const parameters = new URLSearchParams(
    Object.entries(query(search)).map(([k, v]): [string, string] => [k, String(v)]),
  );
  const response = await open(`/api/stats/usage/daily?${parameters}`, { headers: { Accept: 'text/csv' } });
  return response.blob();
}

interface Costs {
  count: number;
  ownKeyCount: number;
  unknownCosts?: number | null;
  costUsd?: number | null;
}

/** Whether anything is known of what these calls cost us; those with keys of users' own cost us nothing. */
export const knowsCost = (of: Costs) =>
  typeof of.costUsd === 'number' &&
  (of.costUsd > 0 || !of.unknownCosts || of.unknownCosts < of.count - of.ownKeyCount);

/** A cost, or the margin that follows from it; a dash where the cost is unknown, for then both would be made up. */
export const money = (of: Costs, value: number | null | undefined) =>
  typeof value === 'number' && knowsCost(of) ? usd(value) : '—';
