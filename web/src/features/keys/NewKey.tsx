import { Button, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '@/shared/ui/CopyButton';
import fields from '@/shared/ui/Form.module.css';
import classes from './KeysPage.module.css';

/** The key itself, this once, and how a program is told of it. */
export function NewKey({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation('keys');
  const settings = `OPENAI_BASE_URL=${location.origin}/v1\nOPENAI_API_KEY=${secret}`;
  return (
    <div className={fields.form}>
      <p className={classes.once} role="status">
        <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
        {t('once')}
      </p>
      <div className={classes.secret}>
        <code>{secret}</code>
        <CopyButton text={secret} label={t('copyKey')} />
      </div>
      <div>
        <div className={classes.codeHead}>
          <h3>{t('use')}</h3>
          <CopyButton text={settings} label={t('copySettings')} />
        </div>
        <pre className={classes.code} tabIndex={-1}>
          {settings}
        </pre>
        <p className={classes.hint}>{t('useHint')}</p>
      </div>
      <Group justify="flex-end">
        <Button onClick={onDone}>{t('kept')}</Button>
      </Group>
    </div>
  );
}
