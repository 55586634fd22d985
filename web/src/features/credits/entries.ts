import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, open, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';

export interface EntryFilter {
  kind?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** The reader's own midnight at which a day begins, some days later. */
function midnight(day: string, later = 0): string {
  const d = new Date(`${day}T00:00:00`);
  d.setDate(d.getDate() + later);
  return d.toISOString();
}

const wanted = ({ kind, from, to }: EntryFilter) => ({
  ...(kind ? { kind } : {}),
  ...(from ? { from: midnight(from) } : {}),
  // the day named is included
  ...(to ? { to: midnight(to, 1) } : {}),
});

export const entriesQuery = (filter: EntryFilter) =>
  infiniteQueryOptions({
    queryKey: ['credits', 'entries', filter],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/credits/entries', {
          params: { query: pageQuery(pageParam, wanted(filter)) },
          signal,
        }),
      ),
    ...PAGES,
  });

/** The same list for a spreadsheet. */
export async function entriesCsv(filter: EntryFilter): Promise<Blob> {
  const query = new URLSearchParams(wanted(filter)).toString();
  const response = await open(`/api/credits/entries${query === '' ? '' : `?${query}`}`, {
    headers: { Accept: 'text/csv' },
  });
  return response.blob();
}
