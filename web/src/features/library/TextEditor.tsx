import { Button, Progress, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { createIntent } from '@/api/idempotency';
import type { Audio } from '@/api/types';
import { followGeneration } from '@/shared/generations/follow';
import { useCredits } from '@/shared/hooks/useSession';
import { player } from '@/shared/player/player';
import { useQuote } from '@/shared/quote/useQuote';
import { CostLine } from '@/shared/ui/CostLine';
import { FaultNote } from '@/shared/ui/FaultNote';
import { toast } from '@/shared/ui/toast';
import { voicesQuery } from '@/shared/voices/voices';
import classes from './TextEditor.module.css';

/** The words of a finished sound. Changed sentences are spoken anew and paid for; the others are reused. */
export function TextEditor({ audio }: { audio: Audio }) {
  const { t } = useTranslation('library');
  const { t: tc } = useTranslation();
  const client = useQueryClient();
  const original = audio.text ?? '';
  const [text, setText] = useState(original);
  const [progress, setProgress] = useState(0);
  const [intent] = useState(createIntent);
  const changed = text !== original && text.trim() !== '';
  const balance = useCredits()?.remainingCredits;
  const mayUseOwn = useQuery(voicesQuery(true)).data?.some((v) => v.id === audio.voiceId) ?? false;
  const [wantsOwn, setWantsOwn] = useState(false);
  const ownKey = mayUseOwn && wantsOwn;
  const quote = useQuote(
    { text, voiceId: audio.voiceId, speed: audio.speed, audioId: audio.id, ownKey },
    changed,
  );

  const edit = useMutation({
    meta: { quiet: true },
    mutationFn: async () => {
      const accepted = await unwrap(
        api.POST('/api/audios/{id}/edit', {
          params: { path: { id: audio.id }, header: { 'Idempotency-Key': intent.keyFor({ text, ownKey }) } },
          body: { text, ...(ownKey ? { ownKey } : {}) },
        }),
      );
      if (accepted.id) return;
      const end = await followGeneration(accepted.generationId, {
        signal: new AbortController().signal,
        onProgress: (p) => setProgress(p.progress ?? 0),
      });
      if (end.status !== 'succeeded') throw new Error(end.error?.message ?? t('edit.failed'));
    },
    onSettled: (_d, e) => intent.ended(e ?? undefined),
    onSuccess: async () => {
      player.drop(audio.id);
      toast({ message: t('edit.done') });
      await client.invalidateQueries({ queryKey: ['audios'] });
      await client.invalidateQueries({ queryKey: ['credits'] });
      await client.invalidateQueries({ queryKey: ['quote'] });
    },
  });

  return (
    <div className={classes.root}>
      <textarea
        className={classes.input}
        aria-label={t('edit.label')}
        value={text}
        readOnly={edit.isPending || audio.text === null}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      {edit.isError ? (
        <FaultNote
          error={edit.error}
          price={quote.data?.credits}
          balance={balance}
          onRetry={() => edit.mutate()}
        />
      ) : quote.isError && changed ? (
        <FaultNote error={quote.error} onRetry={() => void quote.refetch()} />
      ) : null}
      {mayUseOwn && changed ? (
        <Switch
          size="sm"
          label={t('edit.ownKey')}
          checked={ownKey}
          onChange={(e) => setWantsOwn(e.currentTarget.checked)}
          disabled={edit.isPending}
        />
      ) : null}
      <div className={classes.bar}>
        <CostLine
          quote={changed ? quote.data : undefined}
          balance={balance}
          empty={t('edit.hint')}
          settling={changed && quote.settling}
        />
        {changed ? (
          <Button variant="subtle" color="gray" onClick={() => setText(original)} disabled={edit.isPending}>
            {tc('cancel')}
          </Button>
        ) : null}
        <Button onClick={() => edit.mutate()} disabled={!changed} loading={edit.isPending}>
          {t('edit.go')}
        </Button>
      </div>
      {edit.isPending ? <Progress value={progress * 100} size={3} aria-label={t('edit.running')} /> : null}
    </div>
  );
}
