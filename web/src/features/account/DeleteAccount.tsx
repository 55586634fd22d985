import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from './Section';

const DeleteModal = lazy(async () => ({ default: (await import('./DeleteModal')).DeleteModal }));

export function DeleteAccount({ username }: { username: string }) {
  const { t } = useTranslation('account');
  const [opened, setOpened] = useState(false);
  return (
    <Section title={t('delete.title')} body={t('delete.body')}>
      <div>
        <Button variant="light" color="coral" onClick={() => setOpened(true)}>
          {t('delete.open')}
        </Button>
      </div>
      {opened ? (
        <Suspense>
          <DeleteModal username={username} onClose={() => setOpened(false)} />
        </Suspense>
      ) : null}
    </Section>
  );
}
