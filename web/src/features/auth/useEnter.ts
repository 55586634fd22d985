import { useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { acceptGrant } from '@/api/session';
import type { Grant } from '@/api/types';
import { asLang, setLang } from '@/i18n';
import { meQuery } from '@/shared/hooks/useSession';

/** Signs in with whatever gives a grant, takes over the user's own theme and language, and goes on. */
export function useEnter<Input>(door: (input: Input) => Promise<Grant>, next: string | undefined) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  return useMutation({
    mutationFn: door,
    meta: { quiet: true },
    onSuccess: async (grant) => {
      queryClient.clear();
      acceptGrant(grant);
      queryClient.setQueryData(meQuery.queryKey, grant.user);
      const { theme, language } = grant.user.preferences;
      if (theme !== 'system') setColorScheme(theme);
      await setLang(asLang(language));
      await navigate({ href: next ?? '/studio/speech', replace: true });
    },
  });
}
