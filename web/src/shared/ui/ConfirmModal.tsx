import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FaultNote } from './FaultNote';

interface Props {
  title: string;
  /** What will happen, in a sentence or two. */
  children: ReactNode;
  /** What the button does, as a verb. */
  action: string;
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  loading?: boolean;
  error?: unknown;
}

/** For what cannot be undone. The safe button has the focus. */
export function ConfirmModal({ title, children, action, opened, onClose, onConfirm, loading, error }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      radius="lg"
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div style={{ display: 'grid', gap: 16 }}>
        <p style={{ margin: 0 }}>{children}</p>
        {error ? <FaultNote error={error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button color="coral" onClick={onConfirm} loading={loading ?? false}>
            {action}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
