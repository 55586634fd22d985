import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from './Section';

const DeleteModal = lazy(async () => ({ default: (await import('./DeleteModal')).DeleteModal }));

interface Props {
  username: string;
  hasPassword: boolean;
}

export function DeleteAccount(props: Props) {
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
          <DeleteModal {...props} onClose={() => setOpened(false)} />
        </Suspense>
      ) : null}
    </Section>
  );
}
