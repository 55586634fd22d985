import { Button, NativeSelect, Skeleton, TextInput, UnstyledButton } from '@mantine/core';
import { IconPlayerPlayFilled, IconPlayerStopFilled, IconSearch } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Voice } from '@/api/types';
import { languageName } from '@/shared/lib/format';
import { VoiceOrb } from '@/shared/voices/VoiceOrb';
import { usePreview } from './usePreview';
import { ANY, families, family, filterVoices, genderOf, namesakes } from './voiceFilter';
import classes from './VoicePicker.module.css';

/** Languages offered at a glance: those of the voices the server presents first. */
const CHIPS = 7;
const PAGE = 24;
const ALL = '*';

interface Props {
  /** Undefined while they are on their way. */
  voices: readonly Voice[] | undefined;
  value: Voice | undefined;
  onChange: (id: string) => void;
}

export function VoicePicker({ voices, value, onChange }: Props) {
  const { t } = useTranslation('speech');
  const group = useId();
  const [q, setQ] = useState('');
  const [chosen, setChosen] = useState<string | null | undefined>();
  const [shown, setShown] = useState(PAGE);
  const { playing, toggle } = usePreview();

  const languages = families(voices ?? []);
  const language = chosen === undefined ? (value ? family(value.language) : null) : chosen;
  const chips = families((voices ?? []).filter((v) => v.featured)).slice(0, CHIPS);
  if (language !== null && languages.includes(language) && !chips.includes(language)) chips.push(language);
  const found = filterVoices(voices ?? [], q, language);
  const shared = namesakes(voices ?? []);
  const nameOf = (l: string) => (l === ANY ? t('voice.any') : languageName(l));
  const choose = (l: string | null) => {
    setChosen(l);
    setQ('');
    setShown(PAGE);
  };

  return (
    <fieldset className={classes.root}>
      <legend>{t('voice.title')}</legend>
      <TextInput
        size="sm"
        aria-label={t('voice.search')}
        placeholder={t('voice.search')}
        leftSection={<IconSearch size={15} />}
        value={q}
        onChange={(e) => setQ(e.currentTarget.value)}
        className={classes.search ?? ''}
      />
      <div className={classes.chips}>
        {voices === undefined ? <Skeleton height={30} radius="xl" /> : null}
        {chips.map((l) => (
          <UnstyledButton
            key={l}
            className={classes.chip}
            aria-pressed={language === l && q === ''}
            onClick={() => choose(l)}
          >
            {nameOf(l)}
          </UnstyledButton>
        ))}
        {languages.length > chips.length ? (
          <NativeSelect
            size="xs"
            aria-label={t('voice.languages')}
            className={classes.languages ?? ''}
            value={language === null ? ALL : ''}
            onChange={(e) => choose(e.currentTarget.value === ALL ? null : e.currentTarget.value)}
            data={[
              {
                value: '',
                label: t('voice.others', { count: languages.length - chips.length }),
                disabled: true,
              },
              { value: ALL, label: t('voice.all', { count: languages.length }) },
              ...languages
                .filter((l) => !chips.includes(l))
                .map((l) => ({ value: l, label: nameOf(l) }))
                .toSorted((a, b) => a.label.localeCompare(b.label)),
            ]}
          />
        ) : null}
      </div>
      {voices === undefined ? (
        <div className={classes.grid} aria-busy aria-label={t('voice.loading')}>
          {Array.from({ length: 5 }, (_, i) => (
            <Skeleton key={i} className={classes.ghost ?? ''} radius={12} />
          ))}
        </div>
      ) : found.length === 0 ? (
        <p className={classes.none}>{t('voice.none', { q })}</p>
      ) : (
        <div className={classes.grid}>
          {found.slice(0, shown).map((v) => {
            const on = playing === v.id;
            return (
              <div
                key={v.id}
                className={classes.card}
                title={v.description}
                data-checked={v.id === value?.id || undefined}
              >
                <input
                  type="radio"
                  name={group}
                  id={`${group}${v.id}`}
                  checked={v.id === value?.id}
                  onChange={() => onChange(v.id)}
                  aria-describedby={`${group}${v.id}d`}
                />
                <VoiceOrb id={v.id} active={on} />
                <label htmlFor={`${group}${v.id}`} className={classes.name}>
                  {v.name}
                </label>
                <span id={`${group}${v.id}d`} className={classes.tone}>
                  {shared.has(v.name) ? `${v.model} · ` : ''}
                  {t(`voice.${genderOf(v)}`)} · {nameOf(v.language)}
                </span>
                <UnstyledButton
                  className={classes.preview}
                  data-on={on || undefined}
                  aria-label={t(on ? 'voice.stop' : 'voice.preview', { name: v.name })}
                  onClick={() => toggle(v.id, v.previewUrl)}
                >
                  {on ? <IconPlayerStopFilled size={14} /> : <IconPlayerPlayFilled size={14} />}
                </UnstyledButton>
              </div>
            );
          })}
        </div>
      )}
      {found.length > shown ? (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          className={classes.more ?? ''}
          onClick={() => setShown((n) => n + PAGE)}
        >
          {t('voice.more', { count: found.length - shown })}
        </Button>
      ) : null}
    </fieldset>
  );
}
