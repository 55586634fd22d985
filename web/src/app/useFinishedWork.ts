import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { onFinished, type Finished } from '@/shared/generations/finished';
import { useMe } from '@/shared/hooks/useSession';
import { notify } from '@/shared/lib/notify';
import { toast } from '@/shared/ui/toast';

/** When work ends, wherever the reader is: balance, prices and library are fresh, and who asked for it is told. */
export function useFinishedWork() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const wanted = useMe()?.preferences.notifications ?? false;
  const away = useRouterState({ select: (s) => s.location.pathname !== '/studio/speech' });

  const told = useEffectEvent(({ title, outcome }: Finished) => {
    void queryClient.invalidateQueries({ queryKey: ['credits'] });
    // what was spoken is kept: the same words may cost nothing now
    void queryClient.invalidateQueries({ queryKey: ['quote'] });
    void queryClient.invalidateQueries({ queryKey: ['audios'] });
    // who stopped it knows
    if (!wanted || outcome === 'canceled') return;
    const succeeded = outcome === 'succeeded';
    const message = t(succeeded ? 'finished.ready' : 'finished.failed', { title });
    if (document.hidden) void notify(t('brand'), message);
    else if (away) {
      toast({
        message,
        tone: succeeded ? 'info' : 'error',
        action: { label: t('finished.show'), run: () => void navigate({ to: '/studio/speech' }) },
      });
    }
  });
  useEffect(() => onFinished((f) => told(f)), []);
}
