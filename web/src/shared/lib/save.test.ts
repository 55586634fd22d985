import { expect, test } from 'vitest';
import { fileName } from './save';

test('a title becomes a file name every system accepts', () => {
  expect(fileName('港口的清晨', 'mp3')).toBe('港口的清晨.mp3');
  expect(fileName('../../etc/passwd', 'wav')).toBe('.. .. etc passwd.wav');
  expect(fileName('a\u202Eb\nc:"d"', 'mp3')).toBe('a b c d.mp3');
  expect(fileName('  ', 'flac')).toBe('audio.flac');
  expect(fileName('😀'.repeat(200), 'mp3')).toBe(`${'😀'.repeat(80)}.mp3`);
});
