import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import type { SpeechRequest } from '@/api/types';

const SETTLE_MS = 250;
/** A book is sent less eagerly than a sentence. */
const LONG = 20_000;

interface Wanted extends Pick<SpeechRequest, 'text' | 'voiceId' | 'speed' | 'format' | 'ownKey'> {
  /** Prices the change of this sound instead of a new one: what it already says is reused. */
  audioId?: string;
}

/** What it will cost, asked anew shortly after the writing stops. The same quote is what is charged at most. */
export function useQuote({ text, voiceId, speed, format, ownKey, audioId }: Wanted, enabled: boolean) {
  const [settled] = useDebouncedValue(text, text.length > LONG ? 900 : SETTLE_MS);
  const query = useQuery({
    queryKey: ['quote', voiceId, speed, format, ownKey, audioId, settled],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST('/api/tts/quote', {
          body: {
            text: settled,
            voiceId,
            ...(speed === undefined ? {} : { speed }),
            ...(format === undefined ? {} : { format }),
            ...(ownKey ? { ownKey } : {}),
            ...(audioId ? { audioId } : {}),
          },
          signal,
        }),
      ),
    // while the writing goes on the last answer stays; nothing is asked about a text already gone
    enabled: enabled && settled === text && voiceId !== '' && text.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
  return { ...query, settling: settled !== text || query.isPlaceholderData || query.isRefetching };
}
