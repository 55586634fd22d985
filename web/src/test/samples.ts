import type { Audio, Credits, Generation, User, Voice } from '@/api/types';

export const user = (p: Partial<User> = {}): User => ({
  id: '0190f3aa-0000-7000-8000-00000000000a',
  username: 'mei',
  email: 'mei@example.com',
  firstName: null,
  lastName: null,
  avatar: null,
  preferences: { theme: 'system', language: 'en', notifications: true },
  role: 'user',
  status: 'active',
  createdAt: '2026-11-01T00:00:00Z',
  ...p,
});

export const voice = (p: Partial<Voice> = {}): Voice => ({
  id: 'ava',
  name: 'Ava',
  provider: 'espeak',
  model: 'espeak-ng',
  language: 'en',
  gender: 'female',
  description: 'Clear, friendly',
  previewUrl: null,
  pricePerThousandCharacters: 0.2,
  ...p,
});

export const generation = (p: Partial<Generation> = {}): Generation => ({
  id: 'g1',
  kind: 'speech',
  status: 'succeeded',
  progress: 1,
  stage: null,
  model: 'espeak-ng',
  provider: 'espeak',
  credits: 0.5,
  ceiling: 0.5,
  createdAt: '2026-11-20T00:00:00Z',
  startedAt: null,
  finishedAt: null,
  error: null,
  assets: [{ id: 'a1', kind: 'audio', url: '/media/a1' }],
  timeline: [],
  ...p,
});

export const audio = (p: Partial<Audio> = {}): Audio => ({
  id: 'a1',
  kind: 'audio',
  title: 'Harbour',
  tags: [],
  url: '/media/a1?sig=x',
  mimeType: 'audio/mpeg',
  bytes: 24_000,
  duration: 3,
  generationId: 'g1',
  credits: 0.5,
  createdAt: '2026-11-20T00:00:00Z',
  text: 'The harbour wakes.',
  voiceId: 'ava',
  speed: 1,
  format: 'mp3',
  peaks: [0.1, 0.5, 1, 0.3],
  ...p,
});

export const balance = (p: Partial<Credits> = {}): Credits => ({
  totalCredits: 500,
  usedCredits: 400,
  heldCredits: 0,
  remainingCredits: 100,
  grants: [
    {
      id: 'gr1',
      source: 'plan',
      total: 500,
      remaining: 100,
      expiresAt: '2026-12-01T00:00:00Z',
      createdAt: '2026-11-01T00:00:00Z',
    },
  ],
  debt: 0,
  ...p,
});
