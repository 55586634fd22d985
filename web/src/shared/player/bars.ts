/** Fits the loudness curve of a sound to a number of bars: each bar shows the loudest moment it covers. */
export function fitBars(peaks: readonly number[], count: number): number[] {
  const top = Math.max(...peaks, 0.0001);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * peaks.length) / count));
    let high = 0;
    for (let k = from; k < to && k < peaks.length; k++) high = Math.max(high, peaks[k] ?? 0);
    return Math.min(1, Math.max(0.05, high / top));
  });
}

/** One drawing of all bars, in a box `count` wide and 100 high. */
export function barsPath(bars: readonly number[]): string {
  return bars.map((h, i) => `M${i + 0.5} ${(50 - h * 46).toFixed(1)}V${(50 + h * 46).toFixed(1)}`).join('');
}
