import { queryOptions } from '@tanstack/react-query';
import { ApiError, open } from '@/api/client';

/** Whose purchases can be walked through here. */
export interface FlowOffer {
  /** The simulator's page: there notices are made late, double, forged or lost. */
  simulator: string;
  providers: readonly string[];
}

/** Null where there is no simulator: the route does not exist, so it is not in the description of the API either. */
export const flowOfferQuery = queryOptions({
  queryKey: ['dev', 'payment-flow'],
  staleTime: Infinity,
  queryFn: async ({ signal }) => {
    try {
      const response = await open('/api/dev/payment-flow', { signal });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's shape
      return ((await response.json()) as { data: FlowOffer }).data;
    } catch (e) {
      if (e instanceof ApiError && e.status === 404) return null;
      throw e;
    }
  },
});
