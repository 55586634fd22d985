import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import type { ProfileUpdate } from '@/api/types';
import { meQuery } from '@/shared/hooks/useSession';

export function useSaveProfile() {
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: ProfileUpdate) => unwrap(api.PUT('/api/auth/me', { body })),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
  });
}
