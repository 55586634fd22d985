import { Button, Checkbox, Group, NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import { FaultNote } from '@/shared/ui/FaultNote';
import fields from '@/shared/ui/Form.module.css';
import { SCOPES, WINDOWS, type Draft } from './keys';
import { scopeName } from './names';
import classes from './KeysPage.module.css';

interface Props {
  initial: Draft;
  submit: string;
  onSubmit: (draft: Draft) => void;
  onCancel: () => void;
  loading: boolean;
  error: unknown;
}

const FIELDS = ['name', 'scopes', 'models', 'expiresAt', 'creditLimit.amount', 'rateLimit', 'maxConcurrency'];

/** The terms of a key: what it may do, with which models, until when, and how much. */
export function KeyForm({ initial, submit, onSubmit, onCancel, loading, error }: Props) {
  const { t } = useTranslation('keys');
  const { t: tc } = useTranslation();
  const form = useForm<Draft>({
    initialValues: initial,
    validate: {
      // keys of the texts, so that they follow a switch of the language
      name: (v) => (v.trim() === '' ? 'name' : null),
      scopes: (v) => (v.length === 0 ? 'scopes' : null),
    },
  });
  const refused = error instanceof ApiError ? error : null;
  const problem = (field: 'name' | 'scopes') =>
    form.errors[field] ? t(`problem.${field}`) : refused?.field(field);
  const elsewhere = error && !FIELDS.some((f) => refused?.field(f));

  return (
    <form className={fields.form} onSubmit={form.onSubmit(onSubmit)} noValidate>
      {elsewhere ? <FaultNote error={error} /> : null}
      <TextInput
        label={t('field.name')}
        placeholder={t('field.namePlaceholder')}
        maxLength={80}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
        error={problem('name')}
      />
      <Checkbox.Group
        label={t('field.scopes')}
        description={t('field.scopesHint')}
        {...form.getInputProps('scopes')}
        error={problem('scopes')}
      >
        <div className={classes.scopes}>
          {SCOPES.map((s) => (
            <Checkbox key={s} value={s} iconColor="var(--on-accent)" label={scopeName(t, s)} />
          ))}
        </div>
      </Checkbox.Group>
      <TagsInput
        label={t('field.models')}
        description={t('field.modelsHint')}
        placeholder={form.values.models.length > 0 ? '' : t('models.all')}
        splitChars={[',', ' ', ';']}
        maxTags={100}
        {...form.getInputProps('models')}
        error={refused?.field('models')}
      />
      <div className={classes.pair}>
        <NumberInput
          label={t('field.limit')}
          placeholder={t('unlimited')}
          min={0}
          decimalScale={6}
          thousandSeparator=","
          hideControls
          {...form.getInputProps('limit')}
          error={refused?.field('creditLimit.amount')}
        />
        <NativeSelect
          label={t('field.window')}
          data={WINDOWS.map((w) => ({ value: w, label: t(`window.${w}`) }))}
          {...form.getInputProps('window')}
        />
      </div>
      <div className={classes.pair}>
        <NumberInput
          label={t('field.rate')}
          placeholder={t('unlimited')}
          min={1}
          allowDecimal={false}
          hideControls
          {...form.getInputProps('rate')}
          error={refused?.field('rateLimit')}
        />
        <NumberInput
          label={t('field.atOnce')}
          placeholder={t('unlimited')}
          min={1}
          max={1000}
          allowDecimal={false}
          hideControls
          {...form.getInputProps('atOnce')}
          error={refused?.field('maxConcurrency')}
        />
      </div>
      <TextInput
        type="date"
        label={t('field.expires')}
        description={t('field.expiresHint')}
        {...form.getInputProps('expires')}
        error={refused?.field('expiresAt')}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          {tc('cancel')}
        </Button>
        <Button type="submit" loading={loading}>
          {submit}
        </Button>
      </Group>
    </form>
  );
}
