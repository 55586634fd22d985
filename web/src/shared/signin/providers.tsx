import { IconBrandGithub, IconBrandGoogle, IconKey } from '@tabler/icons-react';
import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';

/** Who else this server lets say who somebody is; it hardly ever changes. */
export const providersQuery = queryOptions({
  queryKey: ['sign-in providers'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/auth/oauth', { signal })),
  staleTime: 60 * 60_000,
});

export function ProviderIcon({ name }: { name: string }) {
  const Icon = name === 'github' ? IconBrandGithub : name === 'google' ? IconBrandGoogle : IconKey;
  return <Icon size={20} stroke={1.7} aria-hidden />;
}
