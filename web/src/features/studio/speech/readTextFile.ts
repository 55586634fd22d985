const READABLE = /\.(txt|md|markdown|srt)$/i;

export const isTextFile = (f: File) => f.type.startsWith('text/') || READABLE.test(f.name);

/** Reads a text file whatever it was saved as: UTF-8, UTF-16 with a mark, or the GBK family common in China. */
export async function readTextFile(file: Blob): Promise<string> {
  return decodeText(new Uint8Array(await file.arrayBuffer()));
}

export function decodeText(bytes: Uint8Array<ArrayBuffer>): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return tidy(new TextDecoder('utf-16le').decode(bytes));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return tidy(new TextDecoder('utf-16be').decode(bytes));
  try {
    return tidy(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return tidy(new TextDecoder('gb18030').decode(bytes));
  }
}

const tidy = (text: string) => text.replaceAll('\r\n', '\n').replaceAll('\0', '');
