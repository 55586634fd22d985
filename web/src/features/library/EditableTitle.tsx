import { TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  value: string;
  /** The new title, or null when left as it was. */
  onDone: (title: string | null) => void;
}

/** A title being renamed in place: Enter keeps, Escape leaves it, leaving the field keeps. */
export function EditableTitle({ value, onDone }: Props) {
  const { t } = useTranslation('library');
  const [text, setText] = useState(value);
  const over = useRef(false);
  const end = (title: string | null) => {
    if (over.current) return;
    over.current = true;
    const clean = title?.trim() ?? '';
    onDone(clean === '' || clean === value ? null : clean);
  };
  return (
    <TextInput
      size="sm"
      aria-label={t('row.newTitle')}
      value={text}
      maxLength={200}
      // it appears because its user asked to rename just now
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      onFocus={(e) => e.currentTarget.select()}
      onChange={(e) => setText(e.currentTarget.value)}
      onBlur={() => end(text)}
      onKeyDown={(e) => {
        if (e.nativeEvent.isComposing) return;
        if (e.key === 'Enter') end(text);
        if (e.key === 'Escape') end(null);
      }}
    />
  );
}
