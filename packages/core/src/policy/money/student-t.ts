// Of 1 to 10 degrees of freedom, two-sided, 0.98.
const SMALL = [31.821, 6.965, 4.541, 3.747, 3.365, 3.143, 2.998, 2.896, 2.821, 2.764] as const
const NORMAL = 2.326348

/**
 * Student's t between whose ends 49 in 50 lie, for degrees of freedom from 1 on; a broken number counts as the whole one below.
 *
 * From a table up to 10, above by the first three terms of its expansion about the normal one, which is off by less than 0.01.
 */
export function studentT(freedom: number): number {
  const whole = Math.max(1, Math.floor(freedom))
  const known = SMALL[whole - 1]
  if (known !== undefined) return known
  const first = (NORMAL ** 3 + NORMAL) / 4
  const second = (5 * NORMAL ** 5 + 16 * NORMAL ** 3 + 3 * NORMAL) / 96
  return NORMAL + first / whole + second / whole ** 2
}
