/** Medians and quantiles of samples: a shared machine makes means and minima lie. */

export const quantile = (samples: ReadonlyArray<number>, share: number): number => {
  const sorted = samples.toSorted((one, two) => one - two)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (samples: ReadonlyArray<number>): number => quantile(samples, 0.5)

/** Milliseconds since the epoch with fractions: comparable between processes of one machine. */
export const now = (): number => performance.timeOrigin + performance.now()
