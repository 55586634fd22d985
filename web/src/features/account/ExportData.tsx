import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { toApiError } from '@/api/errors';
import { accessToken } from '@/api/session';
import { saveBlob } from '@/shared/lib/save';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Section } from './Section';

export function ExportData({ username }: { username: string }) {
  const { t } = useTranslation('account');
  const save = useMutation({
    meta: { quiet: true },
    mutationFn: async () => {
      const token = await accessToken();
      const answer = await fetch('/api/user/export', { headers: { Authorization: `Bearer ${token ?? ''}` } });
      if (!answer.ok) throw await toApiError(answer);
      saveBlob(await answer.blob(), `aimake-${username}.zip`);
    },
  });
  return (
    <Section title={t('export.title')} body={t('export.body')}>
      {save.isError ? <FaultNote error={save.error} /> : null}
      <div>
        <Button variant="default" loading={save.isPending} onClick={() => save.mutate()}>
          {t('export.go')}
        </Button>
      </div>
    </Section>
  );
}
