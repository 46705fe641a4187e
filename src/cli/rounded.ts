/** As many digits as a person reads. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
