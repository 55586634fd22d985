import { http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { server } from '@/test/server';
import { generation } from '@/test/samples';
import { followGeneration, parseProgress, type Progress } from './follow';

const events = (...lines: string[]) =>
  new HttpResponse(lines.join('\n\n') + '\n\n', { headers: { 'content-type': 'text/event-stream' } });

test('progress is told as it comes and the end is the last word', async () => {
  server.use(
    http.get('*/api/generations/g1/events', () =>
      events(
        'id: 1\ndata: {"status":"running","progress":0.4}',
        'id: 2\ndata: {"status":"succeeded","progress":1}',
      ),
    ),
    http.get('*/api/generations/g1', () =>
      HttpResponse.json({ success: true, data: generation({ id: 'g1' }) }),
    ),
  );
  const seen: Progress[] = [];
  const end = await followGeneration('g1', {
    signal: new AbortController().signal,
    onProgress: (p) => seen.push(p),
  });
  expect(end.status).toBe('succeeded');
  expect(seen[0]).toEqual({ status: 'running', progress: 0.4 });
});

test('a cut stream is resumed after the last event seen', async () => {
  const resumedAfter: (string | null)[] = [];
  server.use(
    http.get('*/api/generations/g1/events', ({ request }) => {
      resumedAfter.push(request.headers.get('Last-Event-ID'));
      return events('id: 7\ndata: {"progress":0.5}');
    }),
    http.get('*/api/generations/g1', () =>
      HttpResponse.json({
        success: true,
        data: generation({ id: 'g1', status: resumedAfter.length < 2 ? 'running' : 'succeeded' }),
      }),
    ),
  );
  await followGeneration('g1', { signal: new AbortController().signal, onProgress: () => {} });
  expect(resumedAfter).toEqual([null, '7']);
});

test('work that is not mine is not asked for again', async () => {
  let asked = 0;
  server.use(
    http.get('*/api/generations/g1/events', () => {
      asked++;
      return HttpResponse.json({ success: false, message: 'Not found', errors: [] }, { status: 404 });
    }),
  );
  await expect(
    followGeneration('g1', { signal: new AbortController().signal, onProgress: () => {} }),
  ).rejects.toThrow('Not found');
  expect(asked).toBe(1);
});

test('an event of an unknown kind is skipped', () => {
  expect(parseProgress('ping')).toBeNull();
  expect(parseProgress('{"progress":"soon"}')).toEqual({});
});
