import { expect, type APIResponse, type Page } from '@playwright/test';

/** A host nobody has: whoever asks for it has believed a text. */
const FOREIGN = 'evil.example';

/** What people and models write so that a page does something with it. Each fits where a title does; none has control characters. */
export const HOSTILE: string[] = [
  // scripts and handlers
  '<script>window.__owned=1</script>',
  '<img src=x onerror="window.__owned=2">',
  `<img src="https://${FOREIGN}/a.png">`,
  '<svg onload="window.__owned=3">',
  '<svg><script>window.__owned=4</script></svg>',
  `<iframe src="https://${FOREIGN}/b"></iframe>`,
  '<iframe srcdoc="<script>parent.__owned=5</script>">',
  '<body onload="window.__owned=6">',
  '<details open ontoggle="window.__owned=7">x',
  '<video><source onerror="window.__owned=8">',
  '<audio src=x onerror="window.__owned=9">',
  '<input autofocus onfocus="window.__owned=10">',
  '<math><mtext><script>window.__owned=11</script>',
  '"><script>window.__owned=12</script>',
  "'><img src=x onerror='window.__owned=13'>",
  '</textarea><script>window.__owned=14</script>',
  '</title><script>window.__owned=15</script>',
  '</script><script>window.__owned=16</script>',
  '<noscript><p title="</noscript><img src=x onerror=window.__owned=17>">',
  '<template><script>window.__owned=18</script></template>',
  '<a href="javascript:window.__owned=19">press</a>',
  '<form action="javascript:window.__owned=20"><button>x</form>',
  // what loads something
  `<link rel=stylesheet href="https://${FOREIGN}/c.css">`,
  `<style>@import "https://${FOREIGN}/d.css";</style>`,
  `<div style="background:url(https://${FOREIGN}/e.png)">x</div>`,
  `<object data="https://${FOREIGN}/f"></object>`,
  `<embed src="https://${FOREIGN}/g">`,
  `<base href="https://${FOREIGN}/">`,
  `<meta http-equiv=refresh content="0;url=https://${FOREIGN}/h">`,
  `<img srcset="https://${FOREIGN}/i.png 1x">`,
  `<picture><source srcset="https://${FOREIGN}/j.png"><img></picture>`,
  `<video poster="https://${FOREIGN}/k.png"></video>`,
  `<link rel=prefetch href="https://${FOREIGN}/l">`,
  `<link rel=dns-prefetch href="//${FOREIGN}">`,
  `<table background="https://${FOREIGN}/m.png">`,
  `<svg><image href="https://${FOREIGN}/n.png"/></svg>`,
  `<svg><use href="https://${FOREIGN}/o.svg#x"/></svg>`,
  // Markdown
  `![x](https://${FOREIGN}/p.png)`,
  `![x][r] [r]: https://${FOREIGN}/q.png`,
  `![x](https://${FOREIGN}/r.png "t")`,
  `[![x](https://${FOREIGN}/s.png)](https://${FOREIGN}/t)`,
  '[press](javascript:window.__owned=21)',
  '[press](java\u00a0script:window.__owned=22)',
  '[press](data:text/html,<script>window.__owned=23</script>)',
  `[r]: https://${FOREIGN}/u.png`,
  `<https://${FOREIGN}/v>`,
  `<!-- --><img src="https://${FOREIGN}/w.png">`,
  '`<img src=x onerror=window.__owned=24>`',
  '```html <script>window.__owned=25</script> ```',
  '$\\href{javascript:window.__owned=26}{x}$',
  // templates, formulas, names, directions
  '{{constructor.constructor("window.__owned=27")()}}',
  '${window.__owned=28}',
  '#{window.__owned=29}',
  '<%= window.__owned=30 %>',
  '=HYPERLINK("https://evil.example/x","x")',
  '@SUM(1+1)*cmd|" /C calc"!A0',
  '__proto__',
  '%3Cscript%3Ewindow.__owned=31%3C/script%3E',
  '&lt;script&gt;window.__owned=32&lt;/script&gt;',
  '＜script＞window.__owned=33＜/script＞',
];

/** The first member of that name in an answer, which has to be a success. */
export async function member(answer: APIResponse, name: string): Promise<string> {
  const text = await answer.text();
  expect(answer.ok(), text).toBe(true);
  return new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1] ?? '';
}

/** Watches a page; what it returns fails when a text did anything: ran, broke the content policy, asked another host, left. */
export async function watch(page: Page, home: string): Promise<() => Promise<void>> {
  const seen: string[] = [];
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) =>
      console.error(`POLICY ${e.violatedDirective} ${e.blockedURI}`),
    );
  });
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/POLICY|Content Security Policy/i.test(message.text())) seen.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:|^wss?:/.test(url.protocol) && url.origin !== new URL(home).origin)
      seen.push(`asked ${request.url()}`);
  });
  return async () => {
    expect(seen).toEqual([]);
    expect(await page.evaluate(() => '__owned' in window)).toBe(false);
    expect(new URL(page.url()).origin).toBe(new URL(home).origin);
    expect(
      await page
        .locator(
          'iframe, object, embed, base[href*=evil], meta[http-equiv=refresh], a[href^="javascript:" i], [src*="evil.example"]',
        )
        .count(),
    ).toBe(0);
  };
}
