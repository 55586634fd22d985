import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Delivery.module.css';

interface Props {
  own: boolean;
  onChange: (own: boolean) => void;
}

/** Credits, or a provider key of one's own: then the provider sends the bill. */
export function PayWith({ own, onChange }: Props) {
  const { t } = useTranslation('speech');
  return (
    <section className={classes.root}>
      <h2>{t('pay.title')}</h2>
      <SegmentedControl
        fullWidth
        size="sm"
        aria-label={t('pay.title')}
        value={own ? 'own' : 'credits'}
        onChange={(v) => onChange(v === 'own')}
        data={[
          { value: 'credits', label: t('pay.credits') },
          { value: 'own', label: t('pay.own') },
        ]}
      />
      {own ? <p className={classes.hint}>{t('pay.hint')}</p> : null}
    </section>
  );
}
