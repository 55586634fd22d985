const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
  ['curl/', 'curl'],
] as const;
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const;

/** A user agent as a person would say it: "Firefox, Windows". */
export function deviceName(userAgent: string | null): { name: string | null; phone: boolean } {
  const has = ([mark]: readonly [string, string]) => userAgent?.includes(mark);
  const parts = [BROWSERS.find(has)?.[1], SYSTEMS.find(has)?.[1]].filter((p) => p !== undefined);
  return {
    name: parts.length > 0 ? parts.join(', ') : null,
    phone: /iPhone|Android|Mobile/.test(userAgent ?? ''),
  };
}
