import { Button } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/shared/ui/EmptyState';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <main style={{ paddingTop: '12vh' }}>
      <EmptyState as="h1" icon={IconCompass} title={t('notFound.title')} body={t('notFound.body')}>
        <Button component={Link} to="/studio/speech" variant="light">
          {t('notFound.back')}
        </Button>
      </EmptyState>
    </main>
  );
}
