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
  subscription: { plan: 'free', status: 'active', endDate: null },
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
  previewUrl: '/api/voices/ava/preview',
  featured: true,
  pricePerThousandCharacters: 0.2,
  ...p,
});

export const generation = (p: Partial<Generation> = {}): Generation => ({
  id: 'g1',
  kind: 'speech',
  status: 'succeeded',
  progress: 1,
  stage: 'finished',
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
  updatedAt: '2026-11-20T00:00:00Z',
  version: 1,
  model: 'espeak-ng',
  deletedAt: null,
  text: 'The harbour wakes.',
  voiceId: 'ava',
  speed: 1,
  format: 'mp3',
  peaks: [25, 128, 255, 80],
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
      used: 400,
      held: 0,
      remaining: 100,
      expiresAt: '2026-12-01T00:00:00Z',
      createdAt: '2026-11-01T00:00:00Z',
    },
  ],
  debt: 0,
  ...p,
});
