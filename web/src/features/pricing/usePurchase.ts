import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { maybeSignedIn } from '@/api/session';
import { currentLang } from '@/i18n';
import { agreementQuery } from '@/shared/hooks/useAgreement';
import { sessionQuery } from '@/shared/hooks/useSession';
import { useBuy, type Wanted } from '@/shared/payments/payments';

/** After this long without an answer the reader is told, in ms: most servers that are well answer sooner. */
const SLOW = 1500;

type Choice = Wanted & { provider: string };

/**
 * Buying from a page that shows its goods before anybody is known: what was chosen waits for the session, however long the server needs,
 * and for the terms. The newest choice replaces the one before; leaving the page drops it.
 */
export function usePurchase() {
  const client = useQueryClient();
  const session = useQuery({ ...sessionQuery, enabled: maybeSignedIn() });
  const [slow] = useDebouncedValue(session.isFetching, SLOW);
  const [waiting, setWaiting] = useState<Choice | null>(null);
  const newest = useRef<Choice | null>(null);
  const buy = useBuy();
  useEffect(
    () => () => {
      newest.current = null;
    },
    [],
  );

  const choose = async (choice: Choice) => {
    newest.current = choice;
    buy.reset();
    setWaiting(choice);
    const { data: known } = await session.refetch({ cancelRefetch: false });
    // where the server does not say, nothing is asked: an order can be paid without it
    const terms = known
      ? await client.ensureQueryData(agreementQuery(currentLang())).catch(() => null)
      : null;
    if (newest.current !== choice) return;
    newest.current = null;
    setWaiting(null);
    if (known && terms?.upToDate !== false) buy.mutate(choice);
  };
  const drop = () => {
    newest.current = null;
    setWaiting(null);
  };

  const going = buy.isPending || (buy.isSuccess && !buy.data.because) ? buy.variables : waiting;
  return {
    buy,
    choose: (choice: Choice) => void choose(choice),
    drop,
    /** Chosen, and not yet ordered. */
    waiting,
    /** What is being opened. */
    going,
    /** Somebody is signed in, and the server has said so. */
    known: session.data === true,
    /** Who is signed in cannot be said at the moment. */
    away: session.isFetching && (slow || session.failureCount > 0),
    fault: session.error,
  };
}
