import { Button, Divider } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ProviderIcon, providersQuery } from '@/shared/signin/providers';
import classes from './AuthLayout.module.css';

interface Props {
  next?: string | undefined;
  /** Stands over a form that is another way in. */
  divided?: boolean;
}

/** A way in for each provider that is set up; nothing where there is none. They are links: the browser leaves this page. */
export function ProviderButtons({ next, divided = false }: Props) {
  const { t, i18n } = useTranslation('auth');
  const providers = useQuery(providersQuery).data?.items ?? [];
  // whoever is here to link an identity signs in the way they always did
  if (providers.length === 0 || next?.startsWith('/auth/callback')) return null;
  const query = new URLSearchParams({ returnTo: next ?? '/studio/speech', language: i18n.language });
  return (
    <>
      <div className={classes.providers}>
        {providers.map((p) => (
          <Button
            key={p.name}
            component="a"
            href={`/api/auth/oauth/${p.name}/start?${query}`}
            variant="default"
            size="md"
            leftSection={<ProviderIcon name={p.name} />}
          >
            {t('provider.continue', { name: p.displayName })}
          </Button>
        ))}
      </div>
      {divided ? <Divider label={t('provider.or')} my="lg" /> : null}
    </>
  );
}
