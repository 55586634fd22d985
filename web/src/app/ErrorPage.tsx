import { Button } from '@mantine/core';
import { IconMoodSad } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/shared/ui/EmptyState';
import { faultText } from '@/shared/ui/faultText';

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <main style={{ paddingTop: '12vh' }} role="alert">
      <EmptyState as="h1" icon={IconMoodSad} title={t('error.title')} body={faultText(error)}>
        <Button variant="light" onClick={reset}>
          {t('retry')}
        </Button>
      </EmptyState>
    </main>
  );
}
