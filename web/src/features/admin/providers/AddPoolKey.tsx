import { Button, Group, Modal, NumberInput, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ApiError, done } from '@/api/client';
import { FaultNote } from '@/shared/ui/FaultNote';
import fields from '@/shared/ui/Form.module.css';
import { KEY } from './providers';

const FIELDS = ['name', 'key', 'weight'] as const;
type Field = (typeof FIELDS)[number];
interface Values {
  name: string;
  key: string;
  weight: number | string;
}
const filled = (field: Field) => (v: string) => (v.trim() === '' ? field : null);

/** Another key for the pool. It goes to the server and never comes back. */
export function AddPoolKey({
  provider,
  pair,
  onClose,
}: {
  provider: string;
  pair: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation('admin');
  const { t: tc } = useTranslation();
  const client = useQueryClient();
  const form = useForm<Values>({
    initialValues: { name: '', key: '', weight: 1 },
    validate: { name: filled('name'), key: filled('key') },
  });
  const add = useMutation({
    meta: { quiet: true },
    mutationFn: (v: Values) =>
      done(
        api.POST('/api/admin/providers/{name}/keys', {
          params: { path: { name: provider } },
          body: { name: v.name.trim(), key: v.key.trim(), weight: Number(v.weight) || 1 },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
    onSuccess: onClose,
  });
  const refused = add.error instanceof ApiError ? add.error : null;
  const problem = (field: Field) => (form.errors[field] ? t('problem.required') : refused?.field(field));
  const elsewhere = add.isError && !FIELDS.some((f) => refused?.field(f));
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('pool.addTo', { name: provider })}
      radius="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': tc('close') }}
    >
      <form
        className={fields.form}
        noValidate
        autoComplete="off"
        onSubmit={form.onSubmit((v) => add.mutate(v))}
      >
        {elsewhere ? <FaultNote error={add.error} /> : null}
        <TextInput
          label={t('field.name')}
          maxLength={80}
          data-autofocus
          {...form.getInputProps('name')}
          error={problem('name')}
        />
        <PasswordInput
          label={t('field.value')}
          {...(pair ? { description: t('field.pair') } : {})}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('field.show') }}
          {...form.getInputProps('key')}
          error={problem('key')}
        />
        <NumberInput
          label={t('pool.weight')}
          description={t('pool.weightHint')}
          min={1}
          max={1000}
          allowDecimal={false}
          {...form.getInputProps('weight')}
          error={problem('weight')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {tc('cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('pool.add')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
