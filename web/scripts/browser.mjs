// How every script and test starts the system's Chromium: no sandbox (containers), no calls home.
export const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium';
export const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
