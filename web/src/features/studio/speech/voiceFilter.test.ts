import { expect, test } from 'vitest';
import { voice } from '@/test/samples';
import { defaultVoice, families, filterVoices, namesakes } from './voiceFilter';

const all = [
  voice({ id: 'a', name: 'Ava', language: 'en-gb' }),
  voice({ id: 'l', name: 'Lin Xi · 林汐', language: 'cmn', description: 'Warm' }),
  voice({ id: 't', name: 'Theo', language: 'en-us' }),
  voice({ id: 'y', name: 'Ka Yan', language: 'yue' }),
];
const ids = (voices: { id: string }[]) => voices.map((v) => v.id);

test('regions of one language stand together, in the order of the server', () => {
  expect(families(all)).toEqual(['en', 'zh', 'yue']);
  expect(ids(filterVoices(all, '', 'en'))).toEqual(['a', 't']);
});

test('a search looks through every language', () => {
  expect(ids(filterVoices(all, ' 林 ', 'en'))).toEqual(['l']);
  expect(ids(filterVoices(all, 'WARM', null))).toEqual(['l']);
});

test('the first voice is one the reader understands', () => {
  expect(defaultVoice(all, 'zh-CN')?.id).toBe('l');
  expect(defaultVoice(all, 'fr')?.id).toBe('a');
  expect(defaultVoice([], 'en')).toBeUndefined();
});

test('voices that share a name are told apart', () => {
  const again = voice({ id: 'v3:t', name: 'Theo', model: 'v3' });
  expect([...namesakes([...all, again])]).toEqual(['Theo']);
});
