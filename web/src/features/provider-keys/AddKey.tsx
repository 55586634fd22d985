import { Autocomplete, Button, Group, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import type { ProviderKeyRequest } from '@/api/types';
import { FaultNote } from '@/shared/ui/FaultNote';
import fields from '@/shared/ui/Form.module.css';
import { KNOWN } from './providerKeys';

interface Props {
  onSubmit: (request: ProviderKeyRequest) => void;
  onCancel: () => void;
  loading: boolean;
  error: unknown;
}

const FIELDS = ['service', 'keyName', 'keyValue', 'baseUrl'] as const;
type Field = (typeof FIELDS)[number];
const filled = (field: Field) => (v: string) => (v.trim() === '' ? field : null);

/** A key of one's own. It goes to the server and never comes back. */
export function AddKey({ onSubmit, onCancel, loading, error }: Props) {
  const { t } = useTranslation('providerKeys');
  const { t: tc } = useTranslation();
  const form = useForm({
    initialValues: { service: '', keyName: '', keyValue: '', baseUrl: '' },
    validate: { service: filled('service'), keyName: filled('keyName'), keyValue: filled('keyValue') },
  });
  const refused = error instanceof ApiError ? error : null;
  const problem = (field: Field) => (form.errors[field] ? t('problem.required') : refused?.field(field));
  const elsewhere = error && !FIELDS.some((f) => refused?.field(f));
  return (
    <form
      className={fields.form}
      autoComplete="off"
      noValidate
      onSubmit={form.onSubmit(({ baseUrl, ...v }) =>
        onSubmit({
          service: v.service.trim(),
          keyName: v.keyName.trim(),
          keyValue: v.keyValue.trim(),
          baseUrl: baseUrl.trim() === '' ? null : baseUrl.trim(),
        }),
      )}
    >
      {elsewhere ? <FaultNote error={error} /> : null}
      <Autocomplete
        label={t('field.service')}
        description={t('field.serviceHint')}
        data={KNOWN}
        data-autofocus
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('service')}
        error={problem('service')}
      />
      <TextInput
        label={t('field.name')}
        maxLength={80}
        {...form.getInputProps('keyName')}
        error={problem('keyName')}
      />
      <PasswordInput
        label={t('field.value')}
        description={t('field.valueHint')}
        autoComplete="off"
        data-1p-ignore
        visibilityToggleButtonProps={{ 'aria-label': t('field.show') }}
        {...form.getInputProps('keyValue')}
        error={problem('keyValue')}
      />
      <TextInput
        type="url"
        label={t('field.baseUrl')}
        description={t('field.baseUrlHint')}
        placeholder="https://…/v1"
        {...form.getInputProps('baseUrl')}
        error={problem('baseUrl')}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          {tc('cancel')}
        </Button>
        <Button type="submit" loading={loading}>
          {t('add')}
        </Button>
      </Group>
    </form>
  );
}
