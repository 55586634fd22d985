import { open } from '@/api/client';

// These routes exist beside a simulator only, so they are not in the generated description of the API.

/** An event on its way from the provider. */
export interface FlowEvent {
  eventId: string;
  type: string;
  delivery: 'underWay' | 'held' | 'delivered' | 'lost';
  attempts: number;
  /** What this server answered last; 0 for nothing. */
  status: number;
  /** What became of it here; null while it has not arrived. */
  state: 'waiting' | 'applied' | 'nothing' | 'refused' | null;
  error: string | null;
}

/** An order as its provider sees it. */
export interface Sight {
  /** HTTP status of the page to pay on; 0 when nobody answers there, null once it has been paid. */
  page: number | null;
  checkoutId: string | null;
  paymentId: string | null;
  subscriptionId: string | null;
  events: readonly FlowEvent[];
}

async function ask<T>(path: string, method = 'GET'): Promise<T> {
  const response = await open(`/api/dev/payment-flow${path}`, { method });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the shapes above are the server's
  return ((await response.json()) as { data: T }).data;
}

export const look = (order: string) => ask<Sight>(`/orders/${order}`);
export const pay = (order: string) => ask<{ returnUrl: string }>(`/orders/${order}/pay`, 'POST');
export const takeBack = (order: string, how: 'refund' | 'dispute') =>
  ask<unknown>(`/orders/${order}/${how}`, 'POST');
export const endSubscription = () => ask<unknown>('/subscription/end', 'POST');
