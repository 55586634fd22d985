/** Hands a link to the browser's downloads under the given name. */
export function saveLink(href: string, name: string) {
  const a = document.createElement('a');
  a.href = href;
  a.download = name;
  document.body.append(a);
  a.click();
  a.remove();
}

/** Saves bytes that came with an authorised request. */
export function saveBlob(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  saveLink(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A title as a file name every system accepts. */
export function fileName(title: string, extension: string): string {
  const stem = Array.from(title.replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, ' ').trim())
    .slice(0, 80)
    .join('')
    .trim();
  return `${stem === '' ? 'audio' : stem}.${extension}`;
}
