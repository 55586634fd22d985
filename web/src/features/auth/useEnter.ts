import { useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { acceptGrant } from '@/api/session';
import type { Grant, User } from '@/api/types';
import { asLang, setLang } from '@/i18n';
import { meQuery } from '@/shared/hooks/useSession';

/** Takes over the theme and language of whoever has just come in, and goes on. */
export function useWelcome(next: string | undefined) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  return async (user: User) => {
    queryClient.clear();
    queryClient.setQueryData(meQuery.queryKey, user);
    const { theme, language } = user.preferences;
    if (theme !== 'system') setColorScheme(theme);
    await setLang(asLang(language));
    await navigate({ href: next ?? '/studio/speech', replace: true });
  };
}

/** Signs in with whatever gives a grant. */
export function useEnter<Input>(door: (input: Input) => Promise<Grant>, next: string | undefined) {
  const welcome = useWelcome(next);
  return useMutation({
    mutationFn: door,
    meta: { quiet: true },
    onSuccess: (grant) => {
      acceptGrant(grant);
      return welcome(grant.user);
    },
  });
}
