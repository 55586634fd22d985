import { expect, test } from 'vitest';
import { decodeText } from './readTextFile';

test('UTF-8 with and without its mark', () => {
  expect(decodeText(new TextEncoder().encode('港口 😀\r\nb'))).toBe('港口 😀\nb');
  expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('a');
});

test('UTF-16 is told by its mark', () => {
  expect(decodeText(new Uint8Array([0xff, 0xfe, 0x2f, 0x6e]))).toBe('港');
  expect(decodeText(new Uint8Array([0xfe, 0xff, 0x6e, 0x2f]))).toBe('港');
});

test('a text saved as GBK reads well', () => {
  expect(decodeText(new Uint8Array([0xc4, 0xe3, 0xba, 0xc3]))).toBe('你好');
});

test('NUL characters are left out', () => {
  expect(decodeText(new Uint8Array([0x61, 0, 0x62]))).toBe('ab');
});
