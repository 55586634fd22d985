// The server's estimate of tokens is tested in C# against recorded counts: here a stranger's tokenizer vouches for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, readSamples } from './token-counts.mjs';

test('the recorded counts of tokens are the tokenizer’s', () => {
  const samples = readSamples();
  assert.deepEqual(counted(samples), samples);
});
