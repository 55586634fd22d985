import { expect, test } from 'vitest';
import { deviceName } from './deviceName';

test.each([
  ['Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0', 'Firefox, Windows', false],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1',
    'Safari, iPhone',
    true,
  ],
  ['Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36 Edg/142.0', 'Edge, Linux', false],
  ['curl/8.5.0', 'curl', false],
  ['something else', null, false],
  [null, null, false],
])('%s', (agent, name, phone) => {
  expect(deviceName(agent)).toEqual({ name, phone });
});
