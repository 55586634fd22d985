// Counts the tokens of the samples that the server's own estimate is tested with, by a tokenizer of the vocabulary that
// current models share. `node token-counts.mjs` writes the counts down; the test beside it proves that they are still right.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';

const file = fileURLToPath(new URL('../AIMake.Tests/Gateway/Tokens/samples.json', import.meta.url));

export const readSamples = () => JSON.parse(readFileSync(file, 'utf8'));

export const counted = (samples) => {
  const tokenizer = new Tiktoken(o200k);
  return samples.map((sample) => ({ ...sample, tokens: tokenizer.encode(sample.text, [], []).length }));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, `${JSON.stringify(counted(readSamples()), null, 2)}\n`);
