/** How every list of the server goes on: from where the page before ended. Spread it into an infinite query. */
export const PAGES = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { nextCursor?: string | null }) => last.nextCursor ?? undefined,
};

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The query of one page: what of the filter is set, and where the page begins. */
export function pageQuery<T extends object>(cursor: string | undefined, filter: T, limit = 50) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same members, less those that are not set
  const given = Object.fromEntries(Object.entries(filter).filter(([, v]) => Boolean(v))) as Given<T>;
  return { ...given, limit, ...(cursor ? { cursor } : {}) };
}
