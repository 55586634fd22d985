import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ApiError } from '@/api/client';
import { onSessionEnd } from '@/api/session';
import { player } from '@/shared/player/player';
import { faultText } from '@/shared/ui/faultText';
import { toast, useToastsWanted } from '@/shared/ui/toast';
import { makeRouter } from './router';
import { theme } from './theme';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // what the server refused stays refused; what broke may heal
      retry: (n, e) => n < 2 && !(e instanceof ApiError && e.status < 500),
    },
  },
  mutationCache: new MutationCache({
    onError: (e, _v, _c, m) => {
      if (!m.meta?.['quiet']) toast({ message: faultText(e), tone: 'error' });
    },
  }),
});

export const router = makeRouter(queryClient);

onSessionEnd((why) => {
  player.drop();
  queryClient.clear();
  const { href, pathname } = router.state.location;
  if (/^\/(sign-in|sign-up|setup)?$/.test(pathname)) return;
  void router.navigate(
    why === 'expired' ? { to: '/sign-in', search: { next: href, why } } : { to: '/sign-in', search: {} },
  );
});

const ToastHost = lazy(async () => ({ default: (await import('@/shared/ui/ToastHost')).ToastHost }));

export function App() {
  const toasts = useToastsWanted();
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      {toasts ? (
        <Suspense>
          <ToastHost />
        </Suspense>
      ) : null}
    </MantineProvider>
  );
}
